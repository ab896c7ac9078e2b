"""The section members: who this card is, and cash for the balance. (What else is done for a member: members_touches,
members_acts, members_enrolling; who has lost the card: members_lookup.)

A top-up that was begun is one act: further touches come too late, and an end that is not known is asked after under the
same id until it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members_acts, members_enrolling, members_lookup, members_touches
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.members_acts import act_failed, asked_again
from kiosk.screens.admin_flow.members_state import (
    ASK_EVERY_S,
    BeingFoundOut,
    Ended,
    MembersState,
    TopUpAsked,
    members_of,
)
from kiosk.screens.admin_flow.members_touches import card_held, detail_left
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.look_up_member import MemberSeen
from kiosk.services.staff_acts import NotKnown

ASKS = frozenset({Permission.LOOK_UP_MEMBERS})
MAX_DIGITS = 4
MAX_NUMBER_DIGITS = 12


# --- touches ---


@dataclass(frozen=True, slots=True)
class AmountTyped(AdminEvent):
    digit: str


@dataclass(frozen=True, slots=True)
class AmountErased(AdminEvent):
    """The last digit goes."""


@dataclass(frozen=True, slots=True)
class TopUpTouched(AdminEvent):
    """The cash is in the drawer."""


# --- answers ---


@dataclass(frozen=True, slots=True)
class MemberLookedUp(AdminAnswer):
    card_uid: str
    seen: MemberSeen | None


@dataclass(frozen=True, slots=True)
class ToppedUp(AdminAnswer):
    asked: TopUpAsked
    ended: Ended


# --- effects ---


@dataclass(frozen=True, slots=True)
class LookUpMember(AdminAct):
    card_uid: str
    needs: ClassVar = Permission.LOOK_UP_MEMBERS


@dataclass(frozen=True, slots=True)
class TopUp(AdminAct):
    """`act_id` None: begin it; else find out what became of it, and do it if it was not done."""

    asked: TopUpAsked
    act_id: UUID | None = None
    needs: ClassVar = Permission.TOP_UP


# --- steps ---


def opened(state: AdminState) -> Step:
    return replace(state, open=MembersState()), ()


def _on_card(state: AdminState, event: service.CardPresented) -> Step:
    """Whoever stands there now: what was typed for somebody else is gone. Beside their cards it is a new one of
    theirs; in the middle of another act no card is meant."""
    members = members_of(state)
    if not members.is_free:
        return state, ()
    if members.detail is not None:
        return card_held(state, event.uid)
    state = replace(state, open=MembersState(looking=True))
    return state, (LookUpMember(state.visit, acting(state), event.uid),)


def _on_looked_up(state: AdminState, event: MemberLookedUp) -> Step:
    members = members_of(state)
    is_of_it = members.seen is not None and members.seen.card_uid == event.card_uid
    if not (members.looking or is_of_it):
        return state, ()
    members = replace(members, looking=False, seen=event.seen, is_unknown=event.seen is None)
    return replace(state, open=members), () if event.seen else (PlaySound(SoundKind.WARNING),)


def _on_typed(state: AdminState, event: AmountTyped) -> Step:
    """Of a member who is seen an amount, else the end of a number."""
    members = members_of(state)
    typed = members.typed + event.digit
    if members.seen is not None:
        typed = typed.lstrip("0")
    most = MAX_DIGITS if members.seen is not None else MAX_NUMBER_DIGITS
    if members.detail is not None or not members.is_free or len(typed) > most or not _is_digit(event.digit):
        return state, ()
    return replace(state, open=replace(members, typed=typed, ended=None, is_unknown=False)), ()


def _on_erased(state: AdminState, _event: AmountErased) -> Step:
    members = members_of(state)
    return (replace(state, open=replace(members, typed=members.typed[:-1])), ()) if members.is_free else (state, ())


def _on_top_up(state: AdminState, _event: TopUpTouched) -> Step:
    members = members_of(state)
    if members.seen is None or members.amount is None or not may_top_up(state):
        return state, ()
    asked = TopUpAsked(members.seen.card_uid, members.amount, state.view.language)
    state = replace(state, open=replace(members, in_flight=True, ended=None))
    return state, (TopUp(state.visit, acting(state), asked),)


def may_top_up(state: AdminState) -> bool:
    """Who has got in may take cash for the member who is shown, and nothing else is under way."""
    members = members_of(state)
    seen = members.seen
    is_open = seen is not None and bool(seen.card_uid) and not seen.is_card_blocked and members.detail is None
    return is_open and members.is_free and acting(state).may(Permission.TOP_UP)


def _on_topped_up(state: AdminState, event: ToppedUp) -> Step:
    members = members_of(state)
    if isinstance(event.ended, NotKnown):
        again = BeingFoundOut(event.ended.act_id, event.asked, state.now_s + ASK_EVERY_S)
        is_new = members.being_found_out is None
        members = replace(members, in_flight=False, ended=event.ended, being_found_out=again)
        return replace(state, open=members), (PlaySound(SoundKind.FAILURE),) if is_new else ()
    members = replace(members, in_flight=False, ended=event.ended, being_found_out=None, typed="")
    sound = SoundKind.SUCCESS if isinstance(event.ended, CashTaken) else SoundKind.FAILURE
    look = LookUpMember(state.visit, acting(state), event.asked.card_uid)
    return replace(state, open=members), (PlaySound(sound), look)


def _on_tick(state: AdminState, event: common.Tick) -> Step:
    """Ask again what is not known yet. Who lost the permission meanwhile cannot."""
    members = members_of(state)
    if members.doubtful is not None:
        return asked_again(state)
    waiting = members.being_found_out
    if waiting is None or waiting.again_s > event.now_s or not acting(state).may(Permission.TOP_UP):
        return state, ()
    later = replace(waiting, again_s=event.now_s + ASK_EVERY_S)
    state = replace(state, open=replace(members, being_found_out=later))
    return state, (TopUp(state.visit, acting(state), waiting.asked, waiting.act_id),)


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    """One screen back, or home; but not while it is unknown what became of somebody's cash."""
    if members_of(state).detail is not None:
        return detail_left(state)
    return (replace(state, section=None, open=None, notice=None) if members_of(state).is_free else state), ()


def _on_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell says so."""
    members = replace(members_of(state), looking=False, in_flight=False)
    return act_failed(replace(state, open=members), event)


def _is_digit(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isdigit()


HANDLERS: Mapping[type, Handler] = {
    **members_lookup.HANDLERS,
    **members_acts.HANDLERS,
    **members_touches.HANDLERS,
    **members_enrolling.HANDLERS,
    AmountTyped: _on_typed,
    AmountErased: _on_erased,
    TopUpTouched: _on_top_up,
    MemberLookedUp: _on_looked_up,
    ToppedUp: _on_topped_up,
    service.CardPresented: _on_card,
    shell.BackTouched: _on_back,
    shell.EffectFailed: _on_failed,
    common.Tick: _on_tick,
}
