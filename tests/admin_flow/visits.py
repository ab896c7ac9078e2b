"""Visits to the admin screen, for the tests of its flow: who gets in, and what then happens."""

from __future__ import annotations

from typing import Any

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_flow import AdminState, opened, step
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.state import TerminalRole
from kiosk.screens.admin_flow.steps import Effect
from kiosk.screens.flow.effects import PlaySound
from kiosk.screens.flow.state import Session, State, View
from kiosk.services.entry import Entered

VISIT = 7


def someone(*roles: Role, number: str = "12") -> Staff:
    return Staff(StaffId(f"staff-{number}"), "王师傅", frozenset(roles))


ANYBODY = {role: someone(role, number=str(10 + i)) for i, role in enumerate(Role)}
EVERYBODY = someone(*Role, number="30")
MANAGER = ANYBODY[Role.MANAGER]


def at_gate(now_s: float = 1000.0, role: TerminalRole = "order", **terminal: Any) -> AdminState:
    return opened(VISIT, State(Session(1), now_s=now_s, **terminal), role, View(), 60.0)


def inside(staff: Staff = MANAGER, **terminal: Any) -> AdminState:
    """As if that staff member had just got in."""
    return after(at_gate(**terminal), *typed("123456"), ev.PinConfirmed(), ev.EntryAnswered(VISIT, Entered(staff)))


def typed(digits: str) -> tuple[ev.DigitTyped, ...]:
    return tuple(map(ev.DigitTyped, digits))


def after(state: AdminState, *events: object) -> AdminState:
    """The visit goes on."""
    for event in events:
        stepped, _ = step(state, event)
        assert stepped is not None, "the visit is over"
        state = stepped
    return state


def wanted(state: AdminState, event: object) -> tuple[Effect, ...]:
    """What is to be done because of that event, without the sounds."""
    return tuple(effect for effect in step(state, event)[1] if not isinstance(effect, PlaySound))
