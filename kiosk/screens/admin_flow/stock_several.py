"""Several dishes of the section stock at once: ticked one by one or all that are listed, marked sold out or brought
back in one act, which is undone as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.domain.ids import DishId
from kiosk.domain.staff import Permission
from kiosk.domain.stock_act import MAX_LINES
from kiosk.screens.admin_door import AdminEvent
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.admin_flow.stock_rows import listed
from kiosk.screens.admin_flow.stock_state import Stock
from kiosk.screens.admin_flow.stock_steps import act, stock_of, with_stock


@dataclass(frozen=True, slots=True)
class SeveralTouched(AdminEvent):
    """From now on dishes are ticked; or each is marked by itself again."""


@dataclass(frozen=True, slots=True)
class TickTouched(AdminEvent):
    dish_id: DishId


@dataclass(frozen=True, slots=True)
class AllTouched(AdminEvent):
    """All that are listed are ticked; or none of them, when all are."""


@dataclass(frozen=True, slots=True)
class TickedSoldOut(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class TickedBack(AdminEvent):
    pass


def to_sell_out(stock: Stock) -> tuple[DishId, ...]:
    """Of the ticked ones those that are not marked sold out yet."""
    return tuple(sorted((stock.ticked or frozenset()) - stock.known.levels.sold_out))


def to_bring_back(stock: Stock) -> tuple[DishId, ...]:
    return tuple(sorted((stock.ticked or frozenset()) & stock.known.levels.sold_out))


def all_ticked(stock: Stock, listed_ids: frozenset[DishId]) -> bool:
    return stock.ticked is not None and bool(listed_ids) and listed_ids <= stock.ticked


def ticked(state: AdminState, dish_id: DishId) -> Step:
    """Or not any more. At most as many as an act may name."""
    chosen = stock_of(state).ticked
    if chosen is None or (dish_id not in chosen and len(chosen) >= MAX_LINES):
        return state, ()
    return with_stock(state, ticked=chosen ^ {dish_id}), ()


def _on_several(state: AdminState, _event: SeveralTouched) -> Step:
    stock = stock_of(state)
    if not stock.may_act or not acting(state).may(Permission.MARK_SOLD_OUT):
        return state, ()
    return with_stock(state, ticked=frozenset() if stock.ticked is None else None), ()


def _on_tick(state: AdminState, event: TickTouched) -> Step:
    return (state, ()) if stock_of(state).order is None else ticked(state, event.dish_id)


def _on_all(state: AdminState, _event: AllTouched) -> Step:
    stock = stock_of(state)
    if stock.ticked is None or state.menu is None:
        return state, ()
    shown = [one.dish_id for one in listed(state.menu, stock)]
    if all_ticked(stock, frozenset(shown)):
        return with_stock(state, ticked=stock.ticked - set(shown)), ()
    more = [dish_id for dish_id in shown if dish_id not in stock.ticked]
    return with_stock(state, ticked=stock.ticked | set(more[: MAX_LINES - len(stock.ticked)])), ()


def _on_sold_out(state: AdminState, _event: TickedSoldOut) -> Step:
    dish_ids = to_sell_out(stock_of(state))
    return act(state, st.MarkSoldOut(state.visit, acting(state), dish_ids)) if dish_ids else (state, ())


def _on_back(state: AdminState, _event: TickedBack) -> Step:
    dish_ids = to_bring_back(stock_of(state))
    return act(state, st.BringBack(state.visit, acting(state), dish_ids)) if dish_ids else (state, ())


HANDLERS: Mapping[type, Handler] = {
    SeveralTouched: _on_several,
    TickTouched: _on_tick,
    AllTouched: _on_all,
    TickedSoldOut: _on_sold_out,
    TickedBack: _on_back,
}
