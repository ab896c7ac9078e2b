"""A real session played on the real terminal: touches on its window, cards and papers through the simulated devices'
bytes, orders at central. What `make run` does where there is no display."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from kiosk.companions import CompanionFailed, run_once
from kiosk.devices.bench.client import BenchClient, BenchError
from kiosk.devices.bench.messages import control_socket_path
from kiosk.screens.flow.state import ScreenName
from kiosk.script import Hand, ShowsState
from kiosk.services.events import DeviceState, LinkState
from kiosk.services.outcomes import DueAtCounter, NotCharged, Paid
from kiosk.services.ports import Store
from kiosk.settings import Settings

MEMBER, MEMBER_CARD = "20230101", "62E3086CED"
POOR_CARD = "02004DB005"
COMBO = "student-set"
DISH = "kung-pao-chicken"
SLOT, OTHER_DISH, OPTION = "main", "fish-fragrant-pork", "option-spice-mild-none"

_READY_WITHIN_S = 60.0
_STEP_WITHIN_S = 15.0
_LOOK_EVERY_S = 0.02


class DemonstrationFailed(Exception):
    """Something did not happen in time; the message says what."""


class Demonstration:
    """Plays three customers and says step by step what happened. `succeeded` is true once all went as it should."""

    def __init__(self, settings: Settings, out: Path, report: TextIO) -> None:
        self._settings = settings
        self._out = out
        self._report = report
        self._began_s = time.monotonic()
        self._papers_seen: dict[str, int] = {}
        self.succeeded = False

    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        """Returns at once; the window closes at the end."""
        self._app, self._store, self._hand = app, store, hand
        threading.Thread(target=self._play, name="demonstration", daemon=True).start()

    def _play(self) -> None:
        try:
            self._wait("terminal ready, central in step, devices connected", self._is_ready, _READY_WITHIN_S)
            with BenchClient(control_socket_path(self._settings)) as bench:
                self._bench = bench
                self._member_orders_a_combo()
                self._guest_pays_at_the_counter()
                self._card_with_too_little_balance()
            self.succeeded = True
            self._say(f"Done. Pictures and papers are in {self._out}/.")
        except (DemonstrationFailed, BenchError, CompanionFailed, TimeoutError, LookupError) as error:
            self._say(f"FAILED: {error or type(error).__name__}")
            self._picture("failed")
        finally:
            self._hand.close_window()

    # --- the three customers ---

    def _member_orders_a_combo(self) -> None:
        config = str(self._settings.central.embedded)
        self._say(f"   at central: {run_once(['central', 'top-up', '--config', config, MEMBER, '50']).strip()}")
        self._say("1. A member orders a combo with another dish and an option, and pays by card.")
        self._tap("attract", "begin")
        self._tap("menu", COMBO)
        self._change_the_combo()
        self._tap("combo", "add")
        self._tap("menu-with-cart", "checkout")
        self._picture("checkout")
        self._tap(None, "pay-card")
        self._wait("the terminal waits for a card", lambda: self._screen() is ScreenName.PAYING)
        self._picture("paying")
        order_number = self._paid_by(MEMBER_CARD)
        self._paper("receipts", "receipt-member")
        self._paper("kitchen", "kitchen-ticket-member")
        self._reached_central(order_number)
        self._next_customer()

    def _guest_pays_at_the_counter(self) -> None:
        self._say("2. A guest takes one dish and will pay at the counter.")
        self._tap("attract-guest", "begin")
        self._tap(None, "category-signature")
        self._add_to_cart("menu-mains", f"{DISH} plus")
        self._tap(None, "checkout")
        self._tap("checkout-guest", "pay-counter")
        self._wait("order taken, to be paid at the counter", lambda: isinstance(self._app.state.outcome, DueAtCounter))
        self._picture("result-counter")
        outcome = self._app.state.outcome
        number = outcome.order.number if isinstance(outcome, DueAtCounter) else ""
        self._paper("receipts", "counter-slip")
        self._reached_central(number)
        self._next_customer()

    def _card_with_too_little_balance(self) -> None:
        self._say("3. A card with too little balance: nothing is charged.")
        self._tap(None, "begin")
        self._tap(None, COMBO)
        self._tap(None, "add")
        self._tap(None, "checkout")
        self._tap(None, "pay-card")
        self._bench.tap(POOR_CARD)
        self._wait("refused, nothing charged", lambda: isinstance(self._app.state.outcome, NotCharged))
        self._picture("problem-insufficient")

    # --- steps ---

    def _change_the_combo(self) -> None:
        """Another dish in one of its places, and an option of that dish."""
        for test_id in (f"slot-{SLOT}", f"slot-{SLOT}-{OTHER_DISH}", OPTION):
            self._tap(None, test_id)

    def _add_to_cart(self, picture_before: str, plus: str) -> None:
        """A touch on a list that still rolls only stops it, as under any finger: then touch again."""
        for _ in range(3):
            self._tap(picture_before, plus)
            if self._happens(lambda: self._app.state.session.cart.item_count == 1, 1.0):
                return
        raise DemonstrationFailed(f"{plus} adds nothing")

    def _paid_by(self, card_uid: str) -> str:
        began_s = time.monotonic()
        self._bench.tap(card_uid)
        self._wait("paid", lambda: isinstance(self._app.state.outcome, Paid))
        outcome = self._app.state.outcome
        if not isinstance(outcome, Paid):
            raise DemonstrationFailed("the result went away")
        took_ms = (time.monotonic() - began_s) * 1000
        order = outcome.order
        self._say(f"   order {order.number}, ¥{order.total.decimal_text()}, {took_ms:.0f} ms after the card")
        self._picture("result-paid")
        return order.number

    def _paper(self, printer: str, name: str) -> None:
        index = self._papers_seen.get(printer, 0)
        if len(self._bench.papers(printer, at_least=index + 1, timeout_s=_STEP_WITHIN_S)) <= index:
            raise DemonstrationFailed(f"no paper from {printer!r}")
        self._papers_seen[printer] = index + 1
        path = self._out / f"{name}.png"
        self._bench.save_paper(printer, index, path)
        self._say(f"   paper from {printer!r}: {path}")

    def _reached_central(self, number: str) -> None:
        self._wait("uploaded to central", self._outbox_is_empty)
        config = str(self._settings.central.embedded)
        orders = json.loads(run_once(["central", "orders", "--json", "--config", config]))
        if not any(order["number"] == number for order in orders):
            raise DemonstrationFailed(f"central does not know order {number}")
        self._say(f"   central has order {number}")

    def _next_customer(self) -> None:
        self._tap(None, "done")
        self._wait("back to the attract screen", lambda: self._screen() is ScreenName.ATTRACT)

    # --- looking and saying ---

    def _is_ready(self) -> bool:
        state = self._app.state
        devices = len(self._settings.card_reader) + len(self._settings.printer)
        ready = [d for d in state.devices.values() if d.state is DeviceState.READY]
        return state.menu is not None and state.link is LinkState.ONLINE and len(ready) == devices

    def _outbox_is_empty(self) -> bool:
        with self._store.transaction() as tx:
            return tx.outbox.waiting() == 0

    def _screen(self) -> ScreenName:
        return self._app.state.screen

    def _tap(self, picture_before: str | None, test_id: str) -> None:
        if picture_before:
            self._picture(picture_before)
        self._hand.tap(test_id)
        self._say(f"   touched {test_id}")

    def _picture(self, name: str) -> None:
        self._hand.picture(self._out / f"{name}.png")

    def _wait(self, what: str, happened: Callable[[], bool], within_s: float = _STEP_WITHIN_S) -> None:
        began_s = time.monotonic()
        if not self._happens(happened, within_s):
            raise DemonstrationFailed(f"not within {within_s:.0f} s: {what}")
        self._say(f"   {what} ({(time.monotonic() - began_s) * 1000:.0f} ms)")

    def _happens(self, condition: Callable[[], bool], within_s: float) -> bool:
        deadline_s = time.monotonic() + within_s
        pause = threading.Event()
        while not condition():
            if time.monotonic() > deadline_s:
                return False
            pause.wait(_LOOK_EVERY_S)
        return True

    def _say(self, text: str) -> None:
        self._report.write(f"[{time.monotonic() - self._began_s:6.2f} s] {text}\n")
        self._report.flush()
