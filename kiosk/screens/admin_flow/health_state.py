"""What the section health shows, what is touched there, what it wants done and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import ClassVar
from uuid import UUID

from kiosk.domain.face import Fault
from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminAnswer, AdminEffect, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.state import AdminState
from kiosk.services.device_reports import DevicesSeen
from kiosk.services.events import PrintJobState
from kiosk.services.face_events import LookEnd
from kiosk.services.printer_check import PageSent
from kiosk.services.staff_acts import Refused
from kiosk.services.terminal_health import TerminalHealth


@dataclass(frozen=True, slots=True)
class Reading:
    """A card or code that was held before a device to try it: its `end` and how many `characters` it has, never the
    whole of it. `at`: the canteen's wall time. It is the `number`-th of this visit."""

    end: str
    characters: int
    at: time
    number: int


@dataclass(frozen=True, slots=True)
class TestPrint:
    """A test page for `printer`, asked for at `asked_s` (monotonic). `job_id` None: not handed over yet. `state`: what
    is known of it. `refused`: none was printed."""

    __test__: ClassVar[bool] = False  # to pytest, which looks for such names

    printer: str
    asked_s: float
    job_id: UUID | None = None
    state: PrintJobState = PrintJobState.QUEUED
    refused: Refused | None = None

    @property
    def is_under_way(self) -> bool:
        return self.refused is None and self.state in (PrintJobState.QUEUED, PrintJobState.SENDING)


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """The camera's picture is shown, since `begun_s`. `seen`: a picture has come, and `fault` says what is wrong with
    it. `end`: it is not shown any more; `has_desk` False: nobody uses a camera here."""

    task: int
    begun_s: float
    seen: bool = False
    fault: Fault | None = None
    end: LookEnd | None = None
    has_desk: bool = True

    @property
    def is_on(self) -> bool:
        return self.end is None and self.has_desk


@dataclass(frozen=True, slots=True)
class Health:
    """`terminal`, `seen`: what the last look found; None: it is under way. `look_again_s`: when to. `device`: the one
    that is looked at by itself; "": the list. `clock`: the canteen's wall time. `readings`: by device. `page`: the last
    test page that was asked for, `news`: the newest of any. `live`: the camera's picture, asked for `shows`
    times. `cameras_on`: those that take pictures now."""

    look_again_s: float
    terminal: TerminalHealth | None = None
    seen: DevicesSeen | None = None
    device: str = ""
    clock: time = time()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    page: TestPrint | None = None
    news: tuple[UUID, PrintJobState] | None = None
    live: LiveCamera | None = None
    shows: int = 0
    cameras_on: frozenset[str] = frozenset()

    @property
    def screen(self) -> str:
        return "health_device" if self.device else "health"


def health_of(state: AdminState) -> Health:
    if not isinstance(state.open, Health):
        raise TypeError("health is not open")
    return state.open


# --- touches ---


@dataclass(frozen=True, slots=True)
class DeviceTouched(AdminEvent):
    name: str


@dataclass(frozen=True, slots=True)
class PrintTouched(AdminEvent):
    """A test page."""


@dataclass(frozen=True, slots=True)
class CameraTouched(AdminEvent):
    """Show the picture, or stop that."""


# --- what is to be done ---


@dataclass(frozen=True, slots=True)
class LookAtTerminal(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_HEALTH


@dataclass(frozen=True, slots=True)
class LookAtDevices(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_HEALTH


@dataclass(frozen=True, slots=True)
class PrintTestPage(AdminAct):
    printer: str
    language: str
    needs: ClassVar[Permission] = Permission.TEST_DEVICES


@dataclass(frozen=True, slots=True)
class ShowCamera(AdminAct):
    task: int
    needs: ClassVar[Permission] = Permission.TEST_DEVICES


@dataclass(frozen=True, slots=True)
class LetCameraGo(AdminEffect):
    """Nobody looks any more, for whatever reason; it takes no permission."""

    task: int


# --- answers ---


@dataclass(frozen=True, slots=True)
class TerminalLooked(AdminAnswer):
    terminal: TerminalHealth


@dataclass(frozen=True, slots=True)
class DevicesLooked(AdminAnswer):
    seen: DevicesSeen


@dataclass(frozen=True, slots=True)
class PageAnswered(AdminAnswer):
    printer: str
    outcome: PageSent | Refused


@dataclass(frozen=True, slots=True)
class CameraAnswered(AdminAnswer):
    task: int
    has_desk: bool
