"""The composition root: with `kiosk.machinery` the only place that knows every part and wires them together.

Here stands what the first frame needs; machinery holds what starts after it, and is imported then.
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.central_connection import CentralConnection, address_of
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.menu import Menu
from kiosk.domain.receipt import PaperKind
from kiosk.heap import keep_one_heap
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
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.settings import Settings, TerminalSettings
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.encoder import WireEncoder
from kiosk.system_clock import SystemClock

_THREADS_TAKE_TURNS_S = 0.0005
"""Python's own 5 ms would let a payment wait that long, several times over, for the thread that draws."""

log = logging.getLogger(__name__)

STOP_WITHIN_S = 60.0
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
    from kiosk.sync.enrol import enrol

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
    keep_one_heap()
    from kiosk.app import KioskApp

    sys.setswitchinterval(_THREADS_TAKE_TURNS_S)
    lock = take_state_dir(settings.terminal.state_dir)
    services = build_services(settings)
    sounds = Sounds()
    effects = EffectRunner(
        services.store, services.checkout, services.bridge.publish, sounds.play if settings.screen.sound else _silence
    )
    app = KioskApp(
        first_state(settings, services.store),
        effects,
        services.bridge,
        PictureLoader(FOOD),
        SystemClock(),
        lambda: _local_time(settings.terminal, app.state.menu),
        reduce_motion=settings.screen.reduce_motion,
    )
    stopping = threading.Event()
    arguments = (settings, config_path, services, stopping)
    keeper = threading.Thread(target=_keep_machinery, args=arguments, name="machinery", daemon=True)

    def begin() -> None:
        gc.freeze()
        gc.enable()  # command_line has turned it off for the start
        keeper.start()
        if script is not None:
            from kiosk.screens.fingers import Fingers

            script.start(app, services.store, Fingers(app))

    app.after_first_frame(begin)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: app.stop_soon())
    try:
        app.run()
    finally:
        effects.stop()
        stopping.set()
        if keeper.ident is not None:
            keeper.join(STOP_WITHIN_S)
        sounds.stop()
        services.store.close()
        os.close(lock)


def _keep_machinery(settings: Settings, config_path: Path, services: Services, stopping: threading.Event) -> None:
    """Devices, sync and companions, from the first frame to the end. This thread lives as long as the companions: the
    kernel ends a child when the *thread* that started it has ended."""
    from kiosk.machinery import Machinery

    machinery = Machinery(settings, config_path, services)
    machinery.start()
    stopping.wait()
    machinery.stop()


def _local_time(terminal: TerminalSettings, menu: Menu | None) -> time:
    """The canteen's wall time, or the start of the meal period at which the settings hold the terminal."""
    held = next((p for p in menu.meal_periods if p.id == terminal.meal_period), None) if menu else None
    return held.starts if held else datetime.now(ZoneInfo(terminal.timezone)).time()


def _silence(_kind: ev.SoundKind) -> None:
    """Sound is off in the settings."""
