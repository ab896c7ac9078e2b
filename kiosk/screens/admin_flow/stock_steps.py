"""What the steps of the section stock have in common."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Step, acting
from kiosk.screens.admin_flow.stock_rows import listed
from kiosk.screens.admin_flow.stock_state import Stock


def stock_of(state: AdminState) -> Stock:
    if not isinstance(state.open, Stock):
        raise TypeError("the section stock is not open")
    return state.open


def with_stock(state: AdminState, **changes: object) -> AdminState:
    return replace(state, open=replace(stock_of(state), **changes))  # type: ignore[arg-type]


def with_list(state: AdminState, **changes: object) -> AdminState:
    """With a list of its own, whose rows stay where they are until another one is asked for."""
    state = with_stock(state, **changes, order=None)
    if state.menu is None:
        return state
    return with_stock(state, order=tuple(one.dish_id for one in listed(state.menu, stock_of(state))))


def act(state: AdminState, effect: AdminAct) -> Step:
    """One at a time, and nothing that they may not."""
    if not stock_of(state).may_act or not acting(state).may(effect.needs):
        return state, ()
    return replace(with_stock(state, busy=True), notice=None), (effect,)


def act_again(state: AdminState) -> Step:
    """The act that is in doubt, under its own id."""
    stock = stock_of(state)
    if stock.busy or stock.in_doubt is None or not acting(state).may(stock.in_doubt.needs):
        return state, ()
    again = replace(stock.in_doubt, by=acting(state))
    return replace(with_stock(state, busy=True), notice=None), (again,)
