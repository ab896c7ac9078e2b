"""Enrolling a face: whose it is (by the card), how old, yes or no to the text, the poses, and how it ended.

A consent is kept only together with the face that it is for, or with its renewal: whoever stops on the way leaves
nothing behind.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face import Agreed
from kiosk.domain.face_consent import ConsentPurpose, FaceConsent
from kiosk.domain.payer import ByCard
from kiosk.screens.flow import account, sharing
from kiosk.screens.flow import account_events as wanted
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import Account, Enrolling, EnrolmentEnd, Tried, Unable
from kiosk.screens.flow.ordering import Step, noticed
from kiosk.screens.flow.state import Notice, ScreenName, State
from kiosk.screens.flow.visit import next_customer
from kiosk.services.consent_text import Yes
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused
from kiosk.services.face_events import FaceJudged, FaceSeen, LookEnded
from kiosk.services.face_ports import LookRequest
from kiosk.services.faces_of import FaceState
from kiosk.services.identify import Identified
from kiosk.services.posing import PosesTaken, Posing, PosingChanged, PosingFailure
from kiosk.services.staff_acts import NotKnown

SILENT_S = 15.0
"""The camera, the engine or the disk tells nothing for so long: it is not working."""

TRY_S = 10.0
_GREETING = (ScreenName.ATTRACT, ScreenName.MEMBER)
SCREENS = (ScreenName.FACE_AGE, ScreenName.FACE_CONSENT, ScreenName.FACE_POSES, ScreenName.FACE_RESULT)


def on_enrol(state: State, _event: wanted.EnrolFaceTouched) -> Step:
    """From the account, or again after it failed; staff's stays theirs."""
    customer, before = state.session.customer, state.enrolling
    again = before is not None and before.end is not None and state.screen is ScreenName.FACE_RESULT
    if customer is None or not (again or (state.screen is ScreenName.ACCOUNT and can_enrol(state))):
        return state, ()
    return _begun(state, Enrolling(customer.member.id, by_staff=before.by_staff if before else None))


def enrols_faces(state: State) -> bool:
    """Whether somebody's face can be enrolled at this terminal now."""
    return state.face.is_ready and state.camera_works


def has_card(state: State) -> bool:
    """Only the card says who may agree to something: a face is what may be mistaken."""
    return state.session.customer is not None and isinstance(state.session.customer.payer, ByCard)


def can_enrol(state: State) -> bool:
    """Not while central has not heard that the last one is forgotten."""
    seen = state.account.seen if state.account else None
    is_told = seen is not None and seen.face.state is not FaceState.FORGETTING
    return enrols_faces(state) and has_card(state) and is_told


def can_renew(state: State) -> bool:
    """A face that can be used, or could with another consent."""
    seen = state.account.seen if state.account else None
    return has_card(state) and seen is not None and seen.face.state in (FaceState.USABLE, FaceState.CONSENT_OVER)


def on_renew(state: State, _event: wanted.RenewFaceTouched) -> Step:
    """Whoever was under 14 is asked again: a year has gone."""
    customer, mine = state.session.customer, state.account
    consent = mine.seen.face.consent if mine and mine.seen else None
    if customer is None or consent is None or state.screen is not ScreenName.ACCOUNT or not can_renew(state):
        return state, ()
    under_14 = None if consent.under_14 else False
    return _begun(state, Enrolling(customer.member.id, renews=True, under_14=under_14))


def on_staff(state: State, event: wanted.StaffEnrolmentBegun) -> Step:
    """Only where nobody else is being served."""
    if state.screen is not ScreenName.ATTRACT or state.out_of_order:
        return state, ()
    state = replace(state, staff_present=event.by_staff, touched_s=state.now_s)
    return state, (fx.Identify(state.session.id, event.by_staff.card_uid),)


def is_another(state: State, event: ev.CustomerIdentified) -> bool:
    """The card that staff named is not that of the member they named."""
    staff, found = state.staff_present, event.identity
    if staff is None or staff.member_id is None or event.session_id != state.session.id:
        return False
    return isinstance(found, Identified) and found.member.id != staff.member_id


def another_refused(state: State) -> Step:
    return noticed(replace(state, staff_present=None), Notice.CARD_OF_ANOTHER), (fx.PlaySound(fx.SoundKind.FAILURE),)


