"""The flow of a counter's screens, pure: (state, event) → (state, effects). No Kivy, no I/O, no clock.

state.py, *_state.py: what staff see. customer.py: what the customer sees of it. troubles.py: what does not work.
events.py: what can happen. effects.py: what the flow wants done.
pad.py, selling.py: making a sale. reserving.py: its portions. paying.py: settling it, charging.py: by a member,
facing.py: by face. lane.py: one fixed price, one after the other. collecting.py: orders of self-service terminals.
enrolling.py: a member's face. undoing.py: the last sale. checking.py: what is not known yet. desk.py: all that goes on
beside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from kiosk.screens.counter_flow import (
    checking,
    collecting,
    desk,
    enrolling,
    facing,
    lane,
    pad,
    paying,
    reserving,
    selling,
    undoing,
)
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import State
from kiosk.screens.counter_flow.steps import Step
from kiosk.screens.flow import events as common
from kiosk.screens.flow.account_events import AccountEvent, StaffEnrolmentBegun
from kiosk.screens.flow.effects import LoadFaces, LoadLevels, LoadMenu
from kiosk.services import events as service


def _load_menu(state: State, _event: service.MenuChanged) -> Step:
    return state, (LoadMenu(),)


def _load_levels(state: State, _event: service.StockChanged) -> Step:
    return state, (LoadLevels(),)


def _load_faces(state: State, _event: service.FacesChanged) -> Step:
    return state, (LoadFaces(),)


def _on_tick(state: State, event: common.Tick) -> Step:
    state, effects = desk.on_tick(state, event)
    state, of_faces = facing.on_tick(state)
    state, of_enrolment = enrolling.forwarded(state, event)
    return state, (*effects, *of_faces, *of_enrolment)


def _also_enrolling(handler: Callable[[State, Any], Step]) -> Callable[[State, Any], Step]:
    """What both flows must know while a face is enrolled."""

    def on_both(state: State, event: Any) -> Step:
        state, effects = handler(state, event)
        state, more = enrolling.forwarded(state, event)
        return state, (*effects, *more)

    return on_both


def _of_the_look(handler: Callable[[State, Any], Step]) -> Callable[[State, Any], Step]:
    """The desk looks at one face at a time: to enrol it, or to let it pay."""

    def on_look(state: State, event: Any) -> Step:
        return (enrolling.forwarded if state.enrolment is not None else handler)(state, event)

    return on_look


def _nothing(state: State, _event: object) -> Step:
    return state, ()


Handlers = dict[type, Callable[[State, Any], Step]]

# While a payment is in flight only its outcome ends it: these touches come too late then.
_BETWEEN_PAYMENTS: Handlers = {
    common.DiningModeChosen: selling.on_dining_mode,
    ev.DigitsTyped: pad.on_digits,
    ev.EraseTouched: pad.on_erase,
    ev.ClearTouched: pad.on_clear,
    ev.SaleBroughtBack: selling.on_brought_back,
    ev.SumAdded: selling.on_sum_added,
    ev.DishTouched: selling.on_dish,
    ev.ComboTouched: selling.on_combo,
    ev.WeightConfirmed: selling.on_weight_confirmed,
    ev.WeighingClosed: selling.on_weighing_closed,
    ev.LineChanged: selling.on_line,
    ev.MethodTouched: paying.on_method,
    ev.ReceivedChosen: paying.on_received,
    ev.CashTaken: paying.on_cash_taken,
    common.BackTouched: paying.on_back,
    common.DoneTouched: paying.on_done,
    ev.LaneStarted: lane.on_started,
    ev.LaneStopped: lane.on_stopped,
    ev.AgainAnswered: lane.on_answered,
    ev.CollectOpened: collecting.on_opened,
    ev.NumberConfirmed: collecting.on_number,
    ev.FoundOrderChosen: collecting.on_chosen,
    common.FaceTryAgainTouched: facing.on_try_again,
    common.DigitTouched: facing.on_digit,
}
# What goes on beside a payment (an undo, what was found out) does not wait for it.
_AT_ANY_TIME: Handlers = {
    common.Tick: _on_tick,
    common.Touched: _also_enrolling(desk.on_touched),
    common.MenuLoaded: desk.on_menu_loaded,
    common.LevelsLoaded: desk.on_levels_loaded,
    common.LanguageChosen: desk.on_language,
    common.TextSizeChosen: desk.on_text_size,
    common.ContrastChosen: desk.on_contrast,
    common.BalanceTouched: desk.on_balance,
    common.CategoryChosen: selling.on_category,
    ev.SaleFinished: paying.on_finished,
    ev.UndoTouched: undoing.on_undo,
    ev.UndoFinished: undoing.on_finished,
    ev.UndoSeen: undoing.on_seen,
    ev.OrdersFound: collecting.on_found,
    common.CartReserved: reserving.on_reserved,
    common.PaymentChecked: checking.on_payment_checked,
    ev.ActChecked: checking.on_act_checked,
    ev.FoundOutSeen: checking.on_seen,
    service.CardPresented: paying.on_card,
    service.CodeScanned: collecting.on_code,
    service.DeviceHealthChanged: _also_enrolling(desk.on_health),
    service.CameraWatching: _also_enrolling(desk.on_camera),
    service.CentralLinkChanged: _also_enrolling(desk.on_link),
    service.MenuChanged: _load_menu,
    service.StockChanged: _load_levels,
    service.MembersChanged: _nothing,
    service.FacesChanged: _load_faces,
    service.StaffChanged: _nothing,
    service.FaceReadinessChanged: _also_enrolling(facing.on_readiness),
    service.FaceSeen: _of_the_look(facing.on_seen),
    service.FaceJudged: _of_the_look(facing.on_judged),
    service.LookEnded: _of_the_look(facing.on_ended),
    common.FaceIdentified: facing.on_identified,
    ev.EnrolmentOpened: enrolling.on_opened,
    ev.GuardianChosen: enrolling.on_guardian,
    **dict.fromkeys((*get_args(AccountEvent), common.CustomerIdentified, service.PosingChanged), enrolling.forwarded),
    StaffEnrolmentBegun: enrolling.on_handed_over,
    service.PrintJobChanged: desk.on_print_job,
    service.DrawerAsked: desk.on_drawer,
    service.StorageStopped: _also_enrolling(desk.on_storage_stopped),
}


def step(state: State, event: ev.CounterEvent) -> Step:
    """The next state and what is to be done outside. The same inputs always give the same answer."""
    between_payments = _BETWEEN_PAYMENTS.get(type(event))
    if between_payments is not None and state.in_flight:
        return state, ()
    after, effects = (between_payments or _AT_ANY_TIME[type(event)])(state, event)
    return reserving.reserve_or_let_go(state, *facing.followed(state, after, effects))
