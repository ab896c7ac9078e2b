"""The section health: what of this terminal works, and what to do where it does not. A device by itself:
health_device.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import health_camera, health_device
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_state import Health, Reading, health_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.flow import events as common
from kiosk.services import events as service

ASKS = frozenset({Permission.SEE_HEALTH})
_LOOKS_EVERY_S = 5.0
_SHOWN_DIGITS = 4
_SHOWN_CHARACTERS = 2  # of a code: it may be one that pays


def opened(state: AdminState) -> Step:
    return _looking(replace(state, open=Health(state.now_s)))


def _looking(state: AdminState) -> Step:
    section, by = replace(health_of(state), look_again_s=state.now_s + _LOOKS_EVERY_S), acting(state)
    looks = hs.LookAtTerminal(state.visit, by), hs.LookAtDevices(state.visit, by)
    return replace(state, open=section), looks


def _on_tick(state: AdminState, event: common.Tick) -> Step:
    section = replace(health_of(state), clock=event.local)
    state = replace(state, open=health_camera.waited(health_device.waited(section, state.now_s), state.now_s))
    return _looking(state) if state.now_s >= section.look_again_s else (state, ())


def _on_terminal(state: AdminState, event: hs.TerminalLooked) -> Step:
    return replace(state, open=replace(health_of(state), terminal=event.terminal)), ()


def _on_devices(state: AdminState, event: hs.DevicesLooked) -> Step:
    return replace(state, open=replace(health_of(state), seen=event.seen)), ()


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    """From a device to the list, from there home."""
    section = health_of(state)
    if section.device:
        return replace(state, open=replace(section, device="", live=None)), ()
    return replace(state, section=None, open=None, notice=None), ()


def _on_card(state: AdminState, event: service.CardPresented) -> Step:
    """The reader is tried with whatever card; it pays nothing here."""
    return _read(state, event.reader, event.uid, _SHOWN_DIGITS), ()


def _on_code(state: AdminState, event: service.CodeScanned) -> Step:
    """The scanner is tried with whatever code; nothing is done with it."""
    return _read(state, event.scanner, event.text, _SHOWN_CHARACTERS), ()


def _read(state: AdminState, device: str, text: str, shown: int) -> AdminState:
    if not acting(state).may(Permission.TEST_DEVICES):
        return state
    section = health_of(state)
    before = section.readings.get(device)
    end = text[-shown:] if len(text) > 2 * shown else ""
    reading = Reading(end, len(text), section.clock, before.number + 1 if before else 1)
    return replace(state, open=replace(section, readings={**section.readings, device: reading}))


def _on_watching(state: AdminState, event: service.CameraWatching) -> Step:
    section = health_of(state)
    on = section.cameras_on | {event.camera} if event.is_on else section.cameras_on - {event.camera}
    return replace(state, open=replace(section, cameras_on=on)), ()


HANDLERS: Mapping[type, Handler] = {
    common.Tick: _on_tick,
    shell.BackTouched: _on_back,
    hs.TerminalLooked: _on_terminal,
    hs.DevicesLooked: _on_devices,
    service.CardPresented: _on_card,
    service.CodeScanned: _on_code,
    service.CameraWatching: _on_watching,
    **health_device.HANDLERS,
    **health_camera.HANDLERS,
}
