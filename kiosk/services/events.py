"""What happened, in the past tense: device threads and services publish these, the screens' bridge drains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import PaperKind
from kiosk.services.face_events import CameraEnded as CameraEnded
from kiosk.services.face_events import CameraSeen as CameraSeen
from kiosk.services.face_events import FaceJudged as FaceJudged
from kiosk.services.face_events import FaceReadinessChanged as FaceReadinessChanged
from kiosk.services.face_events import FaceSeen as FaceSeen
from kiosk.services.face_events import LookEnded as LookEnded
from kiosk.services.kitchen_events import TicketsHeard as TicketsHeard
from kiosk.services.posing import PosingChanged as PosingChanged


class DeviceKind(StrEnum):
    CARD_READER = "card_reader"
    PRINTER = "printer"
    CAMERA = "camera"
    SCANNER = "scanner"


class DeviceState(StrEnum):
    """unavailable: not usable now, reconnecting by itself. degraded: usable, someone should look (paper low)."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class DeviceProblem(StrEnum):
    NONE = "none"
    NOT_FOUND = "not_found"
    NO_PERMISSION = "no_permission"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DISCONNECTED = "disconnected"
    REFUSED = "refused"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    GARBLED = "garbled"
    DARK = "dark"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """`simulated` is true when the configuration puts a simulator at this device's port: the screen must say so."""

    name: str
    kind: DeviceKind
    state: DeviceState
    problem: DeviceProblem = DeviceProblem.NONE
    simulated: bool = False

    @property
    def works(self) -> bool:
        """It can be counted on now. A camera that stands still shows nobody who is there; one in the dark works: the
        look says that it is dark, and whoever covers the lens can help it."""
        return self.state in (DeviceState.READY, DeviceState.DEGRADED) and self.problem is not DeviceProblem.FROZEN


def works_here(devices: Mapping[str, DeviceHealth], kind: DeviceKind) -> bool:
    """One of that kind, at least."""
    return any(device.works for device in devices.values() if device.kind is kind)


@dataclass(frozen=True, slots=True)
class DeviceHealthChanged:
    health: DeviceHealth


@dataclass(frozen=True, slots=True)
class CardPresented:
    """A card came to a reader. `uid` is the raw UID in upper-case hex. `received_s` is monotonic, taken when the
    last byte of the frame was read."""

    reader: str
    uid: str
    received_s: float


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """A scanner has read a code. `text` is whatever somebody held before it, at most 1,024 bytes of UTF-8; it may be a
    code that pays, so it is in no representation and must not be logged. `received_s` as with CardPresented."""

    scanner: str
    text: str = field(repr=False)
    received_s: float


@dataclass(frozen=True, slots=True)
class CameraWatching:
    """The camera's light: on from before the first picture is taken until the camera is closed."""

    camera: str
    is_on: bool


class LinkState(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CentralLinkChanged:
    """refused: central answers but does not accept this terminal (not enrolled, revoked, other version)."""

    state: LinkState


@dataclass(frozen=True, slots=True)
class MenuChanged:
    version: int


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Some dish's level or sold-out mark changed; ask the store."""


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """Members or cards changed; ask the store."""


@dataclass(frozen=True, slots=True)
class FacesChanged:
    """Faces were enrolled or forgotten, or whose they are has changed; ask the store."""


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """Who works here, or with which roles, has changed; ask the store."""


@dataclass(frozen=True, slots=True)
class StorageStopped:
    """The disk has refused a commit (full, or failing): nothing is sold until the program was started anew. What was
    sold before stands."""


class PrintJobState(StrEnum):
    """queued → sending → confirmed, or unknown (never printed again by itself), or skipped (nothing was sent)."""

    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class PrintJobChanged:
    job_id: UUID
    order_id: OrderId
    kind: PaperKind
    state: PrintJobState


class DrawerEnd(StrEnum):
    """opened: the printer has sent the pulse; whether it sprang open nobody can tell. not_known: the printer died over
    it. not_opened: nothing was sent. It is never sent again by itself."""

    OPENED = "opened"
    NOT_KNOWN = "not_known"
    NOT_OPENED = "not_opened"


@dataclass(frozen=True, slots=True)
class DrawerAsked:
    """What came of opening the cash drawer. `about`: the order, or the top-up, whose cash it is."""

    about: UUID
    end: DrawerEnd


@dataclass(frozen=True, slots=True)
class RestartWanted:
    """The program is to end, and to say to whoever started it that it is to be started again."""


Event = (
    DeviceHealthChanged
    | CardPresented
    | CodeScanned
    | CameraWatching
    | CentralLinkChanged
    | MenuChanged
    | StockChanged
    | MembersChanged
    | FacesChanged
    | StaffChanged
    | PrintJobChanged
    | DrawerAsked
    | PosingChanged
    | StorageStopped
    | FaceReadinessChanged
    | FaceSeen
    | FaceJudged
    | LookEnded
    | TicketsHeard
    | CameraSeen
    | CameraEnded
    | RestartWanted
)


class EventSink(Protocol):
    """Where events go. Thread-safe, bounded, never blocks and never raises."""

    def publish(self, event: Event) -> None: ...
