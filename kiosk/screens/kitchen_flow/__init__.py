"""The kitchen screen's flow: pure, no Kivy, no clock. `step` takes a state and an event to the next state."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from kiosk.domain.kitchen import TicketKey, TicketState
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadLevels, LoadMenu, PlaySound, SoundKind
from kiosk.screens.kitchen_flow import marking
from kiosk.screens.kitchen_flow.events import (
    HandedOutTouched,
    KitchenEffect,
    KitchenEvent,
    MarkKept,
    MarkNotKept,
    PageTouched,
    ReadyTouched,
    RecallTouched,
)
from kiosk.screens.kitchen_flow.state import State
from kiosk.services import events as service

Step = tuple[State, tuple[KitchenEffect, ...]]


def step(state: State, event: KitchenEvent) -> Step:
    """What is not for a kitchen (an event that every terminal gets) changes nothing."""
    match event:
        case common.Tick(now_s, local):
            return _tick(replace(state, now_s=max(now_s, state.now_s), local=local))
        case service.TicketsHeard():
            return _heard(state, event)
        case ReadyTouched(key):
            return marking.ready(state, key)
        case HandedOutTouched(key):
            return marking.handed_out(state, key)
        case RecallTouched():
            return marking.recall(state)
        case MarkKept(before, kept_s):
            return marking.kept(state, before, kept_s), ()
        case MarkNotKept(before):
            return marking.not_kept(state, before)
        case service.CodeScanned(_, text):
            return marking.scanned(state, text)
        case service.MenuChanged() | service.StockChanged():
            return state, (LoadMenu() if isinstance(event, service.MenuChanged) else LoadLevels(),)
        case _:
            return _beside(state, event), ()


def _beside(state: State, event: KitchenEvent) -> State:
    match event:
        case PageTouched(page):
            return replace(state, page=max(0, page))
        case service.CentralLinkChanged(link):
            return replace(state, link=link)
        case service.DeviceHealthChanged(health):
            return replace(state, devices=MappingProxyType({**state.devices, health.name: health}))
        case service.StorageStopped():
            return replace(state, out_of_order=True)
        case common.MenuLoaded(menu, levels):
            return replace(state, menu=menu, levels=levels)
        case common.LevelsLoaded(levels):
            return replace(state, levels=levels)
        case common.LanguageChosen(language) if language in ("zh", "en"):
            return replace(state, view=replace(state.view, language=language))
        case common.TextSizeChosen(text_size):
            return replace(state, view=replace(state.view, text_size=text_size))
        case common.ContrastChosen(high):
            return replace(state, view=replace(state.view, high_contrast=high))
        case _:
            return state


def _tick(state: State) -> Step:
    staying = {key: until_s for key, until_s in state.staying.items() if until_s > state.now_s}
    if len(staying) < len(state.staying):
        state = replace(state, staying=MappingProxyType(staying))
    if state.notice is not None and state.notice.until_s <= state.now_s:
        state = replace(state, notice=None)
    return state, ()


def _heard(state: State, event: service.TicketsHeard) -> Step:
    """A mark that was made here stands until central has counted as many changes of its ticket, or was asked after the
    mark was kept: then it is in what was told, or it came too late to mean anything."""
    changes = {heard.ticket.key: heard.ticket.changes for heard in event.tickets}
    told = {key for key, kept_s in state.kept_s.items() if kept_s < event.asked_s}
    marked = {
        key: ticket
        for key, ticket in state.marked.items()
        if key not in told and changes.get(key, ticket.changes) < ticket.changes
    }
    after = replace(
        state,
        heard=event.tickets,
        heard_s=event.heard_s,
        now_s=max(state.now_s, event.heard_s),
        link=service.LinkState.ONLINE,
        marked=MappingProxyType(marked),
        kept_s=MappingProxyType({key: s for key, s in state.kept_s.items() if key in marked}),
        seen=frozenset(each for each in state.seen if each[0] in changes),
    )
    return after, _sounds(state, after)


def _sounds(before: State, after: State) -> tuple[KitchenEffect, ...]:
    """For a new ticket, and one that is not to be made any more; not for what is there at the start."""
    if before.heard_s is None:
        return ()
    known = _states(before)
    for key, ticket_state in _states(after).items():
        if ticket_state is TicketState.WITHDRAWN and known.get(key, ticket_state) is not ticket_state:
            return (PlaySound(SoundKind.WARNING),)
    fresh = any(state is TicketState.PREPARING and key not in known for key, state in _states(after).items())
    return (PlaySound(SoundKind.SUCCESS),) if fresh else ()


def _states(state: State) -> dict[TicketKey, TicketState]:
    return {heard.ticket.key: heard.ticket.state for heard in state.tickets}
