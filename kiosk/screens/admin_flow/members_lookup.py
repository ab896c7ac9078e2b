"""Looking a member up whose card is lost: by the end of their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_state import MembersState, members_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.look_up_member import FEWEST_DIGITS


def may_find(members: MembersState) -> bool:
    return members.seen is None and members.is_free and not members.looking and len(members.typed) >= FEWEST_DIGITS


def _on_find(state: AdminState, _event: ev.FindTouched) -> Step:
    members = members_of(state)
    if not may_find(members):
        return state, ()
    state = replace(state, open=replace(members, looking=True, is_unknown=False, found=()))
    return state, (ev.FindMembers(state.visit, acting(state), members.typed),)


def _on_found(state: AdminState, event: ev.MembersFound) -> Step:
    """The only one is shown at once."""
    members = members_of(state)
    if not members.looking or members.seen is not None:
        return state, ()
    if len(event.found) == 1:
        return state, (ev.ReadMember(state.visit, acting(state), event.found[0].member_id),)
    members = replace(members, looking=False, found=event.found, is_unknown=not event.found)
    return replace(state, open=members), () if event.found else (PlaySound(SoundKind.WARNING),)


def _on_chosen(state: AdminState, event: ev.FoundTouched) -> Step:
    members = members_of(state)
    is_one = event.member_id in {found.member_id for found in members.found}
    if not is_one or members.seen is not None or not members.is_free or members.looking:
        return state, ()
    state = replace(state, open=replace(members, looking=True))
    return state, (ev.ReadMember(state.visit, acting(state), event.member_id),)


def _on_read(state: AdminState, event: ev.MemberRead) -> Step:
    """Of who is seen already: what is new of them. The card on the reader stays what it was."""
    members = members_of(state)
    if members.seen is not None and members.seen.member_id == event.member_id and event.seen is not None:
        card_uid = members.seen.card_uid
        blocked = any(card.uid == card_uid and card.state != "active" for card in event.seen.cards)
        seen = replace(event.seen, card_uid=card_uid, is_card_blocked=blocked)
        return replace(state, open=replace(members, seen=seen)), ()
    if members.seen is not None or not members.looking:
        return state, ()
    if event.seen is None:
        return replace(state, open=MembersState(is_unknown=True)), (PlaySound(SoundKind.WARNING),)
    return replace(state, open=MembersState(seen=event.seen)), ()


def _on_members_changed(state: AdminState, _event: service.MembersChanged) -> Step:
    """Perhaps the one who is shown."""
    seen = members_of(state).seen
    return state, (ev.ReadMember(state.visit, acting(state), seen.member_id),) if seen is not None else ()


HANDLERS: Mapping[type, Handler] = {
    ev.FindTouched: _on_find,
    ev.MembersFound: _on_found,
    ev.FoundTouched: _on_chosen,
    ev.MemberRead: _on_read,
    service.MembersChanged: _on_members_changed,
}
