"""What is wrong with a device, and what to do about it, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.domain.face import Fault
from kiosk.screens.texts import Texts
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.face_events import FaceProblem, LookEnd
from kiosk.services.ports.devices import Counted


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong, and what whoever stands there can do."""

    wrong: str
    todo: str

    def __str__(self) -> str:
        return f"{self.wrong}\n{self.todo}"


def advice(problem: DeviceProblem, kind: DeviceKind, texts: Texts) -> Advice | None:
    """None where nothing is wrong."""
    if problem is DeviceProblem.NONE:
        return None
    return _of_kind(texts).get((kind, problem)) or _of_any(texts)[problem]


def _of_any(texts: Texts) -> Mapping[DeviceProblem, Advice]:
    _ = texts.gettext
    another_cable = _("Push its plug in firmly; it comes back by itself. If it does not, try another cable.")
    return {
        DeviceProblem.NOT_FOUND: Advice(
            _("Not found."), _("Look whether it is plugged in and switched on. IT: compare its port with the settings.")
        ),
        DeviceProblem.NO_PERMISSION: Advice(
            _("The program may not use it."), _("IT: give its account the right to this port.")
        ),
        DeviceProblem.BUSY: Advice(
            _("Another program uses it."), _("IT: stop that program, or start this machine again.")
        ),
        DeviceProblem.NO_ANSWER: Advice(
            _("It does not answer."), _("Unplug it, wait a moment and plug it in again; look at its cable.")
        ),
        DeviceProblem.DISCONNECTED: Advice(_("The connection broke."), another_cable),
        DeviceProblem.REFUSED: Advice(
            _("It refuses the connection."), _("IT: compare its model and address with the settings.")
        ),
        DeviceProblem.PAPER_LOW: Advice(_("The paper is nearly used up."), _("Have a new roll ready.")),
        DeviceProblem.PAPER_OUT: Advice(
            _("No paper."), _("Put a new roll in and close the cover; kitchen tickets that wait are printed then.")
        ),
        DeviceProblem.COVER_OPEN: Advice(_("The cover is open."), _("Close it until it clicks.")),
        DeviceProblem.CUTTER: Advice(
            _("The cutter is stuck."), _("Open the cover, take the torn paper out, close it again.")
        ),
        DeviceProblem.GARBLED: Advice(
            _("What it sends makes no sense."),
            _("Look at its cable. IT: compare its model and speed with the settings."),
        ),
        DeviceProblem.DARK: Advice(
            _("Its picture is black."), _("Look whether something covers the lens, and turn on the light.")
        ),
        DeviceProblem.FROZEN: Advice(_("Its picture stands still."), _("Unplug it and plug it in again.")),
    }


def _of_kind(texts: Texts) -> Mapping[tuple[DeviceKind, DeviceProblem], Advice]:
    """Where one kind of device needs something else than the others."""
    _ = texts.gettext
    return {
        (DeviceKind.PRINTER, DeviceProblem.BUSY): Advice(
            _("It reports an error, or is offline."),
            _("Switch it off and on. If a lamp still blinks: open and close its cover, then ask IT."),
        ),
        (DeviceKind.PRINTER, DeviceProblem.NO_ANSWER): Advice(
            _("It does not answer."), _("Switch it off and on, and look at its cable.")
        ),
        (DeviceKind.SCANNER, DeviceProblem.GARBLED): Advice(
            _("What it sends makes no sense."),
            _("Look at its cable. IT: compare its speed, and what ends a code, with the settings."),
        ),
        (DeviceKind.CAMERA, DeviceProblem.GARBLED): Advice(
            _("What it sends are no pictures, or far too large ones."),
            _("Look at its cable. IT: let it send Motion JPEG of 640 x 480 pixels."),
        ),
        (DeviceKind.CAMERA, DeviceProblem.NO_PERMISSION): Advice(
            _("The program may not use it."),
            _("IT: give its account the right to the camera; of a network camera, look at name and password."),
        ),
        (DeviceKind.CAMERA, DeviceProblem.BUSY): Advice(
            _("Another program uses it."), _("Unplug it and plug it in again. IT: stop that program.")
        ),
        (DeviceKind.CAMERA, DeviceProblem.REFUSED): Advice(
            _("It sends no pictures that can be used."),
            _("IT: compare its address, name and password with the settings."),
        ),
    }


