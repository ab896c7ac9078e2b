"""Getting in and leaving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev


def _by_pin(effect: fx.EnterByPin, services: AdminServices) -> ev.EntryAnswered:
    return ev.EntryAnswered(effect.visit, services.getting_in.by_pin(effect.typed))


def _by_card(effect: fx.EnterByCard, services: AdminServices) -> ev.EntryAnswered:
    return ev.EntryAnswered(effect.visit, services.getting_in.by_card(effect.uid))


def _look_up(effect: fx.LookUpStaff, services: AdminServices) -> ev.StaffLookedUp:
    return ev.StaffLookedUp(effect.visit, services.getting_in.who_is(effect.staff_id))


def _note_left(effect: fx.NoteLeft, services: AdminServices) -> None:
    services.getting_in.note_left(effect.staff_id, effect.left_by)


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    fx.EnterByPin: _by_pin,
    fx.EnterByCard: _by_card,
    fx.LookUpStaff: _look_up,
    fx.NoteLeft: _note_left,
}
