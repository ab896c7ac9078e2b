"""What the section ingredients says, in words."""

from __future__ import annotations

from decimal import Decimal
from math import floor

from kiosk.domain.ingredient import (
    MILLI,
    Ingredient,
    IngredientActKind,
    IngredientLevel,
    IngredientRefusal,
    IngredientUnit,
)
from kiosk.screens.admin_flow.ingredients_events import SeeIngredients
from kiosk.screens.admin_flow.ingredients_state import IngredientDone, IngredientEntry, IngredientsState
from kiosk.screens.texts import MINUS, Texts
from kiosk.services.ingredients import IngredientTrouble


def amount(texts: Texts, unit: IngredientUnit, milli: int) -> str:
    """ "12.5 kg", "850 g", "45"; a kilogram and more in kg, a litre and more in l."""
    _ = texts.gettext
    large = unit is not IngredientUnit.PIECE and abs(milli) >= 1000 * MILLI
    number = Decimal(milli) / (MILLI * 1000 if large else MILLI)
    digits = f"{abs(number):.3f}" if large else f"{abs(number):.1f}"
    shown = (MINUS if milli < 0 else "") + digits.rstrip("0").rstrip(".")
    template = {
        (IngredientUnit.GRAM, True): _("{n} kg"),
        (IngredientUnit.GRAM, False): _("{n} g"),
        (IngredientUnit.MILLILITRE, True): _("{n} l"),
        (IngredientUnit.MILLILITRE, False): _("{n} ml"),
        (IngredientUnit.PIECE, False): _("{n} pcs"),
    }[unit, large]
    return template.format(n=shown)


def changed(texts: Texts, unit: IngredientUnit, milli: int) -> str:
    """With its sign."""
    return f"+{amount(texts, unit, milli)}" if milli > 0 else amount(texts, unit, milli)


def left_amount(texts: Texts, level: IngredientLevel) -> str:
    return amount(texts, level.ingredient.unit, level.left_milli) if level.is_known else "—"


def left_words(texts: Texts, level: IngredientLevel) -> tuple[str, str]:
    """A line under an ingredient's name, and its tone."""
    _, one = texts.gettext, level.ingredient
    if not level.is_known:
        return _("Not counted yet"), "ink_soft"
    if level.left_milli <= 0:
        return _("Nothing left, as far as is known"), "negative"
    tone = "warning" if level.is_low else "ink_soft"
    pace = _pace(texts, level.days_left)
    if level.left_milli >= one.warn_below_milli:
        return pace, tone
    below = amount(texts, one.unit, one.warn_below_milli)
    # Translators: how long it lasts, and that less is left than the canteen wants to have
    words = _("{pace}; under {amount}") if pace else _("Under {amount}")
    return words.format(pace=pace, amount=below), tone


def _pace(texts: Texts, days: float | None) -> str:
    if days is None:
        return ""
    if days < 1:
        return texts.gettext("Less than a day left at this pace")
    told = texts.ngettext("About {n} day left at this pace", "About {n} days left at this pace", floor(days))
    return told.format(n=floor(days))


def kind_words(texts: Texts, kind: IngredientActKind) -> str:
    _ = texts.gettext
    return {
        IngredientActKind.DELIVERY: _("Delivery"),
        IngredientActKind.COUNT: _("Count"),
        IngredientActKind.WASTE: _("Waste"),
    }[kind]


def unit_words(texts: Texts, one: Ingredient) -> tuple[str, str]:
    """The large and the small unit; "" where there is none."""
    _ = texts.gettext
    return {
        IngredientUnit.GRAM: (_("kg"), _("g")),
        IngredientUnit.MILLILITRE: (_("l"), _("ml")),
        IngredientUnit.PIECE: ("", ""),
    }[one.unit]


def typed_words(texts: Texts, entry: IngredientEntry) -> str:
    """The number as it is typed, in its unit."""
    large, small = unit_words(texts, entry.level.ingredient)
    unit = small if entry.in_small else large
    return f"{entry.typed or '0'} {unit}".strip()


def entry_words(texts: Texts, entry: IngredientEntry) -> str:
    """Under the number: what it comes to."""
    _, level = texts.gettext, entry.level
    unit = level.ingredient.unit
    if entry.kind is IngredientActKind.COUNT:
        if not entry.typed:
            return _("Type how much there is")
        if not level.is_known:
            return ""
        known = amount(texts, unit, level.left_milli)
        difference = changed(texts, unit, entry.milli - level.left_milli)
        return _("Known {known}, difference {difference}").format(known=known, difference=difference)
    if not level.is_known:
        return ""
    then = level.left_milli + (entry.milli if entry.kind is IngredientActKind.DELIVERY else -entry.milli)
    return _("Then {amount} left").format(amount=amount(texts, unit, then))


def confirm_words(texts: Texts, entry: IngredientEntry) -> str:
    """What the button does."""
    _, unit = texts.gettext, entry.level.ingredient.unit
    if entry.kind is IngredientActKind.WASTE:
        return _("Choose the reason")
    if entry.kind is IngredientActKind.COUNT:
        return _("Book the count")
    return _("Book {amount}").format(amount=amount(texts, unit, entry.milli))


def said_words(texts: Texts, about: object) -> str:
    """How an act ended."""
    if isinstance(about, IngredientDone):
        return _done_words(texts, about)
    return _refusal_words(texts, about) if isinstance(about, IngredientRefusal) else ""


def _done_words(texts: Texts, done: IngredientDone) -> str:
    _, act, one = texts.gettext, done.act, done.level.ingredient
    name, left = texts.of(one.name), amount(texts, one.unit, done.level.left_milli)
    if act.undoes is not None:
        return _("Undone: {ingredient}, {left} left.").format(ingredient=name, left=left)
    words = {
        IngredientActKind.DELIVERY: _("{ingredient}: {change}, {left} left."),
        IngredientActKind.COUNT: _("{ingredient}: counted, {left} left."),
        IngredientActKind.WASTE: _("{ingredient}: {change} as waste, {left} left."),
    }[act.kind]
    return words.format(ingredient=name, change=changed(texts, one.unit, act.milli), left=left)


def _refusal_words(texts: Texts, refusal: IngredientRefusal) -> str:
    _ = texts.gettext
    return {
        IngredientRefusal.UNKNOWN: _("This ingredient is in no recipe any more. Nothing was booked."),
        IngredientRefusal.NOT_PERMITTED: _("Your roles do not permit this. Nothing was done."),
        IngredientRefusal.COUNTED_SINCE: _("Somebody else has counted it just now. Please look at it again."),
        IngredientRefusal.UNDONE: _("That cannot be undone any more."),
        IngredientRefusal.ID_IN_USE: _("That could not be done. Please try again."),
    }[refusal]


def told_words(texts: Texts, section: IngredientsState) -> str:
    """What stands in the way, or is waited for."""
    _ = texts.gettext
    if section.trouble is IngredientTrouble.REFUSED:
        return _("The canteen's server refuses this terminal. Please tell IT.")
    if section.trouble is IngredientTrouble.UNREACHABLE and section.doubtful is not None:
        return _(
            "The canteen's server did not answer: it is not known whether this was booked. Trying again books it once."
        )
    if section.trouble is IngredientTrouble.UNREACHABLE:
        return _("Ingredients are kept at the canteen's server, which does not answer. Selling goes on.")
    if section.asked is not None and (section.levels is None or not isinstance(section.asked, SeeIngredients)):
        return _("One moment")
    if section.levels is not None and not section.levels:
        return _("There are no recipes yet: the canteen's IT brings them in.")
    return ""
