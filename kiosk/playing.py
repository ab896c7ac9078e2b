"""Playing a session on the real terminal by itself: waiting for what a touch leads to, pictures, papers, and what
central knows of it. What the demonstrations of both roles are made of."""

from __future__ import annotations

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from kiosk.companions import CompanionFailed, run_once
from kiosk.devices.bench.client import BenchClient, BenchError
from kiosk.devices.bench.messages import control_socket_path
from kiosk.script import Hand, ShowsState
from kiosk.services.events import DeviceState, LinkState
from kiosk.services.ports import Store
from kiosk.settings import Settings

STEP_WITHIN_S = 15.0
_READY_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.02


class DemonstrationFailed(Exception):
    """Something did not happen in time; the message says what."""


class Play(ABC):
    """Plays a session and says step by step what happened. `succeeded` is true once all went as it should."""

    def __init__(self, settings: Settings, out: Path, report: TextIO) -> None:
        self.settings = settings
        self._out = out
        self._report = report
        self._began_s = time.monotonic()
        self._papers_seen: dict[str, int] = {}
        self.succeeded = False

    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        """Returns at once; the window closes at the end."""
        self.app, self._store, self._hand = app, store, hand
        threading.Thread(target=self._play, name="demonstration", daemon=True).start()

    @abstractmethod
    def acts(self) -> None:
        """The session itself, from the terminal that is ready on. `bench` steers the simulated devices."""

    def _play(self) -> None:
        try:
            self.wait("terminal ready, central in step, devices connected", self._is_ready, _READY_WITHIN_S)
            with BenchClient(control_socket_path(self.settings)) as bench:
                self.bench = bench
                self.acts()
            self.succeeded = True
            self.say(f"Done. Pictures and papers are in {self._out}/.")
        except (DemonstrationFailed, BenchError, CompanionFailed, TimeoutError, LookupError) as error:
            self.say(f"FAILED: {error or type(error).__name__}")
            self.picture("failed")
        finally:
            self._hand.close_window()

    # --- steps ---

    def paper(self, printer: str, name: str) -> None:
        index = self._papers_seen.get(printer, 0)
        if len(self.bench.papers(printer, at_least=index + 1, timeout_s=STEP_WITHIN_S)) <= index:
            raise DemonstrationFailed(f"no paper from {printer!r}")
        self._papers_seen[printer] = index + 1
        path = self._out / f"{name}.png"
        self.bench.save_paper(printer, index, path)
        self.say(f"   paper from {printer!r}: {path}")

    def reached_central(self, number: str) -> None:
        self.wait("uploaded to central", self._outbox_is_empty)
        config = str(self.settings.central.embedded)
        orders = json.loads(run_once(["central", "orders", "--json", "--config", config]))
        if not any(order["number"] == number for order in orders):
            raise DemonstrationFailed(f"central does not know order {number}")
        self.say(f"   central has order {number}")

    def top_up(self, member: str, yuan: int) -> None:
        config = str(self.settings.central.embedded)
        said = run_once(["central", "top-up", "--config", config, member, str(yuan)]).strip()
        self.say(f"   at central: {said}")

    # --- looking and saying ---

    def _is_ready(self) -> bool:
        state = self.app.state
        configured = (*self.settings.card_reader, *self.settings.scanner, *self.settings.printer)
        ready = [d for d in state.devices.values() if d.state is DeviceState.READY]
        return state.menu is not None and state.link is LinkState.ONLINE and len(ready) == len(configured)

    def _outbox_is_empty(self) -> bool:
        with self._store.transaction() as tx:
            return tx.outbox.waiting() == 0

    def tap(self, picture_before: str | None, *test_ids: str) -> None:
        """Touch what has these test ids, one after the other."""
        if picture_before:
            self.picture(picture_before)
        for test_id in test_ids:
            self._hand.tap(test_id)
        self.say(f"   touched {', '.join(test_ids)}")

    def picture(self, name: str) -> None:
        self._hand.picture(self._out / f"{name}.png")

    def wait(self, what: str, happened: Callable[[], bool], within_s: float = STEP_WITHIN_S) -> None:
        began_s = time.monotonic()
        if not self.happens(happened, within_s):
            raise DemonstrationFailed(f"not within {within_s:.0f} s: {what}")
        self.say(f"   {what} ({(time.monotonic() - began_s) * 1000:.0f} ms)")

    def happens(self, condition: Callable[[], bool], within_s: float) -> bool:
        deadline_s = time.monotonic() + within_s
        pause = threading.Event()
        while not condition():
            if time.monotonic() > deadline_s:
                return False
            pause.wait(_LOOK_EVERY_S)
        return True

    def say(self, text: str) -> None:
        self._report.write(f"[{time.monotonic() - self._began_s:6.2f} s] {text}\n")
        self._report.flush()
