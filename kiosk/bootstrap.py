"""The composition root: the only place that knows every part and wires them together."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.central_connection import CentralConnection, address_of
from kiosk.companions import Companion, CompanionFailed, run_once
from kiosk.devices.card_reader.driver import build_card_reader
from kiosk.devices.printer.driver import build_printer
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.receipt import PaperKind
from kiosk.screens.bridge import Bridge
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.state import IdleTimes, Session, State, View
from kiosk.screens.pictures import PictureLoader
from kiosk.screens.sounds import Sounds
from kiosk.screens.texts import texts_for
from kiosk.script import Script
from kiosk.services.checkout import Checkout
from kiosk.services.papers import Papers
from kiosk.services.ports import StorageFailed
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.settings import Settings
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.system_clock import SystemClock

log = logging.getLogger(__name__)

FOOD = Path(__file__).resolve().parents[1] / "assets" / "food"


class AlreadyRunning(Exception):
    """Another terminal process uses this state folder."""


def take_state_dir(state_dir: Path) -> int:
    """Make the folder, private to this user, and hold it until the process ends: two terminals in one folder would both
    be the same one to central. Returns the open lock file. Raises AlreadyRunning."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(state_dir / "terminal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyRunning(f"a terminal is running in {state_dir} already") from None
    return lock


def open_terminal_store(settings: Settings) -> SqliteStore:
    """The terminal's database in its state folder. Raises CannotOpenStore."""
    state_dir = settings.terminal.state_dir
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_store(state_dir / "terminal.db", state_dir / "terminal.key")


def enrol_terminal(settings: Settings, store: SqliteStore, code: str) -> None:
    """Make this machine the terminal that the code stands for. Raises CentralRefused, CentralUnreachable."""
    store.save_identity(enrol(address_of(settings.central), code, settings.terminal.name))


@dataclass(frozen=True, slots=True)
class Services:
    """What runs behind the screens."""

    store: SqliteStore
    central: CentralConnection
    desk: PrintDesk
    checkout: Checkout
    bridge: Bridge


def build_services(settings: Settings) -> Services:
    """Open the store, settle what a crash left open, and make the services. Raises CannotOpenStore, StorageFailed."""
    store = open_terminal_store(settings)
    points_rule = PointsRule(settings.loyalty.minor_per_point)
    encoder = WireEncoder(points_rule)
    resolved = resolve_unfinished(store, encoder)
    if resolved:
        log.warning("payments_resolved_at_start", extra={"count": resolved})
    clock, bridge, central = SystemClock(), Bridge(), CentralConnection()
    papers = Papers(settings.terminal.name, texts_for)
    timezone = ZoneInfo(settings.terminal.timezone)
    desk = PrintDesk(store, bridge, papers, clock, timezone, _printer_of(settings))
    checkout = Checkout(store, central, encoder, desk, central, clock, points_rule)
    return Services(store, central, desk, checkout, bridge)


def _printer_of(settings: Settings) -> dict[PaperKind, str]:
    kinds = {"customer": (PaperKind.RECEIPT, PaperKind.COUNTER_SLIP), "kitchen": (PaperKind.KITCHEN_TICKET,)}
    found: dict[PaperKind, str] = {}
    for printer in settings.printer:
        for use in printer.use:
            for kind in kinds[use]:
                found.setdefault(kind, printer.name)
    return found


