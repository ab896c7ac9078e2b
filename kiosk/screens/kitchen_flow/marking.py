"""Marking tickets at a kitchen's screen: ready, handed out, and the last act taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from kiosk.domain.kitchen import TAKEN_BACK_BY, Mark, Ticket, TicketKey, TicketState, order_of_code
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.screens.kitchen_flow.events import KitchenEffect, MarkTicket
from kiosk.screens.kitchen_flow.state import MAX_UNDO, STAYS_S, Act, Notice, NoticeKind, State

T = TypeVar("T")

NOTICE_S = 4.0
_NOTICES = {Mark.READY: NoticeKind.MARKED_READY, Mark.HANDED_OUT: NoticeKind.HANDED_OUT}

Step = tuple[State, tuple[KitchenEffect, ...]]


def ready(state: State, key: TicketKey) -> Step:
    ticket = state.find(key)
    if ticket is not None and ticket.state is TicketState.WITHDRAWN:
        return replace(state, seen=state.seen | {(key, ticket.changes)}), ()
    return _marked(state, ticket, Mark.READY)


def handed_out(state: State, key: TicketKey) -> Step:
    return _marked(state, state.find(key), Mark.HANDED_OUT)


def recall(state: State) -> Step:
    """The newest act here that still stands: a ticket that somebody else has marked since is left alone."""
    while state.acts:
        act = state.acts[-1]
        state = replace(state, acts=state.acts[:-1])
        now = state.find(act.after.key)
        if now is None or (now.state, now.changes) != (act.after.state, act.after.changes):
            continue
        after = now.marked(TAKEN_BACK_BY[act.mark])
        if after is None:
            continue
        state = replace(
            state,
            marked=MappingProxyType({**state.marked, now.key: after}),
            kept_s=_without(state.kept_s, now.key),
            staying=_without(state.staying, now.key),
            acts=_rebased(state.acts, after),
            notice=Notice(NoticeKind.TAKEN_BACK, state.now_s + NOTICE_S, now.number),
        )
        return state, (MarkTicket(now, TAKEN_BACK_BY[act.mark]),)
    return state, ()


def kept(state: State, before: Ticket, kept_s: float) -> State:
    """Where it is not the last mark of its ticket, that one's word is still to come."""
    last = state.marked.get(before.key)
    if last is None or last.changes != before.changes + 1:
        return state
    return replace(state, kept_s=MappingProxyType({**state.kept_s, before.key: kept_s}))


def not_kept(state: State, before: Ticket) -> Step:
    """Nothing of it happened: neither here nor at central."""
    notice = Notice(NoticeKind.NOT_KEPT, state.now_s + 2 * NOTICE_S, before.number)
    state = replace(
        state,
        marked=_without(state.marked, before.key),
        staying=_without(state.staying, before.key),
        acts=tuple(act for act in state.acts if act.after.key != before.key),
        notice=notice,
    )
    return state, (PlaySound(SoundKind.FAILURE),)


def scanned(state: State, text: str) -> Step:
    """A paper ticket's code: what this screen has to make of the order is ready."""
    order = order_of_code(text)
    ours = [heard.ticket for heard in state.tickets if heard.ticket.key.order_id.hex == order]
    to_make = [ticket for ticket in ours if ticket.state is TicketState.PREPARING]
    if not to_make:
        kind = NoticeKind.SCANNED_READY_BEFORE if ours else NoticeKind.SCANNED_UNKNOWN
        notice = Notice(kind, state.now_s + NOTICE_S, ours[0].number if ours else "")
        return replace(state, notice=notice), (PlaySound(SoundKind.WARNING),)
    effects: tuple[KitchenEffect, ...] = (PlaySound(SoundKind.SUCCESS),)
    for ticket in to_make:
        state, more = _marked(state, ticket, Mark.READY)
        effects += more
    return state, effects


def _marked(state: State, ticket: Ticket | None, mark: Mark) -> Step:
    """Shown at once, kept at once; nothing where the mark means nothing now, as with a second touch."""
    after = ticket.marked(mark) if ticket is not None else None
    if ticket is None or after is None:
        return state, ()
    staying = {**state.staying, ticket.key: state.now_s + STAYS_S} if mark is Mark.READY else state.staying
    state = replace(
        state,
        marked=MappingProxyType({**state.marked, ticket.key: after}),
        kept_s=_without(state.kept_s, ticket.key),
        staying=MappingProxyType(dict(staying)),
        acts=(*state.acts, Act(after, mark))[-MAX_UNDO:],
        notice=Notice(_NOTICES[mark], state.now_s + NOTICE_S, ticket.number),
    )
    return state, (MarkTicket(ticket, mark),)


def _rebased(acts: tuple[Act, ...], now: Ticket) -> tuple[Act, ...]:
    """The ticket is again as the act before left it, which can be taken back in its turn."""
    for number in range(len(acts) - 1, -1, -1):
        act = acts[number]
        if act.after.key == now.key:
            again = (replace(act, after=now),) if act.after.state is now.state else ()
            return (*acts[:number], *again, *acts[number + 1 :])
    return acts


def _without(of: Mapping[TicketKey, T], key: TicketKey) -> Mapping[TicketKey, T]:
    return MappingProxyType({each: value for each, value in of.items() if each != key})
