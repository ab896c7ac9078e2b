"""Staff enrol a member's face at the counter: who agrees, the member's card, and then the self-service terminal's own
flow (kiosk.screens.flow.enrolling), which is a part of the counter's state meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from kiosk.domain.ids import MemberId
from kiosk.screens import flow as customer
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.enrolment_state import MAX_PHONE_DIGITS, Enrolment, Guardian
from kiosk.screens.counter_flow.state import Notice, ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed, warned
from kiosk.screens.flow import state as customer_state
from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.screens.flow.enrolling import enrols_faces
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.services import events as service

# Staff stand there: it ends by itself only where everybody has walked off.
_LEFT_ALONE = customer_state.IdleTimes(warn_after_s=600.0)
_NOTICES = {
    customer_state.Notice.CARD_UNKNOWN: Notice.CARD_UNKNOWN,
    customer_state.Notice.CARD_BLOCKED: Notice.CARD_BLOCKED,
    customer_state.Notice.CARD_OF_ANOTHER: Notice.CARD_OF_ANOTHER,
}


def on_opened(state: State, _event: ev.EnrolmentOpened) -> Step:
    """By the key of the counter's own bar: in the name of whom the settings say."""
    return _opened(state, state.rules.staff, None)


def on_handed_over(state: State, event: StaffEnrolmentBegun) -> Step:
    """By the admin screen: in the name of who was in, for the member who was shown. The card is tapped here, once it is
    said who agrees."""
    if state.screen is not ScreenName.SALE:
        return warned(state, Notice.FINISH_SALE_FIRST)
    return _opened(state, event.by_staff.staff, event.by_staff.member_id)


def _opened(state: State, staff: str, member_id: MemberId | None) -> Step:
    if state.screen is ScreenName.RESULT and state.lane is None and state.order is not None:
        state = next_sale(state)
    if state.screen is not ScreenName.SALE:
        return state, ()
    if state.out_of_order:
        return warned(state, Notice.OUT_OF_ORDER)
    if state.sale.cart.lines or state.keyed_minor or state.weighing is not None:
        return noticed(state, Notice.FINISH_SALE_FIRST), ()
    enrolment = Enrolment(_customer_flow(state), staff, member_id)
    if not enrols_faces(enrolment.flow):
        return warned(state, Notice.NO_ENROLLING)
    return replace(state, screen=ScreenName.ENROL, enrolment=enrolment), ()


def on_guardian(state: State, event: ev.GuardianChosen) -> Step:
    enrolment = _before_card(state)
    if enrolment is None:
        return state, ()
    word = "" if event.guardian is Guardian.NOBODY else event.word
    phone = "" if event.guardian is Guardian.NOBODY else enrolment.phone
    return _with(state, replace(enrolment, guardian=event.guardian, guardian_word=word, phone=phone)), ()


def phone_typed(state: State, digits: str) -> State:
    enrolment = _before_card(state)
    if enrolment is None or not enrolment.has_guardian:
        return state
    return _with(state, replace(enrolment, phone=(enrolment.phone + digits)[:MAX_PHONE_DIGITS]))


def phone_erased(state: State) -> State:
    enrolment = _before_card(state)
    return state if enrolment is None else _with(state, replace(enrolment, phone=enrolment.phone[:-1]))


def on_card(state: State, event: service.CardPresented) -> Step:
    """The member's; once their enrolment has begun no card is meant."""
    enrolment = _before_card(state)
    if enrolment is None:
        return state, ()
    if not enrolment.awaits_card:
        return warned(state, Notice.PHONE_FIRST if enrolment.has_guardian else Notice.WHO_AGREES_FIRST)
    guardian = f"{enrolment.guardian_word} {enrolment.phone}".strip()
    present = StaffPresent(event.uid, enrolment.staff, guardian, enrolment.member_id)
    return forwarded(state, StaffEnrolmentBegun(present))


def on_back(state: State, event: Any) -> Step:
    """One step back; from before the card to the sale."""
    enrolment = state.enrolment
    return forwarded(state, event) if enrolment is not None and enrolment.is_begun else (next_sale(state), ())


def forwarded(state: State, event: Any) -> Step:
    """Let it happen in the self-service terminal's flow, while that goes on. When it is over the next sale begins."""
    enrolment = state.enrolment
    if enrolment is None:
        return state, ()
    before = replace(enrolment.flow, session=replace(enrolment.flow.session, view=state.view))
    flow, wanted = customer.step(before, event)
    effects = cast("tuple[fx.Effect, ...]", wanted)  # enrolling wants nothing that the counter's runner cannot do
    if enrolment.is_begun and flow.enrolling is None:
        return next_sale(replace(state, face_tasks=flow.face_tasks)), effects
    refused = _NOTICES.get(flow.notice.notice) if flow.notice and before.notice is None else None
    state = _with(state, replace(enrolment, flow=replace(flow, notice=None)))
    return (noticed(state, refused) if refused else state), effects


def _before_card(state: State) -> Enrolment | None:
    enrolment = state.enrolment
    if state.screen is not ScreenName.ENROL or enrolment is None or enrolment.is_begun:
        return None
    return None if enrolment.flow.staff_present else enrolment


def _with(state: State, enrolment: Enrolment) -> State:
    return replace(state, enrolment=enrolment)


def _customer_flow(state: State) -> customer_state.State:
    """As if somebody stood before a self-service terminal with these devices."""
    return customer_state.State(
        customer_state.Session(state.sale.id, state.view),
        home_view=state.view,
        idle=_LEFT_ALONE,
        devices=state.devices,
        cameras_on=state.cameras_on,
        link=state.link,
        face=state.face,
        face_tasks=state.face_tasks,
        face_policy=state.rules.face_policy or FacePolicy(),
        now_s=state.now_s,
        touched_s=state.now_s,
    )
