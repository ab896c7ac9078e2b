"""Orders that were made at a self-service terminal and are paid here: found by number, card or slip."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.collecting_state import Collecting
from kiosk.screens.counter_flow.state import Notice, ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed, warned
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.collected import NotCollected


def on_opened(state: State, _event: ev.CollectOpened) -> Step:
    if state.screen is ScreenName.RESULT and state.lane is None and state.order is not None:
        state = next_sale(state)
    if state.screen is not ScreenName.SALE:
        return state, ()
    if state.sale.cart.lines or state.keyed_minor or state.weighing is not None:
        return noticed(state, Notice.FINISH_SALE_FIRST), ()
    return replace(state, screen=ScreenName.COLLECT, collecting=Collecting()), ()


def on_number(state: State, _event: ev.NumberConfirmed) -> Step:
    collecting = state.collecting
    if state.screen is not ScreenName.COLLECT or collecting is None or collecting.looking or not collecting.number:
        return state, ()
    looking = Collecting(collecting.number, looking=True)
    return replace(state, collecting=looking), (fx.FindOrders(state.sale.id, number=collecting.number),)


def on_code(state: State, event: service.CodeScanned) -> Step:
    """A slip, or whatever was held before the scanner: it opens this screen, unless something else is being done."""
    state = replace(state, now_s=max(state.now_s, event.received_s))
    if state.screen is not ScreenName.COLLECT and not state.in_flight:
        state, _ = on_opened(state, ev.CollectOpened())
    if state.screen is not ScreenName.COLLECT:
        return warned(state, Notice.FINISH_SALE_FIRST)
    state = replace(state, collecting=Collecting(looking=True), touched_s=state.now_s)
    return state, (fx.FindOrders(state.sale.id, slip=event.text),)


def on_found(state: State, event: ev.OrdersFound) -> Step:
    collecting = state.collecting
    if event.sale_id != state.sale.id or collecting is None or not collecting.looking:
        return state, ()
    if isinstance(event.found, NotCollected):
        collecting = replace(collecting, looking=False, fault=event.found.reason)
        return replace(state, collecting=collecting), (PlaySound(SoundKind.FAILURE),)
    chosen = event.found[0] if len(event.found) == 1 else None
    collecting = replace(collecting, looking=False, found=event.found, chosen=chosen)
    return replace(state, collecting=collecting), ()


def on_chosen(state: State, event: ev.FoundOrderChosen) -> Step:
    collecting = state.collecting
    if state.screen is not ScreenName.COLLECT or collecting is None:
        return state, ()
    chosen = next((found for found in collecting.found if found.order.id == event.order_id), None)
    return replace(state, collecting=replace(collecting, chosen=chosen)), ()
