"""What is said on the bench's control socket: one JSON object a line, a request and its reply in turn."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kiosk.devices.camera.simulator import CameraFault
from kiosk.devices.printer.simulator import PaperState, PrinterFault
from kiosk.settings import Settings

MAX_LINE_BYTES = 64 * 1024 * 1024  # all the papers a printer keeps, as pictures
MAX_WAIT_S = 60.0


class _Request(msgspec.Struct, frozen=True, tag_field="do", tag=str.lower):
    pass


class Tap(_Request, frozen=True):
    """Lay a card on the reader and lift it a moment later. An empty device name means the first that fits."""

    uid: str
    reader: str = ""


class Hold(_Request, frozen=True):
    """Lay cards on and leave them there."""

    uids: tuple[str, ...]
    reader: str = ""


class Lift(_Request, frozen=True):
    reader: str = ""


class Scan(_Request, frozen=True):
    """Hold a code before the scanner."""

    text: str
    scanner: str = ""


class Send(_Request, frozen=True):
    """Let the device send these bytes (hex) as they are: noise, half a frame, anything."""

    name: str
    data: str


class Plug(_Request, frozen=True):
    name: str


class Unplug(_Request, frozen=True):
    name: str


class Busy(_Request, frozen=True):
    """Another program holds the port (serial), or the device turns every client away (TCP)."""

    name: str
    on: bool


class Hang(_Request, frozen=True):
    """The printer neither reads nor answers."""

    on: bool
    printer: str = ""


class Reset(_Request, frozen=True):
    """Printer off and on again."""

    printer: str = ""


class Paper(_Request, frozen=True):
    state: PaperState
    printer: str = ""


class Cover(_Request, frozen=True):
    is_open: bool
    printer: str = ""


class Cutter(_Request, frozen=True):
    is_jammed: bool
    printer: str = ""


class After(_Request, frozen=True):
    """Let the fault happen when the printer has got so many more bytes."""

    n_bytes: int
    fault: PrinterFault
    printer: str = ""


class Play(_Request, frozen=True):
    """A folder of photos, one photo, or a clip, in place of what the camera saw."""

    path: str
    camera: str = ""


class Trouble(_Request, frozen=True):
    """The camera begins to do this; None: it is well again."""

    fault: CameraFault | None
    camera: str = ""


class ListDevices(_Request, frozen=True, tag="list"):
    pass


class ListPapers(_Request, frozen=True, tag="papers"):
    """Papers with index `since` or later; waits up to `timeout_s` until there are `at_least` so many of them."""

    printer: str = ""
    since: int = 0
    at_least: int = 0
    timeout_s: float = 0.0


class AskDrawer(_Request, frozen=True, tag="drawer"):
    """How often has the cash drawer at the printer sprung open?"""

    printer: str = ""


Request = (
    Tap | Hold | Lift | Scan | Send | Plug | Unplug | Busy | Hang | Reset | Paper | Cover | Cutter | After | Play
    | Trouble | ListDevices | ListPapers | AskDrawer
)  # fmt: skip


class _Reply(msgspec.Struct, frozen=True, tag_field="reply", tag=str.lower):
    pass


class Done(_Reply, frozen=True):
    pass


class Refused(_Reply, frozen=True):
    reason: str


class DeviceLine(msgspec.Struct, frozen=True):
    name: str
    device: str
    port: str
    is_plugged: bool


class Devices(_Reply, frozen=True):
    devices: tuple[DeviceLine, ...]


class PrintedPaper(msgspec.Struct, frozen=True):
    """One cut piece of paper. Times are the machine's monotonic clock, in seconds; `paper_mm` is 58 or 80."""

    index: int
    data: bytes
    first_byte_s: float
    cut_s: float
    paper_mm: int


class Papers(_Reply, frozen=True):
    printer: str
    papers: tuple[PrintedPaper, ...]


class Drawer(_Reply, frozen=True):
    """When it sprang open, on the machine's monotonic clock, oldest first."""

    opened_s: tuple[float, ...]


Reply = Done | Refused | Devices | Papers | Drawer


def control_socket_path(settings: Settings) -> Path:
    """Beside the simulated terminal's state: one bench a terminal."""
    return settings.terminal.state_dir / "devices.sock"
