"""The real counter terminal but for its window: devices, store, central and flow, whose state is looked at instead of
drawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from kiosk.domain.loyalty import PointsRule
from kiosk.machinery import Machinery
from kiosk.opening import build_services
from kiosk.screens.bridge import Bridge
from kiosk.screens.counter_effects import CounterEffects
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import CounterRules, Sale, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.services.events import MenuChanged
from kiosk.settings import load_settings
from kiosk.settings.face import FaceSettings
from kiosk.sync.encoder import WireEncoder

_TICK_S = 1.0
_LOOK_EVERY_S = 0.001


class LaneCounter:
    """A context manager: it runs until the end of the block. `green_s`: when a customer was last told "paid"
    (monotonic), by the sale's number."""

    def __init__(self, config_path: Path) -> None:
        self.settings = load_settings(config_path)
        self.bridge = Bridge()
        self.services = build_services(self.settings, self.bridge)
        self.encoder = WireEncoder(PointsRule(self.settings.loyalty.minor_per_point))
        self._machinery = Machinery(self.settings, config_path, self.services)
        staff = self.settings.counter.staff
        self._effects = CounterEffects(lambda: self.services, self.bridge.publish, lambda _kind: None, staff, "undone")
        face, counter = self.settings.face or FaceSettings(), self.settings.counter
        policy = FacePolicy(face.look_s, counter.turn_from_minor, face.largest_minor)
        self.state = State(Sale(1), CounterRules(self.settings.counter_limits(), face_policy=policy))
        self.green_s: dict[int, float] = {}
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="flow", daemon=True)

    def __enter__(self) -> Self:
        self._machinery.start()
        self.bridge.attach(self._woken.set)
        self.bridge.publish(MenuChanged(0))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._woken.set()
        self._thread.join()
        self._effects.stop()
        self._machinery.stop()
        self.services.store.close()

    def touch(self, *events: ev.CounterEvent) -> None:
        """As staff do, through the bridge."""
        for event in events:
            self.bridge.publish(event)

    def wait_for(self, condition: Callable[[State], bool], within_s: float, what: str) -> None:
        """Raises TimeoutError."""
        deadline_s = time.monotonic() + within_s
        while not condition(self.state):
            if time.monotonic() > deadline_s:
                seen = self.state.screen, self.state.sale.outcome, self.state.sale.facing
                raise TimeoutError(f"not within {within_s:.0f} s: {what}; {seen}")
            time.sleep(_LOOK_EVERY_S)

    def _live(self) -> None:
        zone = ZoneInfo(self.settings.terminal.timezone)
        ticked_s = 0.0
        while not self._stopping.is_set():
            self._woken.wait(_TICK_S)
            self._woken.clear()
            if time.monotonic() - ticked_s >= _TICK_S:
                ticked_s = time.monotonic()
                self._take(common.Tick(ticked_s, datetime.now(zone).time()))
            for event in self.bridge.drain():
                self._take(event)

    def _take(self, event: ev.CounterEvent) -> None:
        state, effects = step(self.state, event)
        for effect in effects:
            self._effects(effect)
        if customer_view(state).shows is CustomerShows.PAID:
            self.green_s.setdefault(state.sale.id, time.monotonic())
        self.state = state
