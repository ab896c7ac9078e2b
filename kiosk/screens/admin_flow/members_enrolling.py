"""The face of the member who is shown: enrolled by the terminal's own screens, which it is handed over to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_acts import ActNotice, begun, noted
from kiosk.screens.admin_flow.members_state import FaceAsked, members_of
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.services.events import DeviceKind, works_here


def has_camera(state: AdminState) -> bool:
    """Whether this terminal is one that looks at faces, also while its camera does not work."""
    return any(device.kind is DeviceKind.CAMERA for device in state.devices.values())


def _works(state: AdminState) -> bool:
    return state.face.is_ready and works_here(state.devices, DeviceKind.CAMERA)


def _on_touched(state: AdminState, _event: ev.EnrolTouched) -> Step:
    """Only the card says that it is the member who stands there."""
    members = members_of(state)
    seen = members.seen
    is_asked = members.detail is None or isinstance(members.detail, FaceAsked)
    if seen is None or not is_asked or not members.is_free or not acting(state).may(Permission.ENROL_FACES):
        return state, ()
    state = replace(state, open=replace(members, detail=None))
    if not _works(state):
        return noted(state, ActNotice("no_enrolling"), Tone.WARNING)
    if not seen.card_uid or seen.is_card_blocked:
        return noted(state, ActNotice("card_first"), Tone.WARNING)
    return begun(state, ev.BeginEnrolment(state.visit, acting(state), seen.member_id, seen.card_uid))


def _on_hindered(state: AdminState, event: ev.EnrolmentHindered) -> Step:
    members = members_of(state)
    if not isinstance(members.asked, ev.BeginEnrolment):
        return state, ()
    free = replace(state, open=replace(members, asked=None))
    return noted(free, ActNotice(event.hindrance), Tone.NEGATIVE)


HANDLERS: Mapping[type, Handler] = {
    ev.EnrolTouched: _on_touched,
    ev.EnrolmentHindered: _on_hindered,
}
