"""The keys under the list of dishes: what is not known yet, what is done with the ticked ones, or the batch."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.staff import Staff
from kiosk.screens.admin.stock_words import doubt_words
from kiosk.screens.admin_door import AdminEvent
from kiosk.screens.admin_flow import stock_several as several
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.stock_state import Stock
from kiosk.screens.texts import Texts


@dataclass(frozen=True, slots=True)
class FootKey:
    """`name` is its test id; `weight` its share of the width."""

    name: str
    text: str
    event: AdminEvent
    kind: str = "secondary"
    weight: float = 1.0
    can_touch: bool = True


def foot_keys(
    texts: Texts, menu: Menu, staff: Staff, stock: Stock, listed_ids: frozenset[DishId]
) -> tuple[FootKey, ...]:
    if stock.in_doubt is not None:
        may = not stock.busy and staff.may(stock.in_doubt.needs)
        return (FootKey("ask-again", doubt_words(texts), st.AskAgainTouched(), "primary", can_touch=may),)
    if stock.ticked is not None:
        return _of_ticked(texts, menu, stock, listed_ids)
    return _of_batch(texts, stock) if stock.batch else ()


def _of_ticked(texts: Texts, menu: Menu, stock: Stock, listed_ids: frozenset[DishId]) -> tuple[FootKey, ...]:
    _, may = texts.gettext, not stock.busy
    category = next((texts.of(c.name) for c in menu.categories if c.id == stock.category_id), "")
    every = _("All of {category}").format(category=category) if category else _("Tick all")
    if several.all_ticked(stock, listed_ids):
        every = _("Tick none")
    out, back = len(several.to_sell_out(stock)), len(several.to_bring_back(stock))
    return (
        FootKey("tick-all", every, several.AllTouched(), can_touch=may and bool(listed_ids)),
        FootKey(
            "ticked-back",
            _("Bring {n} back").format(n=back),
            several.TickedBack(),
            can_touch=may and back > 0,
        ),
        FootKey(
            "ticked-sold-out",
            _("Mark {n} sold out").format(n=out),
            several.TickedSoldOut(),
            "danger",
            can_touch=may and out > 0,
        ),
    )


def _of_batch(texts: Texts, stock: Stock) -> tuple[FootKey, ...]:
    _, portions = texts.gettext, sum(stock.batch.values())
    book = _("Restock {dishes} dishes, {portions} portions").format(dishes=len(stock.batch), portions=portions)
    return (
        FootKey("drop-batch", _("Discard"), st.BatchDropped(), weight=0.3, can_touch=not stock.busy),
        FootKey("book-batch", book, st.BatchConfirmed(), "primary", 0.7, can_touch=not stock.busy),
    )