def identified_for_staff(state: State) -> Step:
    """The card that staff named is that of the customer who has just been identified. Their account is looked up for
    what they agreed to before. Whoever has begun to order meanwhile goes on: they may be paying."""
    staff, customer = state.staff_present, state.session.customer
    if staff is None or customer is None or customer.payer != ByCard(staff.card_uid) or state.screen not in _GREETING:
        return replace(state, staff_present=None), ()
    under_14 = True if staff.guardian else None
    state = replace(state, staff_present=None, account=Account())
    state, effects = _begun(state, Enrolling(customer.member.id, by_staff=staff, under_14=under_14))
    return state, (wanted.LoadAccount(state.session.id, customer.member.id), *effects)


def _begun(state: State, enrolling: Enrolling) -> Step:
    screen = ScreenName.FACE_AGE if enrolling.under_14 is None else ScreenName.FACE_CONSENT
    state = replace(state, screen=screen, enrolling=enrolling, touched_s=state.now_s)
    return state, (wanted.LoadConsentText(state.session.id),)


def on_text(state: State, event: wanted.ConsentTextRead) -> Step:
    enrolling = state.enrolling
    if enrolling is None or event.session_id != state.session.id or enrolling.end is not None:
        return state, ()
    if event.text is None:
        return _ended(state, enrolling, Unable.NO_TEXT)
    return replace(state, enrolling=replace(enrolling, text=event.text)), ()


def on_age(state: State, event: wanted.AgeAnswered) -> Step:
    enrolling = state.enrolling
    if enrolling is None or state.screen is not ScreenName.FACE_AGE:
        return state, ()
    if event.under_14 and not enrolling.guardian:
        return _ended(state, enrolling, Unable.GUARDIAN_NEEDED)
    enrolling = replace(enrolling, under_14=event.under_14)
    return replace(state, screen=ScreenName.FACE_CONSENT, enrolling=enrolling), ()


def on_consent(state: State, event: wanted.ConsentAnswered) -> Step:
    """No is as good an answer as yes: back to where they came from."""
    enrolling = state.enrolling
    if enrolling is None or state.screen is not ScreenName.FACE_CONSENT or enrolling.waiting:
        return state, ()
    if not event.agrees:
        return _left(state, enrolling)
    text = enrolling.text
    if text is None:
        return state, ()
    language, purposes = state.session.view.language, sharing.purposes(state)
    yes = Yes(text.version, language, enrolling.guardian, enrolling.staff, purposes)
    state = replace(state, enrolling=replace(enrolling, waiting=True, heard_s=state.now_s))
    return state, (wanted.TakeConsent(state.session.id, enrolling.member_id, yes),)


def on_consent_taken(state: State, event: wanted.ConsentTaken) -> Step:
    enrolling = state.enrolling
    if enrolling is None or event.session_id != state.session.id or not enrolling.waiting:
        return state, ()
    match event.consent:
        case FaceConsent() as consent if enrolling.renews:
            state = replace(state, enrolling=replace(enrolling, consent=consent, heard_s=state.now_s))
            return state, (wanted.RenewFace(state.session.id, consent),)
        case FaceConsent() as consent:
            posing = Posing(EnrolmentPose.AHEAD, 0)
            task = state.face_tasks + 1
            enrolling = replace(
                enrolling, waiting=False, consent=consent, posing=posing, task=task, heard_s=state.now_s
            )
            state = replace(state, screen=ScreenName.FACE_POSES, enrolling=enrolling, face_tasks=task)
            return replace(state, touched_s=state.now_s), (fx.TakePoses(task),)
        case FaceRefused() as refused:
            return _ended(state, enrolling, refused)
    return _ended(state, enrolling, Unable.STORAGE)


def on_posing(state: State, event: PosingChanged) -> Step:
    """Each pose that is taken proves that somebody is there."""
    enrolling = state.enrolling
    if enrolling is None or event.task != enrolling.task or enrolling.posing is None or enrolling.waiting:
        return state, ()
    match event.step:
        case Posing() as posing:
            if posing.taken > enrolling.posing.taken:
                state = replace(state, touched_s=state.now_s, idle_left_s=None)
            return replace(state, enrolling=replace(enrolling, posing=posing, heard_s=state.now_s)), ()
        case PosesTaken() as poses if enrolling.consent is not None:
            state = replace(state, enrolling=replace(enrolling, waiting=True, heard_s=state.now_s))
            return state, (wanted.EnrolFace(state.session.id, enrolling.consent, poses),)
        case PosingFailure() as failure:
            return _ended(state, enrolling, failure)
    return state, ()


