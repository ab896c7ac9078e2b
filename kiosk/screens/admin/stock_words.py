"""What the section stock says, in words."""

from __future__ import annotations

from math import floor

from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.stock_act import StockAct, StockActKind, WasteReason
from kiosk.domain.stock_pace import Outlook
from kiosk.screens.admin_flow.stock_rows import dish_of
from kiosk.screens.admin_flow.stock_state import DishEntry, Mode, Said
from kiosk.screens.texts import MINUS, Texts
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import StockRefusal, StockRefused


def dish_name(texts: Texts, menu: Menu | None, dish_id: DishId) -> str:
    """Of a dish that is not on the menu any more, its id."""
    dish = dish_of(menu, dish_id)
    return str(dish_id) if dish is None else texts.of(dish.name)


def signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number < 0 else "0"


def left_words(texts: Texts, one: Outlook, *, said_sold_out: bool) -> tuple[str, str]:
    """A line under a dish's name, and its tone."""
    _ = texts.gettext
    if said_sold_out:
        return _("Marked sold out"), "negative"
    if one.portions is None:
        return _("Not counted"), "ink_soft"
    if one.owed:
        told = texts.ngettext("{n} more sold than there is", "{n} more sold than there are", one.owed)
        return told.format(n=one.owed), "negative"
    if one.portions <= 0:
        return _("Nothing left"), "negative"
    if one.beyond:
        return beyond_words(texts, one.beyond), "warning"
    minutes = one.minutes_left
    if minutes is None:
        return "", "ink_soft"
    if minutes < 1:
        return _("Less than a minute left at this pace"), "warning"
    told = texts.ngettext("About {n} minute left at this pace", "About {n} minutes left at this pace", floor(minutes))
    return told.format(n=floor(minutes)), "warning" if one.is_low else "ink_soft"


def beyond_words(texts: Texts, portions: int) -> str:
    """Of a dish: sold here without a network, and not booked yet."""
    told = texts.ngettext("{n} sold offline, beyond what is known", "{n} sold offline, beyond what is known", portions)
    return told.format(n=portions)


def known_words(texts: Texts, left: int | None, beyond: int) -> str:
    """What is left of a dish (None: not counted), of which `beyond` were sold without having them."""
    _ = texts.gettext
    if left is None:
        return _("Not counted yet")
    if beyond:
        words = _("{n} left as far as is known; {beyond} sold offline beyond it, please count")
        return words.format(n=left, beyond=beyond)
    return _("{n} left, as far as is known").format(n=left)


def mode_words(texts: Texts, mode: Mode) -> str:
    _ = texts.gettext
    return {Mode.RESTOCK: _("Restock"), Mode.COUNT: _("Count"), Mode.WASTE: _("Waste")}[mode]


def confirm_words(texts: Texts, dish: DishEntry, known: int | None, more: int) -> str:
    """What the button does. `more`: so many other dishes are restocked with it."""
    _ = texts.gettext
    if dish.mode is Mode.RESTOCK and more:
        return _("Add {n}, with {more} more").format(n=dish.portions, more=more)
    if dish.mode is Mode.RESTOCK:
        return _("Add {n}").format(n=dish.portions)
    if dish.mode is Mode.WASTE:
        return _("Choose the reason")
    if known is None or not dish.typed:
        return _("Book the count")
    return _("Book the difference {difference}").format(difference=signed(dish.portions - known))


def reasons(texts: Texts) -> list[tuple[str, str]]:
    """The reasons for waste, and their words."""
    _ = texts.gettext
    return [
        (WasteReason.LEFT_OVER, _("Left over")),
        (WasteReason.SPOILED, _("Spoiled")),
        (WasteReason.BURNT, _("Burnt or badly cooked")),
        (WasteReason.DROPPED, _("Dropped")),
        (WasteReason.OTHER, _("Something else")),
    ]


def said_words(texts: Texts, menu: Menu | None, said: Said) -> str:
    """How an act ended."""
    end, _ = said.end, texts.gettext
    if isinstance(end, NotKnown):
        return _("The disk did not answer: whether that was noted is not known. Please tell IT if it stays so.")
    if isinstance(end, StockRefused):
        name = dish_name(texts, menu, end.dish_id) if end.dish_id else ""
        return {
            StockRefusal.NOT_COUNTED: _("{dish} is not counted yet: count it first.").format(dish=name),
            StockRefusal.NOTHING_TO_DO: _("It is that way already."),
            StockRefusal.NOT_NEWEST: _("Something was done since: that cannot be undone any more."),
            StockRefusal.ID_IN_USE: _("That could not be done. Please try again."),
        }[end.reason]
    done = _done_words(texts, menu, end.act, end.levels.portions.get(end.act.lines[0].dish_id))
    if said.offline:
        return _("{done} No network: the other terminals hear of it later.").format(done=done)
    return done


def _done_words(texts: Texts, menu: Menu | None, act: StockAct, left: int | None) -> str:
    _, line = texts.gettext, act.lines[0]
    name = dish_name(texts, menu, line.dish_id)
    if len(act.lines) > 1:
        return _words_of_several(texts, act)
    if act.undoes is not None:
        return _("Undone: {dish}.").format(dish=name)
    words = {
        StockActKind.RESTOCK: _("{dish}: {change}, {left} left."),
        StockActKind.COUNT: _("{dish}: counted, {left} left."),
        StockActKind.SOLD_OUT: _("{dish} is sold out."),
        StockActKind.BACK: _("{dish} is back."),
        StockActKind.WASTE: _("{dish}: {change} as waste, {left} left."),
    }[act.kind]
    if act.kind is StockActKind.WASTE and left is None:
        words = _("{dish}: waste noted.")
    return words.format(dish=name, change=signed(line.portions), left=left)


def _words_of_several(texts: Texts, act: StockAct) -> str:
    _, dishes = texts.gettext, len(act.lines)
    if act.undoes is not None:
        return _("Undone: {dishes} dishes.").format(dishes=dishes)
    if act.kind is StockActKind.SOLD_OUT:
        return _("{dishes} dishes are sold out.").format(dishes=dishes)
    if act.kind is StockActKind.BACK:
        return _("{dishes} dishes are back.").format(dishes=dishes)
    portions = sum(each.portions for each in act.lines)
    return _("{dishes} dishes restocked, {portions} portions.").format(dishes=dishes, portions=portions)


def doubt_words(texts: Texts) -> str:
    """On the button that asks what became of an act."""
    return texts.gettext("Not known yet whether that was noted. Touch to try again")
