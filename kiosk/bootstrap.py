"""The composition root: with back_room, opening and machinery the only place that knows every part and wires them.

Here stands what the first frame needs. The others hold what starts after it, and are imported then.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from kiosk.back_room import BackRoom
from kiosk.domain.loyalty import PointsRule, RedeemRule
from kiosk.domain.menu import Menu
from kiosk.heap import keep_one_heap
from kiosk.screens.bridge import Bridge
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.screens.flow.state import IdleTimes, Session, State, View
from kiosk.screens.pictures import PictureLoader
from kiosk.screens.sounds import Sounds
from kiosk.script import Script
from kiosk.settings import Settings, TerminalSettings
from kiosk.settings.face import FaceSettings
from kiosk.state_folder import take_state_dir
from kiosk.store.last_run import DATABASE, KEY, menu_of_last_run
from kiosk.system_clock import SystemClock

if TYPE_CHECKING:
    from kiosk.app import FlowApp
    from kiosk.customer_window import CustomerWindow
    from kiosk.kitchen_start import KitchenRoleState
    from kiosk.opening import Services
    from kiosk.screens.counter_flow.state import State as CounterState

    AnyState = State | CounterState | KitchenRoleState

THREADS_TAKE_TURNS_S = 0.0005
"""Python's own 5 ms would let a payment wait that long, several times over, for the thread that draws."""

FOOD = Path(__file__).resolve().parents[1] / "assets" / "food"


class RunsEffects(Protocol):
    """Starts what the role's flow wants done, and returns at once."""

    def __call__(self, effect: Any) -> None: ...
    def stop(self) -> None:
        """Wait for what is in flight."""
        ...


def first_state(settings: Settings) -> State:
    """The attract screen with the menu that the last run left."""
    view = View(language=settings.screen.language)
    idle = IdleTimes(settings.idle.warn_after_s, settings.idle.count_s, settings.idle.result_s)
    loyalty = settings.loyalty
    redeem_rule = RedeemRule(loyalty.redeem_points, loyalty.redeem_minor, loyalty.redeem_most_percent)
    points_rule = PointsRule(loyalty.minor_per_point)
    state = State(
        Session(1, view),
        idle=idle,
        home_view=view,
        points_rule=points_rule,
        redeem_rule=redeem_rule,
        face_policy=_face_policy(settings.face or FaceSettings()),
    )
    return replace(state, menu=_menu_of_last_run(settings))


def _face_policy(face: FaceSettings) -> FacePolicy:
    shares = face.site_key_file is not None
    return FacePolicy(face.look_s, face.turn_from_minor, face.largest_minor, face.confirm_s, shares)


def run_terminal(
    settings: Settings, config_path: Path, script: Script | None = None, first: AnyState | None = None
) -> bool:
    """The terminal until its window closes, played by `script` if there is one. `first`, of the role's flow, is shown
    first; what the role begins with if it is left out. Call prepare_window before. Returns whether it is to be started
    again.

    Raises AlreadyRunning, CannotOpenStore, StorageFailed.
    """
    keep_one_heap()
    sys.setswitchinterval(THREADS_TAKE_TURNS_S)
    lock = take_state_dir(settings.terminal.state_dir)
    bridge, sounds = Bridge(), Sounds()
    play = sounds.play if settings.screen.sound else _silence
    state = first or _first_of_role(settings)
    room = BackRoom(settings, config_path, bridge, state.menu)
    make_app, effects, window = _role_parts(settings, config_path, room, bridge, play)
    app: FlowApp[Any] = make_app(
        state,
        effects,
        bridge,
        PictureLoader(FOOD),
        SystemClock(),
        lambda: _local_time(settings.terminal, app.state.menu),
        reduce_motion=settings.screen.reduce_motion,
        leave_admin_after_s=settings.idle.leave_admin_after_s,
    )
    room.when_open(lambda services: _opened(script, app, services), app.stop_soon)
    app.after_first_frame(room.start)
    if window is not None:
        app.after_first_frame(window.start)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: app.stop_soon())
    try:
        app.run()
    finally:
        room.stop_waiting()
        effects.stop()  # before the room closes: a payment in flight still needs it
        for aside in (sounds, window):
            if aside is not None:
                aside.stop()
        try:
            room.stop()
        finally:
            os.close(lock)
    return app.is_to_start_again


def _first_of_role(settings: Settings) -> AnyState:
    if settings.terminal.role == "order":
        return first_state(settings)
    if settings.is_of_kitchen:
        from kiosk.kitchen_start import first_kitchen_state

        return first_kitchen_state(settings)
    from kiosk.counter_start import first_counter_state

    return first_counter_state(settings, _menu_of_last_run(settings))


def _role_parts(
    settings: Settings, config_path: Path, room: BackRoom, bridge: Bridge, play: Callable[[fx.SoundKind], None]
) -> tuple[Callable[..., FlowApp[Any]], RunsEffects, CustomerWindow | None]:
    """The app of the terminal's role, still to be made; what runs its flow's effects; the customer's own window."""
    if settings.terminal.role == "order":
        from kiosk.app import KioskApp

        return KioskApp, EffectRunner(room.wait_for, bridge.publish, play), None
    if settings.is_of_kitchen:
        from kiosk import kitchen_start

        return (*kitchen_start.parts(settings, room, bridge, play), None)
    from kiosk import counter_start

    window = counter_start.customer_window(settings, config_path, bridge)
    return counter_start.counter_app(window), counter_start.counter_effects(settings, room, bridge, play), window


def _menu_of_last_run(settings: Settings) -> Menu | None:
    return menu_of_last_run(settings.terminal.state_dir / DATABASE, settings.terminal.state_dir / KEY)


def _opened(script: Script | None, app: FlowApp[Any], services: Services) -> None:
    keep_what_the_start_left()
    if script is not None:
        from kiosk.screens.fingers import Fingers

        script.start(app, services.store, Fingers(app))


def keep_what_the_start_left() -> None:
    """All that stays is there: no later search for garbage looks at it again, which would hold the screen for 60 ms."""
    gc.freeze()
    gc.enable()  # command_line has turned it off for the start


def _local_time(terminal: TerminalSettings, menu: Menu | None) -> time:
    """The canteen's wall time, or the start of the meal period at which the settings hold the terminal."""
    held = next((p for p in menu.meal_periods if p.id == terminal.meal_period), None) if menu else None
    return held.starts if held else datetime.now(ZoneInfo(terminal.timezone)).time()


def _silence(_kind: fx.SoundKind) -> None:
    """Sound is off in the settings."""
