"""What becomes of an act for a member: begun once, asked after while nobody knows, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.domain.money import Money
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.members_state import (
    ASK_EVERY_S,
    Correction,
    FaceAsked,
    members_of,
)
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.member_acts import BlockEnd, MemberActTrouble
from kiosk.services.ports import MemberActDone, MemberActRefused
from kiosk.services.staff_acts import NotKnown


@dataclass(frozen=True, slots=True)
class ActNotice:
    """`what` was done, or why not; amounts where the words have them."""

    what: str
    before: Money | None = None
    after: Money | None = None


_DONE: dict[type, str] = {
    ev.BindCard: "bound",
    ev.UnblockCard: "unblocked",
    ev.Correct: "corrected",
    ev.KeepDiet: "diet_kept",
}


def begun(state: AdminState, act: AdminAct) -> Step:
    """Further touches come too late."""
    return replace(state, open=replace(members_of(state), asked=act, doubtful=None), notice=None), (act,)


def noted(state: AdminState, notice: ActNotice, tone: Tone = Tone.POSITIVE) -> Step:
    return noticed(state, notice, tone)


def asked_again(state: AdminState) -> Step:
    """What may have been done: under the same id. Who lost the permission meanwhile cannot."""
    members = members_of(state)
    act = members.doubtful
    if act is None or members.again_s > state.now_s or not acting(state).may(act.needs):
        return state, ()
    act = replace(act, by=acting(state))
    return replace(state, open=replace(members, asked=act, doubtful=None)), (act,)


def act_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell says so."""
    members = members_of(state)
    is_it = members.asked is not None and type(members.asked) is type(event.effect)
    return replace(state, open=replace(members, asked=None) if is_it else members), ()


def _on_central(state: AdminState, event: ev.CentralAnswered) -> Step:
    members, answer = members_of(state), event.answer
    if members.asked is None:
        return state, ()
    free = replace(state, open=replace(members, asked=None))
    match answer:
        case MemberActDone():
            return _done(free, event, answer)
        case MemberActRefused(reason, limit, left, _):
            return noted(free, ActNotice(reason, limit, left), Tone.NEGATIVE)
        case MemberActTrouble.UNREACHABLE:
            again_s = state.now_s + ASK_EVERY_S
            is_first = getattr(members.asked, "act_id", None) is None
            waits = replace(state, open=replace(members, asked=None, doubtful=event.asked, again_s=again_s))
            return waits, (PlaySound(SoundKind.WARNING),) if is_first else ()
    return noted(free, ActNotice(f"trouble_{answer}"), Tone.NEGATIVE)


def _done(state: AdminState, event: ev.CentralAnswered, done: MemberActDone) -> Step:
    """A correction and a diet lead back to the member; cards stay open, as there may be more to do."""
    members = members_of(state)
    seen = members.seen
    if seen is not None:
        blocked = any(card.uid == seen.card_uid and card.state != "active" for card in done.cards)
        seen = replace(seen, cards=done.cards, diet=done.diet, is_card_blocked=blocked)
        seen = replace(seen, balance=done.after) if done.after is not None else seen
    members = replace(members, seen=seen)
    if isinstance(event.asked, ev.Correct | ev.KeepDiet):
        members = replace(members, screen="members", detail=None)
    state = replace(state, open=members)
    return noted(state, ActNotice(_DONE[type(event.asked)], done.before, done.after))


def _on_second_refused(state: AdminState, event: ev.SecondRefused) -> Step:
    members = members_of(state)
    if not isinstance(members.asked, ev.Correct) or not isinstance(members.detail, Correction):
        return state, ()
    wait_until_s = max(members.detail.wait_until_s, state.now_s + event.outcome.wait_s)
    told = replace(members.detail, entry="", refusal=event.outcome.refusal, wait_until_s=wait_until_s)
    return replace(state, open=replace(members, asked=None, detail=told)), (PlaySound(SoundKind.FAILURE),)


def _on_here(state: AdminState, event: ev.DoneHere) -> Step:
    members = members_of(state)
    if members.asked is None:
        return state, ()
    if isinstance(event.ended, NotKnown):
        again_s = state.now_s + ASK_EVERY_S
        return replace(state, open=replace(members, asked=None, doubtful=event.asked, again_s=again_s)), ()
    detail = None if isinstance(members.detail, FaceAsked) else members.detail
    state = replace(state, open=replace(members, asked=None, detail=detail))
    read: tuple[AdminAct, ...] = ()
    if members.seen is not None:
        read = (ev.ReadMember(state.visit, acting(state), members.seen.member_id),)
    if event.ended is BlockEnd.NOT_THEIRS:
        state, effects = noted(state, ActNotice("not_theirs"), Tone.NEGATIVE)
    else:
        what = "blocked" if isinstance(event.asked, ev.BlockCard) else "face_deleted"
        state, effects = noted(state, ActNotice(what))
    return state, (*effects, *read)


HANDLERS: Mapping[type, Handler] = {
    ev.CentralAnswered: _on_central,
    ev.SecondRefused: _on_second_refused,
    ev.DoneHere: _on_here,
}
