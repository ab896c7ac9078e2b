"""Looking at the terminal and its devices, and trying them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import health_state as hs


def _look(effect: hs.LookAtTerminal, services: AdminServices) -> hs.TerminalLooked:
    return hs.TerminalLooked(effect.visit, services.health.look(effect.by))


def _look_at_devices(effect: hs.LookAtDevices, services: AdminServices) -> hs.DevicesLooked:
    return hs.DevicesLooked(effect.visit, services.device_reports.look(effect.by))


def _print(effect: hs.PrintTestPage, services: AdminServices) -> hs.PageAnswered:
    act_id, check = new_act_id(services), services.printer_check
    outcome = check.print_test_page(effect.by, act_id, effect.printer, effect.language)
    return hs.PageAnswered(effect.visit, effect.printer, outcome)


def _show_camera(effect: hs.ShowCamera, services: AdminServices) -> hs.CameraAnswered:
    return hs.CameraAnswered(effect.visit, effect.task, services.camera_check.show(effect.by, effect.task))


def _let_camera_go(effect: hs.LetCameraGo, services: AdminServices) -> None:
    services.camera_check.let_go(effect.task)


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    hs.LookAtTerminal: _look,
    hs.LookAtDevices: _look_at_devices,
    hs.PrintTestPage: _print,
    hs.ShowCamera: _show_camera,
    hs.LetCameraGo: _let_camera_go,
}
