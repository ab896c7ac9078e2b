"""One device of the section health: opened, and a printer's test page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.admin_flow.health_state import Health, TestPrint, health_of
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.services import events as service
from kiosk.services.events import DeviceKind, PrintJobState
from kiosk.services.printer_check import PageSent
from kiosk.services.staff_acts import Refused

_WAITS_S = 40.0
"""Longer than a printer takes for a page, or to be given up: whatever keeps the answer, it is not known then."""
_TONES = {
    PrintJobState.CONFIRMED: Tone.POSITIVE,
    PrintJobState.UNKNOWN: Tone.WARNING,
    PrintJobState.SKIPPED: Tone.NEGATIVE,
}


def may_test(state: AdminState, kind: DeviceKind) -> bool:
    """Whether there is a device of that kind open, and this staff member may try it."""
    health = state.devices.get(health_of(state).device)
    return health is not None and health.kind is kind and acting(state).may(Permission.TEST_DEVICES)


def waited(section: Health, now_s: float) -> Health:
    page = section.page
    if page is None or not page.is_under_way or now_s - page.asked_s < _WAITS_S:
        return section
    return replace(section, page=replace(page, state=PrintJobState.UNKNOWN))


def _on_device(state: AdminState, event: hs.DeviceTouched) -> Step:
    if event.name not in state.devices or health_of(state).device:
        return state, ()
    return replace(state, open=replace(health_of(state), device=event.name), notice=None), ()


def _on_print(state: AdminState, _event: hs.PrintTouched) -> Step:
    """One at a time: a second touch prints no second page."""
    section = health_of(state)
    if not may_test(state, DeviceKind.PRINTER) or (section.page is not None and section.page.is_under_way):
        return state, ()
    page = TestPrint(section.device, state.now_s)
    effect = hs.PrintTestPage(state.visit, acting(state), section.device, state.view.language)
    return replace(state, open=replace(section, page=page, news=None), notice=None), (effect,)


def _on_answered(state: AdminState, event: hs.PageAnswered) -> Step:
    section, page = health_of(state), health_of(state).page
    if page is None or page.printer != event.printer or page.job_id is not None:
        return state, ()
    match event.outcome:
        case Refused():
            page = replace(page, refused=event.outcome)
            return noticed(replace(state, open=replace(section, page=page)), page, Tone.NEGATIVE)
        case PageSent(job_id):
            state = replace(state, open=replace(section, page=replace(page, job_id=job_id)))
            return _told(state)


def _on_news(state: AdminState, event: service.PrintJobChanged) -> Step:
    """It may come before the answer that says which job it is about."""
    if event.kind is not PaperKind.TEST_PAGE:
        return state, ()
    section = replace(health_of(state), news=(event.job_id, event.state))
    return _told(replace(state, open=section))


def _told(state: AdminState) -> Step:
    section, page = health_of(state), health_of(state).page
    if page is None or section.news is None or section.news[0] != page.job_id or not page.is_under_way:
        return state, ()
    page = replace(page, state=section.news[1])
    state = replace(state, open=replace(section, page=page))
    tone = _TONES.get(page.state)
    return (state, ()) if tone is None else noticed(state, page, tone)


def _on_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell has said why."""
    section = health_of(state)
    if isinstance(event.effect, hs.PrintTestPage):
        section = replace(section, page=None)
    elif isinstance(event.effect, hs.ShowCamera):
        section = replace(section, live=None)
    return replace(state, open=section), ()


HANDLERS: Mapping[type, Handler] = {
    hs.DeviceTouched: _on_device,
    hs.PrintTouched: _on_print,
    hs.PageAnswered: _on_answered,
    service.PrintJobChanged: _on_news,
    shell.EffectFailed: _on_failed,
}
