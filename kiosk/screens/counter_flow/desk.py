"""What goes on at the counter beside its sales: time, devices, the menu, how staff read."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.receipt import PaperKind
from kiosk.screens.counter_flow import checking, undoing
from kiosk.screens.counter_flow.bill import due
from kiosk.screens.counter_flow.charging import while_price_holds
from kiosk.screens.counter_flow.selling import without_what_is_gone
from kiosk.screens.counter_flow.state import Notice, Sale, ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed, warned
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import View
from kiosk.services import events as service


def on_tick(state: State, event: common.Tick) -> Step:
    """A sale that is being made waits for ever; only a good result gives way by itself."""
    state = _at_meal_time(replace(state, now_s=event.now_s, local=event.local))
    if state.notice and state.notice.until_s <= event.now_s:
        state = replace(state, notice=None)
    state = undoing.on_tick(state)
    was_read = event.now_s - state.touched_s >= state.rules.result_s and state.change is None
    if state.order is not None and was_read:
        state = _after_good_result(state)
    return checking.on_tick(state)


def _after_good_result(state: State) -> State:
    """In the lane whoever is next may be looked at already: only what was the last one's ends."""
    if state.lane is None:
        return next_sale(state)
    return replace(state, sale=Sale(state.sale.id, facing=state.sale.facing))


def on_touched(state: State, event: common.Touched) -> Step:
    return replace(state, now_s=event.now_s, touched_s=event.now_s), ()


def on_menu_loaded(state: State, event: common.MenuLoaded) -> Step:
    """Whoever is being charged is charged what was shown, or nothing: the checkout sees to that."""
    state = _at_meal_time(replace(state, menu=event.menu, levels=event.levels))
    state = without_what_is_gone(state, event.menu)
    state = while_price_holds(state)
    waiting = state.paying
    if waiting is None or waiting.in_flight or due(replace(state, paying=None, keyed_minor=0)) == waiting.amount:
        return state, ()
    return noticed(replace(state, screen=ScreenName.SALE, paying=None, keyed_minor=0), Notice.MENU_CHANGED), ()


def on_levels_loaded(state: State, event: common.LevelsLoaded) -> Step:
    return replace(state, levels=event.levels), ()


def on_health(state: State, event: service.DeviceHealthChanged) -> Step:
    return replace(state, devices={**state.devices, event.health.name: event.health}), ()


def on_camera(state: State, event: service.CameraWatching) -> Step:
    others = state.cameras_on - {event.camera}
    return replace(state, cameras_on=others | {event.camera} if event.is_on else others), ()


def on_link(state: State, event: service.CentralLinkChanged) -> Step:
    return replace(state, link=event.state), ()


def on_print_job(state: State, event: service.PrintJobChanged) -> Step:
    """Only the customer's paper of the sale in front; while it is in flight it may be anyone's."""
    is_ours = state.order.id == event.order_id if state.order else state.in_flight
    if not is_ours or event.kind is PaperKind.KITCHEN_TICKET:
        return state, ()
    return replace(state, sale=replace(state.sale, paper=event)), ()


def on_drawer(state: State, event: service.DrawerAsked) -> Step:
    """It may come before the sale's own end."""
    if event.end is not service.DrawerEnd.OPENED:
        return replace(state, open_by_key=event.about), ()
    return (replace(state, open_by_key=None) if state.open_by_key == event.about else state), ()


def on_storage_stopped(state: State, _event: service.StorageStopped) -> Step:
    """The sale stays as it is; who is about to pay is told now. A payment under way ends by its own outcome."""
    state = replace(state, out_of_order=True)
    if state.in_flight or state.order is not None:
        return state, ()
    if state.screen in (ScreenName.PAYING, ScreenName.CASH):
        to = ScreenName.LANE if state.lane else ScreenName.COLLECT if state.collecting else ScreenName.SALE
        state = replace(state, screen=to, paying=None, keyed_minor=0)
    return warned(state, Notice.OUT_OF_ORDER)


def on_balance(state: State, _event: common.BalanceTouched) -> Step:
    """Of whoever has just paid, and nobody else's."""
    if state.order is None:
        return state, ()
    return replace(state, sale=replace(state.sale, balance_shown=not state.sale.balance_shown)), ()


def on_language(state: State, event: common.LanguageChosen) -> Step:
    known = event.language in ("zh", "en")
    return (_viewed(state, replace(state.view, language=event.language)) if known else state), ()


def on_text_size(state: State, event: common.TextSizeChosen) -> Step:
    return _viewed(state, replace(state.view, text_size=event.text_size)), ()


def on_contrast(state: State, event: common.ContrastChosen) -> Step:
    return _viewed(state, replace(state.view, high_contrast=event.high)), ()


def _viewed(state: State, view: View) -> State:
    return replace(state, view=view)


def _at_meal_time(state: State) -> State:
    served = state.menu.meal_period_at(state.local) if state.menu and state.local else None
    return replace(state, serving_id=served.id if served else None)
