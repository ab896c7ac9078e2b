"""The terminal's settings: one TOML file, typed; an unknown key is an error that names file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from kiosk.configfile import TomlFile
from kiosk.domain.cash import MAX_TOP_UP_MINOR

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+\Z")]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`state_dir` holds the database, its key, logs and the terminal's identity; relative to the working folder.
    `meal_period` holds the terminal at one meal period whatever the clock says: for demonstrations and training."""

    name: str
    role: Literal["order"] = "order"
    state_dir: Path = Path("state")
    timezone: str = "Asia/Shanghai"
    meal_period: str = ""


class CentralSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where central is. `embedded` names central's own settings file: then the terminal starts that server itself
    on this machine, prepares it with demonstration data and enrols with it. `ca_file`: the private certificate
    authority to trust instead of the public ones."""

    url: Annotated[str, msgspec.Meta(pattern="^https?://[^/]+")]
    embedded: Path | None = None
    ca_file: Path | None = None
    timeout_s: Seconds = 4.0
    poll_wait_s: Seconds = 25.0


class ScreenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    width: Annotated[int, msgspec.Meta(ge=640, le=7680)] = 1080
    height: Annotated[int, msgspec.Meta(ge=480, le=7680)] = 1920
    fullscreen: bool = True
    language: Literal["zh", "en"] = "zh"
    reduce_motion: bool = False
    sound: bool = True


class IdleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No touch for `warn_after_s`: a warning that counts `count_s` down, then the next customer's attract screen."""

    warn_after_s: Seconds = 45
    count_s: Annotated[int, msgspec.Meta(ge=5, le=120)] = 15
    result_s: Seconds = 10


class CardReaderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`uid_format` is how the reader's bytes name the card: as sent, or byte-swapped."""

    name: Name
    driver: str
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    uid_format: Literal["as_sent", "byte_swapped"] = "as_sent"
    debounce_s: Seconds = 2.0


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`port` is "tcp://host:9100" or a serial device's path. `use`: customer papers, kitchen tickets, or both."""

    name: Name
    driver: str = "escpos"
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 115_200
    paper_mm: Literal[58, 80] = 80
    chinese: Literal["gb18030", "raster"] = "gb18030"
    use: tuple[Literal["customer", "kitchen"], ...] = ("customer", "kitchen")
    patience_s: Seconds = 20.0


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
    tcp://127.0.0.1:PORT. `device` is a driver's name, or "mjpeg": a network camera. `plays` is for that one: a folder
    of photos, or a clip; without it, a test picture."""

    name: Name
    device: str
    port: str
    baud: Annotated[int, msgspec.Meta(ge=300, le=921_600)] = 9600
    plays: Path | None = None


class LoyaltySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One point is earned by each `minor_per_point` paid in money. Points are redeemed in whole lots: `redeem_points`
    are worth `redeem_minor`; they pay at most `redeem_most_percent` of an order, 0: none of it."""

    minor_per_point: Annotated[int, msgspec.Meta(ge=1)] = 100
    redeem_points: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    redeem_minor: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    redeem_most_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 50


class CashTopUpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one top-up in cash, and of the balance that it may lead to."""

    largest_minor: Annotated[int, msgspec.Meta(ge=1, le=MAX_TOP_UP_MINOR)] = 50_000
    largest_balance_minor: Annotated[int, msgspec.Meta(ge=1)] = 200_000


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    max_bytes: Annotated[int, msgspec.Meta(ge=10_000)] = 2_000_000
    keep_files: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. Lists are written as [[card_reader]], [[printer]], [[simulator]]."""

    terminal: TerminalSettings
    central: CentralSettings
    screen: ScreenSettings = ScreenSettings()
    idle: IdleSettings = IdleSettings()
    loyalty: LoyaltySettings = LoyaltySettings()
    cash_top_up: CashTopUpSettings = CashTopUpSettings()
    log: LogSettings = LogSettings()
    card_reader: tuple[CardReaderSettings, ...] = ()
    printer: tuple[PrinterSettings, ...] = ()
    camera: CameraSettings | None = None
    simulator: tuple[SimulatorSettings, ...] = ()

    def is_simulated(self, port: str) -> bool:
        return any(s.port == port for s in self.simulator)


CARD_READER_DRIVERS = ("rdm6300", "ic_reader")
PRINTER_DRIVERS = ("escpos",)
SIMULATORS = (*CARD_READER_DRIVERS, *PRINTER_DRIVERS, "mjpeg")


def load_settings(path: Path) -> Settings:
    """Read and check the settings file. Raises ConfigFileError naming file, line and field."""
    file = TomlFile(path)
    settings = file.convert(Settings)
    for i, reader in enumerate(settings.card_reader):
        _check_driver(file, f"card_reader[{i}].driver", reader.driver, CARD_READER_DRIVERS)
    for i, printer in enumerate(settings.printer):
        _check_driver(file, f"printer[{i}].driver", printer.driver, PRINTER_DRIVERS)
    for i, simulator in enumerate(settings.simulator):
        _check_driver(file, f"simulator[{i}].device", simulator.device, SIMULATORS)
        if simulator.device == "mjpeg" and not simulator.port.startswith("tcp://"):
            raise file.error(f"simulator[{i}].port", "a simulated camera is at tcp://127.0.0.1:PORT")
    names: set[str] = set()
    for kind in ("card_reader", "printer"):
        for i, device in enumerate(getattr(settings, kind)):
            if device.name in names:
                raise file.error(f"{kind}[{i}].name", f"{device.name!r} stands twice")
            names.add(device.name)
    if settings.camera is not None:
        _check_camera(file, settings.camera, names)
    return settings


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


def _check_driver(file: TomlFile, field: str, driver: str, known: tuple[str, ...]) -> None:
    if driver not in known:
        raise file.error(field, f"unknown device driver {driver!r}; known: {', '.join(known)}")
