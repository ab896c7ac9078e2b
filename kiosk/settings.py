"""The terminal's settings: one TOML file, typed; an unknown key is an error that names file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from kiosk.configfile import TomlFile
from kiosk.domain.cart import MAX_KEYED_MINOR
from kiosk.domain.cash import MAX_TOP_UP_MINOR
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.domain.errors import DomainError
from kiosk.domain.face import Limits, LimitsByNumber, VoteRule
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text
from kiosk.domain.weight import MAX_GRAMS

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+\Z")]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`role`: customers order and pay themselves, or staff sell at a counter. `state_dir` holds the database, its key,
    logs and the terminal's identity; relative to the working folder.
    `meal_period` holds the terminal at one meal period whatever the clock says: for demonstrations and training."""

    name: str
    role: Literal["order", "counter"] = "order"
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


class FaceModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model that tells faces apart. "dlib" and "sface" come with the installation; any other has a name of its own,
    since templates of one model mean nothing to another, and an ONNX `file` that takes what SFace takes."""

    name: Name
    file: Path | None = None


class FaceLimitsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For one model, as `python -m kiosk.face calibrate` measures it: farther than `distance` is nobody known; a
    runner-up less than `margin` behind makes a tie. dlib: Euclidean; others: 1 − cosine."""

    distance: Annotated[float, msgspec.Meta(gt=0, le=2)]
    margin: Annotated[float, msgspec.Meta(ge=0, le=2)]


class FaceStepSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits up to so many members `enrolled`; the last step serves all beyond. `limits`: by each model's name."""

    enrolled: Annotated[int, msgspec.Meta(ge=1)]
    limits: dict[Name, FaceLimitsSettings]


class FaceQualitySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frames that do not count: see kiosk.face.quality."""

    eyes_px: Annotated[float, msgspec.Meta(ge=20, le=1000)] = 40.0
    turned: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.25
    dark: Annotated[float, msgspec.Meta(ge=0, le=255)] = 40.0
    bright: Annotated[float, msgspec.Meta(ge=0, le=255)] = 225.0
    sharpness: Annotated[float, msgspec.Meta(ge=0)] = 20.0
    second_face: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5


# Measured on all pairs of 80 people (docs/face.md). They hold for both models together; one alone needs its own.
_BOTH_MODELS = (FaceModelSettings(name="dlib"), FaceModelSettings(name="sface"))
_MEASURED_TOGETHER = FaceStepSettings(
    enrolled=10_000,
    limits={
        "dlib": FaceLimitsSettings(distance=0.50, margin=0.05),
        "sface": FaceLimitsSettings(distance=0.55, margin=0.10),
    },
)


class FaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paying by face. All models must agree on one member, in `votes` of `frames` frames that are `frame_gap_s` apart;
    a frame older than `longest_look_s` does not vote. Who has shown no good face `look_s` after being asked is
    asked for a card. Payments from `turn_from_minor` on (0: all) ask for `turns` of the head. One payment by face is at
    most `largest_minor`, a member's of one day at this terminal `daily_minor`; what is more takes the card. Before it
    is charged there are `confirm_s` to cancel. `site_key_file`: faces whose members consent to it are shared with the
    terminals that have the same key, if central's settings allow it too; missing: none leaves this terminal. A consent
    that has ended can be renewed for `keep_ended_days`, then the face is destroyed. `blink`: whoever turns their head
    must blink, too. Lists: [[face.model]], [[face.step]]."""

    model: tuple[FaceModelSettings, ...] = _BOTH_MODELS
    step: tuple[FaceStepSettings, ...] = (_MEASURED_TOGETHER,)
    frames: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    votes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    frame_gap_s: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.1
    longest_look_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 4.0
    look_s: Annotated[float, msgspec.Meta(ge=2, le=60)] = 12.0
    turns: Annotated[int, msgspec.Meta(ge=1, le=7)] = 3
    turn_from_minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    largest_minor: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    daily_minor: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    confirm_s: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    quality: FaceQualitySettings = FaceQualitySettings()
    site_key_file: Path | None = None
    keep_ended_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 30
    blink: bool = False

    def limits_by_number(self) -> LimitsByNumber:
        """Raises DomainError."""
        return LimitsByNumber(
            tuple(
                (step.enrolled, {name: Limits(limits.distance, limits.margin) for name, limits in step.limits.items()})
                for step in self.step
            )
        )

    def vote_rule(self) -> VoteRule:
        """Raises DomainError."""
        return VoteRule(self.frames, self.votes)


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


class CounterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a terminal whose role is "counter". `staff`: who is named on what is sold and undone there, by name or
    number. Staff may type a sum up to `largest_sum_minor` and weights up to `largest_weight_g`. In the fixed-price lane
    a member who paid less than `ask_again_s` ago is charged once more only when staff say so. Staff see who stands
    there: by face, only payments from `turn_from_minor` on ask for a turn of the head here. `customer_display`: a
    second window for the customer, without a frame, so many pixels from the display's left and top."""

    staff: str = "counter"
    largest_sum_minor: Annotated[int, msgspec.Meta(ge=1, le=MAX_KEYED_MINOR)] = 20_000
    largest_weight_g: Annotated[int, msgspec.Meta(ge=1, le=MAX_GRAMS)] = 3_000
    ask_again_s: Seconds = 20
    turn_from_minor: Annotated[int, msgspec.Meta(ge=0)] = 3_000
    customer_display: bool = False
    customer_left: Annotated[int, msgspec.Meta(ge=0, le=32_767)] = 1920
    customer_top: Annotated[int, msgspec.Meta(ge=0, le=32_767)] = 0
    customer_width: Annotated[int, msgspec.Meta(ge=640, le=7680)] = 1024
    customer_height: Annotated[int, msgspec.Meta(ge=480, le=7680)] = 600


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    max_bytes: Annotated[int, msgspec.Meta(ge=10_000)] = 2_000_000
    keep_files: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. Without [face] nobody is looked at. Lists are written as [[card_reader]], [[scanner]],
    [[printer]], [[simulator]]."""

    terminal: TerminalSettings
    central: CentralSettings
    screen: ScreenSettings = ScreenSettings()
    idle: IdleSettings = IdleSettings()
    loyalty: LoyaltySettings = LoyaltySettings()
    cash_top_up: CashTopUpSettings = CashTopUpSettings()
    counter: CounterSettings = CounterSettings()
    log: LogSettings = LogSettings()
    face: FaceSettings | None = None
    card_reader: tuple[CardReaderSettings, ...] = ()
    scanner: tuple[ScannerSettings, ...] = ()
    printer: tuple[PrinterSettings, ...] = ()
    camera: CameraSettings | None = None
    simulator: tuple[SimulatorSettings, ...] = ()

    def is_simulated(self, port: str) -> bool:
        return any(s.port == port for s in self.simulator)

    def counter_limits(self) -> CounterLimits:
        """What staff may type at this terminal: nothing where customers order themselves."""
        if self.terminal.role != "counter":
            return NOTHING_KEYED
        return CounterLimits(self.counter.largest_sum_minor, self.counter.largest_weight_g)


CARD_READER_DRIVERS = ("rdm6300", "ic_reader")
PRINTER_DRIVERS = ("escpos",)
SCANNER_DRIVERS = ("serial", "gm65")
_DRIVERS = {"card_reader": CARD_READER_DRIVERS, "scanner": SCANNER_DRIVERS, "printer": PRINTER_DRIVERS}
SCANNER_SIMULATORS = ("scanner", "gm65")
SIMULATORS = (*CARD_READER_DRIVERS, *SCANNER_SIMULATORS, *PRINTER_DRIVERS, "mjpeg")
INSTALLED_FACE_MODELS = ("dlib", "sface")


def load_settings(path: Path) -> Settings:
    """Read and check the settings file. Raises ConfigFileError naming file, line and field."""
    file = TomlFile(path)
    settings = _lying_at_counter(file, file.convert(Settings))
    for kind, drivers in _DRIVERS.items():
        for i, device in enumerate(getattr(settings, kind)):
            _check_driver(file, f"{kind}[{i}].driver", device.driver, drivers)
    for i, simulator in enumerate(settings.simulator):
        _check_driver(file, f"simulator[{i}].device", simulator.device, SIMULATORS)
        if simulator.device == "mjpeg" and not simulator.port.startswith("tcp://"):
            raise file.error(f"simulator[{i}].port", "a simulated camera is at tcp://127.0.0.1:PORT")
    if settings.face is not None:
        _check_face(file, settings.face)
    _check_staff(file, settings.counter.staff)
    _check_drawer(file, settings)
    names: set[str] = set()
    for kind in _DRIVERS:
        for i, device in enumerate(getattr(settings, kind)):
            if device.name in names:
                raise file.error(f"{kind}[{i}].name", f"{device.name!r} stands twice")
            names.add(device.name)
    if settings.camera is not None:
        _check_camera(file, settings.camera, names)
    return settings


def _lying_at_counter(file: TomlFile, settings: Settings) -> Settings:
    """A counter's screen lies, unless the file gives a size."""
    if settings.terminal.role != "counter" or {"width", "height"} & file.data.get("screen", {}).keys():
        return settings
    screen = msgspec.structs.replace(settings.screen, width=1920, height=1080)
    return msgspec.structs.replace(settings, screen=screen)


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


def _check_staff(file: TomlFile, staff: str) -> None:
    try:
        check_text(staff, MAX_STAFF_CHARS, "who sells")
    except DomainError as error:
        raise file.error("counter.staff", str(error)) from error


def _check_drawer(file: TomlFile, settings: Settings) -> None:
    with_drawer = [i for i, printer in enumerate(settings.printer) if printer.drawer]
    if with_drawer and settings.terminal.role != "counter":
        raise file.error(f"printer[{with_drawer[0]}].drawer", 'cash is taken where the role is "counter"')
    if len(with_drawer) > 1:
        raise file.error(f"printer[{with_drawer[1]}].drawer", "one cash drawer, at one printer")


def _check_driver(file: TomlFile, field: str, driver: str, known: tuple[str, ...]) -> None:
    if driver not in known:
        raise file.error(field, f"unknown device driver {driver!r}; known: {', '.join(known)}")


def _check_face(file: TomlFile, face: FaceSettings) -> None:
    for i, model in enumerate(face.model):
        if (model.file is None) != (model.name in INSTALLED_FACE_MODELS):
            installed = ", ".join(INSTALLED_FACE_MODELS)
            raise file.error(f"face.model[{i}].name", f"either one of {installed}, or another with its file")
    names = [model.name for model in face.model]
    if not names or len(set(names)) < len(names):
        raise file.error("face.model", "names each model once, and at least one")
    try:
        face.vote_rule()
        face.limits_by_number()
    except DomainError as error:
        raise file.error("face", str(error)) from error
    for i, step in enumerate(face.step):
        if step.limits.keys() != set(names):
            raise file.error(f"face.step[{i}].limits", f"has limits for each of {', '.join(names)}, and for no other")