def face_advice(problem: FaceProblem, texts: Texts) -> Advice:
    """Of the models and their process, which are no device: cards pay meanwhile."""
    _ = texts.gettext
    return {
        FaceProblem.MODELS: Advice(
            _("A model cannot be used; cards work."),
            _("IT: look what the terminal's check says of its models."),
        ),
        FaceProblem.PROCESS: Advice(
            _("It does not start, and tries again; cards work."),
            _("Restart the terminal. If it stays so, ask IT to look at its log and memory."),
        ),
    }[problem]


def state_words(health: DeviceHealth, texts: Texts) -> tuple[str, str]:
    """And the tone."""
    _ = texts.gettext
    is_useless = health.state is DeviceState.DEGRADED and not health.works
    return {
        DeviceState.STARTING: (_("starting"), "ink_soft"),
        DeviceState.READY: (_("works"), "positive"),
        DeviceState.DEGRADED: (_("works, look at it"), "warning"),
        DeviceState.UNAVAILABLE: (_("does not work"), "negative"),
    }[DeviceState.UNAVAILABLE if is_useless else health.state]


def count_words(what: Counted, texts: Texts) -> str:
    _ = texts.gettext
    return {
        Counted.PAPERS_PRINTED: _("Papers printed"),
        Counted.PAPERS_FAILED: _("Not known whether printed"),
        Counted.PAPERS_GIVEN_UP: _("Papers given up"),
        Counted.CARDS_READ: _("Cards read"),
        Counted.CODES_READ: _("Codes read"),
        Counted.LOOKS: _("Times it was used"),
        Counted.PICTURES_TAKEN: _("Pictures looked at"),
        Counted.UNSOUND: _("Damaged in the cable"),
        Counted.CONNECTIONS_LOST: _("Connections lost"),
    }[what]


def worked_words(kind: DeviceKind, texts: Texts) -> str:
    """Beside the moment when it last did what it is for."""
    _ = texts.gettext
    return {
        DeviceKind.PRINTER: _("Last printed"),
        DeviceKind.CARD_READER: _("Last card"),
        DeviceKind.SCANNER: _("Last code"),
        DeviceKind.CAMERA: _("Last picture"),
    }[kind]


def picture_words(fault: Fault | None, texts: Texts) -> tuple[str, str]:
    """Of the camera's picture: what is wrong and what to do, and the tone."""
    _ = texts.gettext
    words = {
        None: _("A face is seen well."),
        Fault.NO_FACE: _("Bright and sharp enough. Stand before it: is your face found?"),
        Fault.SEVERAL_FACES: _("More than one face: one person at a time."),
        Fault.TOO_FAR: _("The face is too small: come closer, or move the camera nearer."),
        Fault.CUT_OFF: _("The face is cut off: tilt the camera, or move to the middle."),
        Fault.TURNED: _("The face is turned away: look straight at the camera."),
        Fault.TOO_DARK: _("Too dark: turn on the light above."),
        Fault.TOO_BRIGHT: _("Too bright: shade the window or lamp that shines into the camera."),
        Fault.BLURRED: _("Not sharp: wipe the lens with a soft dry cloth, stand before it and hold still."),
    }[fault]
    return words, "positive" if fault in (None, Fault.NO_FACE) else "warning"


def ended_words(end: LookEnd, texts: Texts) -> tuple[str, str]:
    """Why the picture is not shown any more, and the tone."""
    _ = texts.gettext
    return {
        LookEnd.TIME_OUT: (_("It was shown for two minutes. Touch to look again."), "ink_soft"),
        LookEnd.CAMERA_GONE: (_("No picture comes. Look at its plug, and at what is said of it here."), "negative"),
    }.get(end, (_("Recognising faces does not work here. IT: look at what “check” says of faces."), "negative"))