def on_finished(state: State, event: wanted.EnrolmentFinished) -> Step:
    enrolling = state.enrolling
    if enrolling is None or event.session_id != state.session.id or not enrolling.waiting:
        return state, ()
    return _ended(state, enrolling, event.outcome)


def on_tick(state: State) -> Step:
    """Nobody waits for ever for the desk or the disk."""
    enrolling = state.enrolling
    if enrolling is None or (running_task(state) is None and not enrolling.waiting):
        return state, ()
    if state.now_s - enrolling.heard_s < SILENT_S:
        return state, ()
    return _ended(state, enrolling, _silent_end(enrolling))


def _silent_end(enrolling: Enrolling) -> EnrolmentEnd:
    if not enrolling.waiting:
        return Tried.NOT_RECOGNISED if enrolling.trying else PosingFailure.NOT_WORKING
    return Unable.STORAGE if enrolling.consent is None else NotKnown(enrolling.consent.id)


# --- try it now ---


def on_try(state: State, _event: wanted.TryFaceTouched) -> Step:
    enrolling = state.enrolling
    if enrolling is None or state.screen is not ScreenName.FACE_RESULT or not may_try(state):
        return state, ()
    task = state.face_tasks + 1
    enrolling = replace(enrolling, end=None, trying=True, task=task, heard_s=state.now_s)
    state = replace(state, screen=ScreenName.FACE_POSES, enrolling=enrolling, face_tasks=task, touched_s=state.now_s)
    return state, (fx.LookForFace(LookRequest(task, ConsentPurpose.ORDERING, turn=False, within_s=TRY_S)),)


def may_try(state: State) -> bool:
    """It was enrolled, and the engine has heard of it."""
    end = state.enrolling.end if state.enrolling else None
    return isinstance(end, FaceEnrolled | Tried) and state.can_recognise(ConsentPurpose.ORDERING)


def on_seen(state: State, event: FaceSeen) -> Step:
    enrolling = _tried(state, event.task)
    if enrolling is None:
        return state, ()
    return replace(state, enrolling=replace(enrolling, fault=event.fault, heard_s=state.now_s)), ()


def on_judged(state: State, event: FaceJudged) -> Step:
    """Whoever else it may be taken for is nobody's business here."""
    enrolling = _tried(state, event.task)
    if enrolling is None:
        return state, ()
    is_known = event.judgement == Agreed(enrolling.member_id)
    return _ended(state, enrolling, Tried.RECOGNISED if is_known else Tried.NOT_RECOGNISED)


def on_look_ended(state: State, event: LookEnded) -> Step:
    enrolling = _tried(state, event.task)
    return (state, ()) if enrolling is None else _ended(state, enrolling, Tried.NOT_RECOGNISED)


def _tried(state: State, task: int) -> Enrolling | None:
    enrolling = state.enrolling
    return enrolling if enrolling is not None and enrolling.trying and enrolling.task == task else None


# --- leaving ---


def on_read(state: State, _event: wanted.FaceResultRead) -> Step:
    if state.screen is not ScreenName.FACE_RESULT or (state.account is not None and state.account.forgetting):
        return state, ()
    return _left(state, state.enrolling)


def on_back(state: State) -> Step:
    """One step back gives it up; what is being kept is waited for."""
    if state.enrolling is not None and state.enrolling.waiting:
        return state, ()
    return _left(state, state.enrolling)


def running_task(state: State) -> int | None:
    """What the desk is doing for whoever is enrolled."""
    enrolling = state.enrolling
    if state.screen is not ScreenName.FACE_POSES or enrolling is None:
        return None
    return enrolling.task if enrolling.posing is not None or enrolling.trying else None


def _left(state: State, enrolling: Enrolling | None) -> Step:
    """Back to the account. Staff's customer has none open: they are done."""
    if enrolling is not None and enrolling.by_staff is not None:
        return next_customer(state), ()
    return account.opened(state)


def _ended(state: State, enrolling: Enrolling, end: EnrolmentEnd) -> Step:
    state = replace(state, screen=ScreenName.FACE_RESULT, enrolling=enrolling.ended(end), idle_left_s=None)
    state = replace(state, touched_s=state.now_s)
    if end is Unable.GUARDIAN_NEEDED:  # nothing failed
        return state, ()
    is_good = isinstance(end, FaceEnrolled) or end is Tried.RECOGNISED
    kind = fx.SoundKind.SUCCESS if is_good else fx.SoundKind.FAILURE
    return state, (fx.PlaySound(kind),)
