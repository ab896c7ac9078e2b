"""My account: what is known of the member here, and their face: seeing, renewing, forgetting it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.flow import account_events as account
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.account_state import Account
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.faces_of import FaceState
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.staff_acts import NotKnown

LOOK_AGAIN_S = 3.0


def on_opened(state: State, _event: account.AccountOpened) -> Step:
    if state.session.customer is None or state.screen is not ScreenName.MEMBER:
        return state, ()
    return opened(state)


def opened(state: State) -> Step:
    """The account of the member who stands there, looked up anew."""
    customer = state.session.customer
    if customer is None:
        return state, ()
    state = replace(state, screen=ScreenName.ACCOUNT, account=Account(), enrolling=None)
    return state, (account.LoadAccount(state.session.id, customer.member.id),)


def on_loaded(state: State, event: account.AccountLoaded) -> Step:
    """Looked up again it stays as it was shown, where it cannot be."""
    mine = state.account
    if mine is None or event.session_id != state.session.id:
        return state, ()
    if event.seen is None:
        return replace(state, account=replace(mine, failed=mine.seen is None)), ()
    forgotten = mine.forgotten
    if isinstance(forgotten, FaceForgotten) and event.seen.face.state is not FaceState.FORGETTING:
        forgotten = replace(forgotten, on_the_way=False)
    seen = replace(mine, seen=event.seen, failed=False, forgotten=forgotten)
    return replace(state, account=seen), ()


def on_forget(state: State, _event: account.ForgetFaceTouched) -> Step:
    mine = state.account
    if state.screen is not ScreenName.ACCOUNT or mine is None or mine.seen is None:
        return state, ()
    if mine.seen.face.state is FaceState.FORGETTING:
        return state, ()
    was_here = mine.seen.face.consent is not None
    return replace(state, account=replace(mine, confirming=True, was_here=was_here)), ()


def on_forget_answered(state: State, event: account.ForgetFaceAnswered) -> Step:
    """A deletion whose end is not known is asked for again as the same one."""
    mine, customer = state.account, state.session.customer
    if mine is None or customer is None or mine.forgetting:
        return state, ()
    again = state.screen is ScreenName.FACE_RESULT and isinstance(mine.forgotten, NotKnown)
    if not (mine.confirming or again):
        return state, ()
    if not event.is_meant:
        return replace(state, account=replace(mine, confirming=False)), ()
    act_id = mine.forgotten.act_id if isinstance(mine.forgotten, NotKnown) else None
    state = replace(state, account=replace(mine, forgetting=True))
    return state, (account.ForgetFace(state.session.id, customer.member.id, act_id),)


def on_forgetting_finished(state: State, event: account.FaceForgettingFinished) -> Step:
    mine, customer = state.account, state.session.customer
    if mine is None or customer is None or event.session_id != state.session.id or not mine.forgetting:
        return state, ()
    is_done = isinstance(event.outcome, FaceForgotten)
    again_s = state.now_s + LOOK_AGAIN_S if is_done else None
    mine = replace(mine, confirming=False, forgetting=False, forgotten=event.outcome, again_s=again_s)
    state = replace(state, screen=ScreenName.FACE_RESULT, account=mine, touched_s=state.now_s)
    sound = fx.SoundKind.SUCCESS if is_done else fx.SoundKind.FAILURE
    return state, (fx.PlaySound(sound), account.LoadAccount(state.session.id, customer.member.id))


def on_tick(state: State) -> Step:
    """Until central has heard of the deletion, whoever waits for that is told as soon as it has."""
    mine, customer = state.account, state.session.customer
    if mine is None or customer is None or mine.again_s is None or state.now_s < mine.again_s:
        return state, ()
    forgotten = mine.forgotten
    if not isinstance(forgotten, FaceForgotten) or not forgotten.on_the_way:
        return replace(state, account=replace(mine, again_s=None)), ()
    state = replace(state, account=replace(mine, again_s=state.now_s + LOOK_AGAIN_S))
    return state, (account.LoadAccount(state.session.id, customer.member.id),)


def on_back(state: State) -> Step:
    """From the account to the member's screen; a question is taken back first. What is being done is waited for."""
    mine = state.account
    if mine is None or mine.forgetting:
        return state, ()
    if mine.confirming:
        return replace(state, account=replace(mine, confirming=False)), ()
    return replace(state, screen=ScreenName.MEMBER, account=None), ()
