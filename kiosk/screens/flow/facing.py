"""From "look here" to somebody known, or to the card: nothing is looked at before a touch, nothing charged before there
was a moment to cancel, and nobody learns who it might have been."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.domain.face import Agreed, Doubtful, Fault
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.payer import ByFace
from kiosk.screens.flow import doubt, paying
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.face_state import FaceTrouble, Facing
from kiosk.screens.flow.ordering import Step, noticed
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import Notice, PayMethod, Redeeming, ScreenName, State
from kiosk.screens.flow.visit import greet, next_customer
from kiosk.services import events as service
from kiosk.services.face_events import LookEnd
from kiosk.services.face_ports import LookRequest
from kiosk.services.identify import Identified

_TROUBLES = {
    LookEnd.CAMERA_GONE: FaceTrouble.CAMERA_GONE,
    LookEnd.NOT_READY: FaceTrouble.SLOW,
    LookEnd.NOT_ALIVE: FaceTrouble.NOT_TURNED,
}


def on_look(state: State, _event: ev.FaceLookTouched) -> Step:
    """On the attract screen: who am I, for the usual."""
    if state.screen is not ScreenName.ATTRACT or state.out_of_order or state.menu is None:
        return state, ()
    return _look(state, ConsentPurpose.ORDERING, turn=False)


def on_try_again(state: State, _event: ev.FaceTryAgainTouched) -> Step:
    facing = state.facing
    if facing is None or facing.trouble is None or not may_look_again(state):
        return state, ()
    if facing.purpose is ConsentPurpose.PAYING:
        return start_payment(replace(state, facing=None, screen=ScreenName.CHECKOUT))
    return _look(replace(state, facing=None), ConsentPurpose.ORDERING, turn=False)


def may_look_again(state: State) -> bool:
    facing = state.facing
    purpose = facing.purpose if facing else ConsentPurpose.ORDERING
    return state.session.may_look and state.can_recognise(purpose)


def on_method(state: State, event: ev.MethodChosen) -> Step:
    return start_payment(state) if event.method is PayMethod.FACE else paying.on_method(state, event)


def on_member_payment(state: State, event: ev.MemberPaymentChosen) -> Step:
    customer = state.session.customer
    if customer is not None and isinstance(customer.payer, ByFace):
        return start_payment(state)
    return paying.on_member_payment(state, event)


def on_usual(state: State, _event: ev.UsualChosen) -> Step:
    chosen, customer = paying.with_usual(state), state.session.customer
    if chosen is None or customer is None:
        return state, ()
    if isinstance(customer.payer, ByFace):
        return start_payment(replace(chosen, screen=ScreenName.CHECKOUT))
    return paying.pay(chosen, customer.payer, state.now_s)


def offers_face(state: State) -> bool:
    """Whether what there is to pay can be paid by face here, as far as this terminal has a say."""
    can_look = state.can_recognise(ConsentPurpose.PAYING) and state.session.may_look
    return can_look and money_to_pay(state).minor <= state.face_policy.largest_minor


def start_payment(state: State) -> Step:
    """Pay by face what there is to pay: after a look, unless this customer's face was just recognised and no turn of
    the head is asked for."""
    if not paying.may_pay(state) or state.menu is None or state.facing is not None:
        return state, ()
    money = money_to_pay(state)
    if money.minor > state.face_policy.largest_minor:
        return noticed(state, Notice.TOO_MUCH_FOR_FACE), (fx.PlaySound(fx.SoundKind.WARNING),)
    customer, turn = state.session.customer, state.face_policy.asks_turn(money)
    if customer is not None and isinstance(customer.payer, ByFace) and not turn:
        known = Facing(state.face_tasks, ConsentPurpose.PAYING, turn=False)
        found = Identified(customer.member, customer.payer, customer.set_aside)
        return _confirm(replace(state, facing=known), known, found)
    return _look(state, ConsentPurpose.PAYING, turn=turn)


def _look(state: State, purpose: ConsentPurpose, *, turn: bool) -> Step:
    if not state.can_recognise(purpose) or not state.session.may_look:
        return state, ()
    task = state.face_tasks + 1
    state = replace(
        state,
        face_tasks=task,
        facing=Facing(task, purpose, turn, tries_left=state.session.tries_left),
        session=replace(state.session, looks=state.session.looks + 1),
        screen=ScreenName.FACE_LOOK,
        touched_s=state.now_s,
        paying=None,
        outcome=None,
        editing=None,
        choosing_coupon=False,
        last_payment=None,
    )
    return state, (fx.LookForFace(LookRequest(task, purpose, turn, state.face_policy.look_s)),)


# --- what the desk tells ---


def on_seen(state: State, event: service.FaceSeen) -> Step:
    """Each turn of the head that is done proves that somebody is there."""
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    if facing.seen is not None and event.turn > facing.seen.turn:
        state = replace(state, touched_s=state.now_s, idle_left_s=None)
    return replace(state, facing=replace(facing, seen=event)), ()


def on_ended(state: State, event: service.LookEnded) -> Step:
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    return _trouble(state, facing, _TROUBLES.get(event.end) or event.fault or FaceTrouble.SLOW)


def on_judged(state: State, event: service.FaceJudged) -> Step:
    """A name is looked up; a doubt asks for digits, of nobody in particular; all else ends at the card."""
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    if not isinstance(event.judgement, Agreed | Doubtful):
        return _trouble(state, facing, FaceTrouble.UNKNOWN)
    if facing.turn and not event.turned:
        return _trouble(state, facing, FaceTrouble.NOT_TURNED)
    facing = replace(facing, turned=event.turned)
    if isinstance(event.judgement, Doubtful):
        facing = doubt.asking(facing, event.judgement)
        return replace(state, facing=facing, screen=ScreenName.FACE_DIGITS, touched_s=state.now_s), ()
    asked = fx.IdentifyFace(state.session.id, facing.task, event.judgement.member_id)
    return replace(state, facing=replace(facing, checking=True)), (asked,)


def on_digit(state: State, event: ev.DigitTouched) -> Step:
    """None takes the last one back."""
    facing = state.facing
    if facing is None or state.screen is not ScreenName.FACE_DIGITS:
        return state, ()
    facing, asked = doubt.with_digit(facing, event.digit, state.session.id)
    session = replace(state.session, tries_left=facing.tries_left)
    return replace(state, facing=facing, session=session), asked


def on_face_identified(state: State, event: ev.FaceIdentified) -> Step:
    """The answer to IdentifyFace and IdentifyByDigits."""
    facing = state.facing
    if facing is None or event.session_id != state.session.id or event.task != facing.task or not facing.checking:
        return state, ()
    if event.identity is not None:
        return _confirm(state, facing, event.identity)
    if not facing.candidates:
        return _trouble(state, facing, FaceTrouble.NOT_NOW)
    again = doubt.not_matched(facing)
    if again is None:
        return _trouble(state, facing, FaceTrouble.WRONG_DIGITS)
    return replace(state, facing=again), (fx.PlaySound(fx.SoundKind.FAILURE),)


def _looking(state: State, task: int) -> Facing | None:
    """The look that this is about, while it goes on."""
    facing = state.facing
    return facing if facing is not None and facing.task == task and facing.is_looking else None


def _trouble(state: State, facing: Facing, trouble: Fault | FaceTrouble) -> Step:
    facing = Facing(facing.task, facing.purpose, facing.turn, trouble=trouble)
    state = replace(state, facing=facing, screen=ScreenName.FACE_LOOK, touched_s=state.now_s)
    return state, (fx.PlaySound(fx.SoundKind.FAILURE),)


# --- the moment to cancel ---


def _confirm(state: State, facing: Facing, found: Identified) -> Step:
    """Says who it is (masked), and what will be charged; the count begins with the next tick."""
    is_paying = facing.purpose is ConsentPurpose.PAYING
    amount = money_to_pay(_as_payer(state, found)) if is_paying else None
    facing = replace(
        facing,
        candidates=frozenset(),
        typed="",
        checking=False,
        found=found,
        amount=amount,
        until_s=None,
        left_s=state.face_policy.confirm_s,
    )
    state = replace(state, facing=facing, screen=ScreenName.FACE_CONFIRM, touched_s=state.now_s)
    return state, (fx.PlaySound(fx.SoundKind.SUCCESS),)


def on_tick(state: State) -> Step:
    facing = state.facing
    if facing is None or facing.found is None or state.screen is not ScreenName.FACE_CONFIRM:
        return state, ()
    until_s = facing.until_s if facing.until_s is not None else state.now_s + state.face_policy.confirm_s
    if state.now_s >= until_s:
        return _go_on(state, facing, facing.found)
    left_s = max(1, math.ceil(until_s - state.now_s))
    return replace(state, facing=replace(facing, until_s=until_s, left_s=left_s), touched_s=state.now_s), ()


def on_confirmed(state: State, _event: ev.FaceConfirmed) -> Step:
    """ "That is me": no need to wait. Money is never sooner than its moment."""
    facing = state.facing
    if facing is None or facing.found is None or facing.amount is not None:
        return state, ()
    return _go_on(state, facing, facing.found)


def _go_on(state: State, facing: Facing, found: Identified) -> Step:
    if facing.amount is None:
        return greet(replace(state, facing=None, screen=ScreenName.ATTRACT), found), ()
    state = _as_payer(state, found)
    now = money_to_pay(state)
    if now != facing.amount or (state.face_policy.asks_turn(now) and not facing.turned):
        back = replace(state, facing=None, screen=ScreenName.CHECKOUT)
        return noticed(back, Notice.PRICE_CHANGED), (fx.PlaySound(fx.SoundKind.WARNING),)
    return paying.pay(replace(state, facing=None), found.payer, state.now_s)


def _as_payer(state: State, found: Identified) -> State:
    """Points and coupons are those of whoever was here before: another member pays without them."""
    customer = state.session.customer
    if customer is None or customer.member.id == found.member.id:
        return state
    return replace(state, session=replace(state.session, balance_shown=False, redeeming=Redeeming()))


# --- leaving it ---


def on_back(state: State, event: ev.BackTouched) -> Step:
    """To the checkout, or where nobody is known any more."""
    if state.facing is None:
        return paying.on_back(state, event)
    if state.facing.purpose is ConsentPurpose.PAYING:
        return replace(state, facing=None, screen=ScreenName.CHECKOUT), ()
    return next_customer(state), ()


def running_task(state: State) -> int | None:
    """What the desk is doing for this customer."""
    return state.facing.task if state.facing is not None and state.facing.is_looking else None
