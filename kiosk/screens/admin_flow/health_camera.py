"""The camera's live picture in the section health: shown while somebody looks at it, and by nothing else kept on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_device import may_test
from kiosk.screens.admin_flow.health_state import Health, LiveCamera, health_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.services import events as service
from kiosk.services.events import DeviceKind
from kiosk.services.face_events import LookEnd

_WAITS_S = 15.0
"""For the first picture: a camera that is gone is told before; after this the desk itself does not work."""
_SHOWS_A_VISIT = 1000


def let_go(before: AdminState, after: AdminState | None) -> tuple[hs.LetCameraGo, ...]:
    """What stops the camera when it is not looked at any more, however that came: left, removed, other roles, idle."""
    task = _task_of(before)
    return (hs.LetCameraGo(before.visit, task),) if task is not None and task != _task_of(after) else ()


def _task_of(state: AdminState | None) -> int | None:
    section = state.open if state is not None else None
    live = section.live if isinstance(section, Health) else None
    return live.task if live is not None and live.is_on else None


def waited(section: Health, now_s: float) -> Health:
    live = section.live
    if live is None or not live.is_on or live.seen or now_s - live.begun_s < _WAITS_S:
        return section
    return replace(section, live=replace(live, end=LookEnd.NOT_READY))


def _on_touched(state: AdminState, _event: hs.CameraTouched) -> Step:
    section = health_of(state)
    if section.live is not None and section.live.is_on:
        return replace(state, open=replace(section, live=None)), ()
    if not may_test(state, DeviceKind.CAMERA):
        return state, ()
    # Below zero: the terminal's own looks count upwards from there.
    task = -(state.visit * _SHOWS_A_VISIT + section.shows % _SHOWS_A_VISIT)
    live = LiveCamera(task, state.now_s)
    section = replace(section, live=live, shows=section.shows + 1)
    return replace(state, open=section, notice=None), (hs.ShowCamera(state.visit, acting(state), task),)


def _on_answered(state: AdminState, event: hs.CameraAnswered) -> Step:
    return _changed(state, event.task, lambda live: replace(live, has_desk=event.has_desk))


def _on_seen(state: AdminState, event: service.CameraSeen) -> Step:
    return _changed(state, event.task, lambda live: replace(live, seen=True, fault=event.fault))


def _on_ended(state: AdminState, event: service.CameraEnded) -> Step:
    return _changed(state, event.task, lambda live: replace(live, end=event.end))


def _on_looked_up(state: AdminState, _event: shell.StaffLookedUp) -> Step:
    """Central has changed who works here: whoever may not look any more does not go on."""
    section = health_of(state)
    is_over = section.live is not None and not acting(state).may(Permission.TEST_DEVICES)
    return (replace(state, open=replace(section, live=None)) if is_over else state), ()


def _changed(state: AdminState, task: int, change: Callable[[LiveCamera], LiveCamera]) -> Step:
    """News of another task is nobody's any more."""
    section = health_of(state)
    if section.live is None or section.live.task != task:
        return state, ()
    return replace(state, open=replace(section, live=change(section.live))), ()


HANDLERS: Mapping[type, Handler] = {
    hs.CameraTouched: _on_touched,
    shell.StaffLookedUp: _on_looked_up,
    hs.CameraAnswered: _on_answered,
    service.CameraSeen: _on_seen,
    service.CameraEnded: _on_ended,
}
