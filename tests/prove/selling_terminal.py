"""A whole terminal that sells by itself, touch by touch and card by card, until it is killed. Started by test_kill.py.

    python -m tests.prove.selling_terminal CONFIG BENCH_SOCKET sell|settle

Writes READY once it can sell, CARD before a card is tapped, and PAID <order id> the moment its state shows an order as
paid. `settle` sells nothing: it waits until central has everything, writes SETTLED and ends.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.devices.bench.client import BenchClient
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.events import DeviceState, LinkState
from kiosk.services.outcomes import Paid
from kiosk.services.ports import Store
from kiosk.settings import load_settings
from tests.end_to_end.site import MEMBER_CARD

COMBO = "student-set"
GIVE_UP_S = 50.0
CARD_AWAY_S = 0.6
"""As long as a customer needs to take a card away and the next to hold one there: longer than readers take it for the
same (debounce_s)."""


class SellingSession:
    def __init__(self, bench_socket: Path, *, sells: bool) -> None:
        self._bench_socket = bench_socket
        self._sells = sells

    def start(self, app: object, store: Store, hand: object) -> None:
        self._app, self._store, self._hand = app, store, hand
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._until(self._is_ready)
            say("READY")
            if self._sells:
                with BenchClient(self._bench_socket) as bench:
                    while True:
                        self._sell(bench)
                        threading.Event().wait(CARD_AWAY_S)
            self._until(lambda: self._waiting() == 0)
            say("SETTLED")
        finally:
            self._hand.close_window()

    def _sell(self, bench: BenchClient) -> None:
        self._hand.tap("begin")
        self._hand.tap(COMBO)
        self._hand.tap("add")
        self._hand.tap("checkout")
        say("CARD")
        bench.tap(MEMBER_CARD)
        self._until(lambda: self._state.outcome is not None)
        outcome = self._state.outcome
        if isinstance(outcome, Paid):
            say(f"PAID {outcome.order.id}")
        self._hand.tap("done" if isinstance(outcome, Paid) else "leave")
        self._until(lambda: self._state.screen is ScreenName.ATTRACT)

    @property
    def _state(self) -> State:
        return self._app.state

    def _is_ready(self) -> bool:
        devices = self._state.devices.values()
        ready = [d for d in devices if d.state is DeviceState.READY]
        return self._state.menu is not None and self._state.link is LinkState.ONLINE and len(ready) == 3

    def _waiting(self) -> int:
        with self._store.transaction() as tx:
            return tx.outbox.waiting()

    def _until(self, happened: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(int(GIVE_UP_S / 0.005)):
            if happened():
                return
            pause.wait(0.005)
        say(f"STUCK on {self._state.screen}: {self._state.outcome}")
        os._exit(3)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    config, bench_socket, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    settings = load_settings(config)
    from kiosk.logs import start_logging
    from kiosk.screens.window import prepare_window

    start_logging(settings.log, settings.terminal.state_dir)
    prepare_window(settings.screen, settings.terminal.state_dir / "kivy")
    from kiosk.bootstrap import run_terminal

    run_terminal(settings, config, SellingSession(bench_socket, sells=what == "sell"))


if __name__ == "__main__":
    main()
