"""The pickup board's flow: pure, no Kivy, no clock. `step` takes a state and an event to the next state."""

from __future__ import annotations

from kiosk.screens.board_flow.state import BoardEffect, CallNumber, State, shown_numbers
from kiosk.screens.board_flow.state import BoardEvent as BoardEvent
from kiosk.screens.flow import events as common
from kiosk.services import events as service

MAX_CALLS = 4
"""At once: a board that hears of very many calls the newest, or it would speak for minutes."""


def step(state: State, event: BoardEvent) -> tuple[State, tuple[BoardEffect, ...]]:
    """What is not for a board (an event that every terminal gets) changes nothing."""
    match event:
        case common.Tick(now_s):
            return state.at(now_s), ()
        case service.CentralLinkChanged(link):
            return state.with_link(link), ()
        case service.TicketsHeard():
            return _heard(state, event)
        case service.DeviceHealthChanged(health):
            return state.with_device(health), ()
        case service.StorageStopped():
            return state.with_storage_stopped(), ()
        case _:
            return state, ()


def _heard(state: State, event: service.TicketsHeard) -> tuple[State, tuple[BoardEffect, ...]]:
    """What has become ready is called out once; what is made again may be called out again. After a start nothing is
    called that has been ready for some time."""
    state = state.with_tickets(event)
    ready = {shown.order_id: shown for shown in shown_numbers(state).ready}
    fresh = [shown for order_id, shown in ready.items() if order_id not in state.called and shown.is_new]
    calls = tuple(CallNumber(shown.number) for shown in reversed(fresh[:MAX_CALLS]))
    return state.with_called(frozenset(ready)), calls
