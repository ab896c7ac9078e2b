"""What the steps of the section orders have in common."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.ids import OrderId
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import OrdersState
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Step, acting


def orders_of(state: AdminState) -> OrdersState:
    """The section's own state, while it is open."""
    if not isinstance(state.open, OrdersState):
        raise TypeError("the section orders is not open")
    return state.open


def shown(state: AdminState, orders: OrdersState) -> Step:
    return replace(state, open=orders), ()


def loading(state: AdminState, order_id: OrderId) -> Step:
    """Open that order, from the list."""
    orders = orders_of(state)
    if orders.looking:
        return state, ()
    state, _ = shown(state, replace(orders, looking=True))
    return state, (ev.LoadOrder(state.visit, acting(state), order_id),)
