"""The terminal's settings: one TOML file, typed; an unknown key is an error that names file, line and field. What it
says of devices is in `devices`, of faces in `face`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kiosk.configfile import TomlFile
from kiosk.domain.cart import MAX_KEYED_MINOR
from kiosk.domain.cash import MAX_TOP_UP_MINOR
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.domain.errors import DomainError
from kiosk.domain.kitchen import MAX_STALL_CHARS
from kiosk.domain.refund import MAX_STAFF_CHARS
from kiosk.domain.text import check_text
from kiosk.domain.weight import MAX_GRAMS
from kiosk.settings.devices import (
    CameraSettings,
    CardReaderSettings,
    Device,
    PrinterSettings,
    ScannerSettings,
    SimulatorSettings,
    check_devices,
)
from kiosk.settings.face import FaceSettings, check_face
from kiosk.settings.fields import Seconds


class TerminalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`role`: customers order and pay themselves, staff sell at a counter, a kitchen's screen shows what to make, or a
    pickup board what is ready. `state_dir` holds the database, its key,
    logs and the terminal's identity; relative to the working folder.
    `meal_period` holds the terminal at one meal period whatever the clock says: for demonstrations and training."""

    name: str
    role: Literal["order", "counter", "kitchen", "board"] = "order"
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
    """No touch for `warn_after_s`: a warning that counts `count_s` down, then the next customer's attract screen.
    On the admin screen whoever touches nothing for `leave_admin_after_s` has left."""

    warn_after_s: Seconds = 45
    count_s: Annotated[int, msgspec.Meta(ge=5, le=120)] = 15
    result_s: Seconds = 10
    leave_admin_after_s: Annotated[int, msgspec.Meta(ge=10, le=600)] = 60


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
    a card whose member paid less than `ask_again_s` ago is charged only when staff say so. Staff see who stands
    there: by face, only payments from `turn_from_minor` on ask for a turn of the head here. `customer_display`: a
    second window for the customer, without a frame, so many pixels from the display's left and top; its texts are of
    `customer_text_size`, whatever staff choose for themselves."""

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
    customer_text_size: Literal["normal", "large", "largest"] = "normal"
    customer_high_contrast: bool = False


class StockSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """While central is away a terminal sells the portions that it was handed, and of each dish at most
    `oversell_portions` beyond them: so many may be sold twice, for each terminal."""

    oversell_portions: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 5


class KitchenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a terminal whose role is "kitchen" or "board". `stall`: as the menu names it; "": all of them. On a kitchen's
    screen an order is late from `late_after_s` on, and very late from `very_late_after_s`."""

    stall: Annotated[str, msgspec.Meta(max_length=MAX_STALL_CHARS)] = ""
    late_after_s: Seconds = 300
    very_late_after_s: Seconds = 600


class BoardSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For a terminal whose role is "board". A number that is ready is shown for `show_ready_s`, and marked as new for
    the first `new_for_s`. `voice`: numbers are called out after the chime, in these languages, one after the other."""

    show_ready_s: Seconds = 600
    new_for_s: Seconds = 20
    voice: tuple[Literal["zh", "en"], ...] = ("zh",)


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"] = "info"
    max_bytes: Annotated[int, msgspec.Meta(ge=10_000)] = 2_000_000
    keep_files: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class SupportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder`: where support bundles may be written beside drives that are plugged in, such as a mounted share."""

    folder: Path | None = None


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
    stock: StockSettings = StockSettings()
    kitchen: KitchenSettings = KitchenSettings()
    board: BoardSettings = BoardSettings()
    log: LogSettings = LogSettings()
    support: SupportSettings = SupportSettings()
    face: FaceSettings | None = None
    card_reader: tuple[CardReaderSettings, ...] = ()
    scanner: tuple[ScannerSettings, ...] = ()
    printer: tuple[PrinterSettings, ...] = ()
    camera: CameraSettings | None = None
    simulator: tuple[SimulatorSettings, ...] = ()

    def is_simulated(self, port: str) -> bool:
        return any(s.port == port for s in self.simulator)

    @property
    def is_of_kitchen(self) -> bool:
        """A kitchen's screen or a pickup board: nothing is sold there."""
        return self.terminal.role in ("kitchen", "board")

    def counter_limits(self) -> CounterLimits:
        """What staff may type at this terminal: nothing where customers order themselves."""
        if self.terminal.role != "counter":
            return NOTHING_KEYED
        return CounterLimits(self.counter.largest_sum_minor, self.counter.largest_weight_g)


def load_settings(path: Path) -> Settings:
    """Read and check the settings file. Raises ConfigFileError naming file, line and field."""
    file = TomlFile(path)
    settings = _lying(file, file.convert(Settings))
    devices: dict[str, tuple[Device, ...]] = {
        "card_reader": settings.card_reader,
        "scanner": settings.scanner,
        "printer": settings.printer,
    }
    check_devices(file, devices, settings.camera, settings.simulator)
    if settings.face is not None:
        check_face(file, settings.face)
    _check_staff(file, settings.counter.staff)
    if settings.kitchen.late_after_s >= settings.kitchen.very_late_after_s:
        raise file.error("kitchen.very_late_after_s", "must come after late_after_s")
    _check_drawer(file, settings)
    return settings


def _lying(file: TomlFile, settings: Settings) -> Settings:
    """A counter's screen lies, and a kitchen's and a board's, unless the file gives a size."""
    if settings.terminal.role == "order" or {"width", "height"} & file.data.get("screen", {}).keys():
        return settings
    screen = msgspec.structs.replace(settings.screen, width=1920, height=1080)
    return msgspec.structs.replace(settings, screen=screen)


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
