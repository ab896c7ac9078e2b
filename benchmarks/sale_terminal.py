"""The real, whole terminal with a script that sells: what sale.py and growth.py start.

    python -m benchmarks.sale_terminal SITE_FOLDER WARM_UP SALES OUT.json [--fast]

Its own central server and simulated printers run beside it as in the demonstration; cards come over a pty. The script
chooses through flow events, one a frame; everything from the card on is the terminal's own doing. --fast does not wait
for papers and uploads between sales and only weighs the terminal.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil

from benchmarks.sale_site import CARDS, DISH, ReaderLine, Site
from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.messages import control_socket_path
from kiosk.domain.ids import DishId
from kiosk.logs import start_logging
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import PayMethod
from kiosk.screens.window import prepare_window
from kiosk.services.events import DeviceState, LinkState
from kiosk.services.outcomes import Paid
from kiosk.services.ports import Store
from kiosk.settings import Settings, load_settings

_READY_WITHIN_S = 60.0
_STEP_WITHIN_S = 15.0
_IDLE_S = 12.0
_LOOK_EVERY_S = 0.002
_WEIGH_EVERY = 100
_CHOICES = (
    ev.OrderingStarted(),
    ev.DishQuickAdded(DishId(DISH)),
    ev.CheckoutOpened(),
    ev.MethodChosen(PayMethod.CARD),
)


class SaleScript:
    """kiosk.script.Script. `measured` is filled on a thread of its own; then the window closes."""

    def __init__(self, settings: Settings, site: Site, warm_up: int, sales: int, *, fast: bool) -> None:
        self._settings = settings
        self._site = site
        self._warm_up, self._sales, self._fast = warm_up, sales, fast
        self._drawn = threading.Event()
        self._drawn_s = 0.0
        self.measured: dict[str, Any] = {}

    def start(self, app: Any, store: Store, hand: Any) -> None:
        from kivy.clock import Clock
        from kivy.core.window import Window

        self._app, self._store, self._hand, self._clock = app, store, hand, Clock
        Window.fbind("on_flip", self._on_flip)
        threading.Thread(target=self._play, name="sales", daemon=True).start()

    def _play(self) -> None:
        reader = ReaderLine(self._site.reader)
        try:
            _wait(self._is_ready, _READY_WITHIN_S, "terminal ready")
            with BenchClient(control_socket_path(self._settings)) as bench:
                self._sell_all(reader, bench)
        except Exception as error:  # noqa: BLE001 - told to whoever started this process
            self.measured = {"failed": f"{type(error).__name__}: {error}"}
        finally:
            reader.close()
            self._hand.close_window()

    def _sell_all(self, reader: ReaderLine, bench: BenchClient) -> None:
        for number in range(self._warm_up):
            self._sell(number, reader, bench)
        memory, samples = [self._weigh(self._warm_up)], []
        for number in range(self._warm_up, self._warm_up + self._sales):
            samples.append(self._sell(number, reader, bench))
            if (number + 1) % _WEIGH_EVERY == 0:
                memory.append(self._weigh(number + 1))
        self.measured = {"sales": samples, "memory": memory, "idle_percent_of_a_core": self._idle()}

    def _idle(self) -> dict[str, float]:
        if self._fast:
            return {}
        attract = self._idle_percent()
        self._happen(ev.OrderingStarted())
        return {"attract screen": attract, "menu": self._idle_percent()}

    # --- one sale ---

    def _sell(self, number: int, reader: ReaderLine, bench: BenchClient) -> dict[str, float]:
        """Milliseconds from the card frame's last byte."""
        printed = {} if self._fast else {name: _papers(bench, name) for name in ("receipts", "kitchen")}
        for choice in _CHOICES:
            self._happen(choice)
        self._drawn.clear()
        sent_s = reader.send(CARDS[number % len(CARDS)])
        if not self._drawn.wait(_STEP_WITHIN_S):
            raise TimeoutError(f"not paid: {self._app.state.outcome!r} on {self._app.state.screen}")
        sample = {"paid on screen": (self._drawn_s - sent_s) * 1000}
        if not self._fast:
            _wait(self._all_uploaded, _STEP_WITHIN_S, "uploaded")
            sample["acknowledged by central"] = (time.monotonic() - sent_s) * 1000
            for name, before in printed.items():
                papers = bench.papers(name, since=before, at_least=1, timeout_s=_STEP_WITHIN_S)
                sample[f"first byte at printer {name}"] = (papers[0].first_byte_s - sent_s) * 1000
        self._happen(ev.DoneTouched())
        return sample

    def _happen(self, event: ev.FlowEvent) -> None:
        """As a touch would, on the UI thread; returns with the next frame."""
        done: Future[None] = Future()

        def run(_dt: float) -> None:
            self._app.dispatch_flow(event)
            self._clock.schedule_once(lambda _dt: done.set_result(None), 0)

        self._clock.schedule_once(run, 0)
        done.result(_STEP_WITHIN_S)

    def _on_flip(self, *_: object) -> None:
        """Kivy tells this just before it shows the frame, and comes to the clock's next event just after it."""
        if isinstance(self._app.state.outcome, Paid) and not self._drawn.is_set():
            self._clock.schedule_once_free(self._on_drawn, 0)

    def _on_drawn(self, _dt: float) -> None:
        if not self._drawn.is_set():
            self._drawn_s = time.monotonic()
            self._drawn.set()

    # --- looking ---

    def _is_ready(self) -> bool:
        state = self._app.state
        ready = [health for health in state.devices.values() if health.state is DeviceState.READY]
        return state.serving_id is not None and state.link is LinkState.ONLINE and len(ready) == 3

    def _all_uploaded(self) -> bool:
        with self._store.transaction() as tx:
            return tx.outbox.waiting() == 0

    def _idle_percent(self) -> float:
        """Of a core, over some seconds after the terminal has come to rest."""
        time.sleep(4)
        process = psutil.Process()
        before = process.cpu_times()
        time.sleep(_IDLE_S)
        after = process.cpu_times()
        return (after.user + after.system - before.user - before.system) / _IDLE_S * 100

    def _weigh(self, orders: int) -> dict[str, float]:
        memory = psutil.Process().memory_full_info()
        return {"orders": orders, "rss_mb": memory.rss / 1e6, "pss_mb": memory.pss / 1e6, "uss_mb": memory.uss / 1e6}


def _papers(bench: BenchClient, printer: str) -> int:
    """The number that its next paper gets."""
    return max((paper.index for paper in bench.papers(printer)), default=-1) + 1


def _wait(condition: Callable[[], bool], within_s: float, what: str) -> None:
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not within {within_s:.0f} s: {what}")
        time.sleep(_LOOK_EVERY_S)


def main(arguments: list[str]) -> int:
    folder, warm_up, sales, out = Path(arguments[0]), int(arguments[1]), int(arguments[2]), Path(arguments[3])
    site = Site(folder / "terminal.toml", folder / "central.toml", folder / "reader")
    settings = load_settings(site.terminal)
    start_logging(settings.log, settings.terminal.state_dir)
    prepare_window(settings.screen, settings.terminal.state_dir / "kivy")
    from kiosk.bootstrap import run_terminal

    script = SaleScript(settings, site, warm_up, sales, fast="--fast" in arguments)
    run_terminal(settings, site.terminal, script)
    out.write_text(json.dumps(script.measured), encoding="utf-8")
    return 1 if "failed" in script.measured else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
