"""The terminal's devices, and which of them are simulated: [[card_reader]], [[scanner]], [[printer]], [camera],
[[simulator]]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from kiosk.configfile import TomlFile
from kiosk.settings.fields import Name, Seconds

CARD_READER_DRIVERS = ("rdm6300", "ic_reader")
PRINTER_DRIVERS = ("escpos",)
SCANNER_DRIVERS = ("serial", "gm65")
_DRIVERS = {"card_reader": CARD_READER_DRIVERS, "scanner": SCANNER_DRIVERS, "printer": PRINTER_DRIVERS}
SCANNER_SIMULATORS = ("scanner", "gm65")
SIMULATORS = (*CARD_READER_DRIVERS, *SCANNER_SIMULATORS, *PRINTER_DRIVERS, "mjpeg")


class CardReaderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`uid_format` is how the reader's bytes name the card: as sent, or byte-swapped."""

    name: Name
    driver: str
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    uid_format: Literal["as_sent", "byte_swapped"] = "as_sent"
    debounce_s: Seconds = 2.0


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`port` is "tcp://host:9100" or a serial device's path. `use`: customer papers, kitchen tickets, or both.
    `drawer`: a cash drawer hangs at it, which it opens; at one printer at most."""

    name: Name
    driver: str = "escpos"
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 115_200
    paper_mm: Literal[58, 80] = 80
    chinese: Literal["gb18030", "raster"] = "gb18030"
    use: tuple[Literal["customer", "kitchen"], ...] = ("customer", "kitchen")
    drawer: bool = False
    patience_s: Seconds = 20.0


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scanner of codes on a serial line. `driver`: "serial" reads by itself, "gm65" is told to. What it is set up to
    send around a code: `prefix`, `aim_id` (three characters, such as ]Q1) and `terminator`; without one a code ends
    when nothing came for `idle_gap_s`."""

    name: Name
    driver: str = "serial"
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    terminator: Literal["cr", "crlf", "lf", "none"] = "cr"
    prefix: Annotated[str, msgspec.Meta(max_length=16, pattern=r"^[!-~]*\Z")] = ""
    aim_id: bool = False
    idle_gap_s: Annotated[float, msgspec.Meta(ge=0.02, le=2)] = 0.1
    debounce_s: Seconds = 2.0


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`source`: a V4L2 device (its path, best under /dev/v4l/by-id, or its number), a network camera's Motion JPEG
    (http://[user:password@]host[:port]/path), a clip's file, or pictures numbered as photo%03d.jpg says; the last two
    play over and over, and the screen says that they are no camera. `width`, `height`, `exposure_us` and `gain` (the
    device's own number) are what a V4L2 device is asked for; the last two missing: automatic. `rotation`: clockwise
    degrees that bring the picture upright. `mirror_preview`: people see themselves as in a mirror."""

    name: Name = "face-camera"
    source: Annotated[
        str, msgspec.Meta(min_length=1, max_length=400, pattern=r"^(?:http://[!-~]+|(?!.*://)[^\x00-\x1f]+)\Z")
    ]
    width: Annotated[int, msgspec.Meta(ge=160, le=7680)] = 640
    height: Annotated[int, msgspec.Meta(ge=120, le=4320)] = 480
    frames_per_s: Annotated[float, msgspec.Meta(ge=1, le=60)] = 25
    rotation: Literal[0, 90, 180, 270] = 0
    mirror_preview: bool = True
    exposure_us: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] | None = None
    gain: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated device that speaks the real one's bytes at `port`: a path (a pseudo-terminal is linked there) or
    tcp://127.0.0.1:PORT. `device` is a driver's name, or "scanner", or "mjpeg": a network camera. `plays` is for that
    one: a folder of photos, or a clip; without it, a test picture. A scanner is set up as the [[scanner]] at its port
    says."""

    name: Name
    device: str
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    plays: Path | None = None


Device = CardReaderSettings | ScannerSettings | PrinterSettings


def check_devices(
    file: TomlFile,
    devices: Mapping[str, tuple[Device, ...]],
    camera: CameraSettings | None,
    simulators: Sequence[SimulatorSettings],
) -> None:
    """`devices`: by the name of their list. Raises ConfigFileError for an unknown driver, or a name that stands
    twice."""
    names: set[str] = set()
    for kind, listed in devices.items():
        for i, device in enumerate(listed):
            _check_driver(file, f"{kind}[{i}].driver", device.driver, _DRIVERS[kind])
            if device.name in names:
                raise file.error(f"{kind}[{i}].name", f"{device.name!r} stands twice")
            names.add(device.name)
    if camera is not None:
        _check_camera(file, camera, names)
    for i, simulator in enumerate(simulators):
        _check_driver(file, f"simulator[{i}].device", simulator.device, SIMULATORS)
        if simulator.device == "mjpeg" and not simulator.port.startswith("tcp://"):
            raise file.error(f"simulator[{i}].port", "a simulated camera is at tcp://127.0.0.1:PORT")


def _check_camera(file: TomlFile, camera: CameraSettings, names: set[str]) -> None:
    if camera.name in names:
        raise file.error("camera.name", f"{camera.name!r} stands twice")
    if camera.source.startswith("http://"):
        try:
            parts = urlsplit(camera.source)
            is_complete = bool(parts.hostname) and parts.port != 0
        except ValueError:  # its text would quote a password
            is_complete = False
        if not is_complete:
            raise file.error("camera.source", "is not http://host[:port]/path")
    if not camera.source.isdecimal() and not camera.source.startswith("/dev/"):
        for name, value in (("exposure_us", camera.exposure_us), ("gain", camera.gain)):
            if value is not None:
                raise file.error(f"camera.{name}", "only a V4L2 device is told; a network camera has a page for it")


def _check_driver(file: TomlFile, field: str, driver: str, known: tuple[str, ...]) -> None:
    if driver not in known:
        raise file.error(field, f"unknown device driver {driver!r}; known: {', '.join(known)}")