class Machinery:
    """Devices, sync and companions: started after the first frame, stopped at the end, on threads of their own."""

    def __init__(self, settings: Settings, config_path: Path, services: Services) -> None:
        self._settings = settings
        self._config_path = config_path
        self._services = services
        self._companions: list[Companion] = []
        self._readers = [
            build_card_reader(r, services.bridge, settings.is_simulated(r.port)) for r in settings.card_reader
        ]
        unfinished = services.desk.interrupted_printers()
        self._printers = [
            build_printer(p, services.bridge, settings.is_simulated(p.port), unfinished=p.name in unfinished)
            for p in settings.printer
        ]
        self._stopping = threading.Event()
        # Lives as long as the companions: the kernel ends a child when the *thread* that started it has ended.
        self._keeper = threading.Thread(target=self._keep, name="machinery", daemon=True)

    def start(self) -> None:
        """Returns at once."""
        self._keeper.start()

    def stop(self) -> None:
        """Waits until all of it has ended; does nothing before the start."""
        self._stopping.set()
        if self._keeper.ident is not None:
            self._keeper.join(timeout=60)

    def _keep(self) -> None:
        self._start()
        self._stopping.wait()
        for device in (*self._readers, *self._printers):
            device.stop()
        self._services.central.stop()
        for companion in self._companions:
            companion.stop()

    def _start(self) -> None:
        for device in (*self._readers, *self._printers):
            device.start()
        self._services.desk.connect(self._printers)
        try:
            self._services.desk.resume()
            self._bring_companions()
            self._connect()
        except (StorageFailed, CompanionFailed):
            log.exception("start_incomplete")

    def _bring_companions(self) -> None:
        """The demonstration's own simulators and central; a real terminal has neither."""
        settings, logs = self._settings, self._settings.terminal.state_dir / "logs"
        if settings.simulator:
            arguments = ["kiosk.devices.bench", "serve", "--config", str(self._config_path)]
            self._companions.append(Companion("simulated devices", arguments, "ready", logs / "devices.log"))
        if settings.central.embedded is None:
            return
        config = ["--config", str(settings.central.embedded)]
        run_once(["central", "init", *config])
        central = Companion("central", ["central", "serve", *config], "listening", logs / "central.log")
        self._companions.append(central)
        central.wait_ready()
        if self._services.store.identity() is None:
            code = run_once(["central", "enrol-code", *config]).split()[0]
            enrol_terminal(settings, self._services.store, code)

    def _connect(self) -> None:
        identity = self._services.store.identity()
        if identity is None:
            log.warning("not_enrolled")
            return
        self._services.central.connect(self._settings.central, identity, self._services.store, self._services.bridge)


def first_state(settings: Settings, store: SqliteStore) -> State:
    """The attract screen with the menu this terminal has. Raises StorageFailed."""
    view = View(language=settings.screen.language)
    idle = IdleTimes(settings.idle.warn_after_s, settings.idle.count_s, settings.idle.result_s)
    state = State(Session(1, view), idle=idle, home_view=view, points_rule=PointsRule(settings.loyalty.minor_per_point))
    with store.transaction() as tx:
        menu, levels = tx.menus.current(), tx.stock.levels()
    return step(state, ev.MenuLoaded(menu, levels))[0] if menu else state


def run_terminal(settings: Settings, config_path: Path, script: Script | None = None) -> None:
    """The terminal until its window closes, played by `script` if there is one. Call prepare_window first.
    Raises AlreadyRunning, CannotOpenStore, StorageFailed."""
    from kiosk.app import KioskApp
    from kiosk.screens.fingers import Fingers

    lock = take_state_dir(settings.terminal.state_dir)
    services = build_services(settings)
    sounds = Sounds()
    effects = EffectRunner(
        services.store, services.checkout, services.bridge.publish, sounds.play if settings.screen.sound else _silence
    )
    timezone = ZoneInfo(settings.terminal.timezone)

    def local_time() -> time:
        menu = app.state.menu
        held = next((p for p in menu.meal_periods if p.id == settings.terminal.meal_period), None) if menu else None
        return held.starts if held else datetime.now(timezone).time()

    app = KioskApp(
        first_state(settings, services.store),
        effects,
        services.bridge,
        PictureLoader(FOOD),
        SystemClock(),
        local_time,
        reduce_motion=settings.screen.reduce_motion,
    )
    machinery = Machinery(settings, config_path, services)

    def begin() -> None:
        machinery.start()
        if script is not None:
            script.start(app, services.store, Fingers(app))

    app.after_first_frame(begin)
    try:
        app.run()
    finally:
        effects.stop()
        machinery.stop()
        sounds.stop()
        services.store.close()
        os.close(lock)


def _silence(_kind: ev.SoundKind) -> None:
    """Sound is off in the settings."""
