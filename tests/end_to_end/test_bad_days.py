"""What a canteen's day brings, on the whole terminal: central away, reader pulled, no paper, cards that can't pay."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from kiosk.devices.bench.client import BenchClient
from tests.end_to_end.site import MEMBER, MEMBER_CARD, ROOT, Site, without_display

POOR_MEMBER = "20230102"
POOR_CARD, BLOCKED_CARD, UNKNOWN_CARD = "02004DB005", "1A0058C515", "FFFFFFFFFF"
WITHIN_S = 30.0
CARD_AWAY_S = 0.6  # longer than the site's reader takes two frames of a card for one touch


class Terminal:
    """The steered terminal and what it last showed."""

    def __init__(self, site: Site) -> None:
        with (site.folder / "terminal.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.end_to_end.remote_terminal", str(site.terminal_config)],
                cwd=ROOT,
                env=without_display(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def tap(self, *names: str) -> None:
        for name in names:
            self._ask(f"tap {name}")

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What it shows once the condition holds."""
        deadline_s = time.monotonic() + WITHIN_S
        while not condition(seen := self._ask("look")):
            assert time.monotonic() < deadline_s, seen
            Event().wait(0.05)
        return seen

    @property
    def pid(self) -> int:
        return self._process.pid

    def terminate(self) -> int:
        """As the system's service manager does; the exit status."""
        with self._process:
            self._process.terminate()
            return self._process.wait(WITHIN_S)

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the terminal ended"
        seen: dict[str, Any] = json.loads(answer)
        return seen


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.mark.timeout(240)
def test_a_bad_day(site: Site) -> None:
    terminal = Terminal(site)
    terminal.wait(lambda s: s["has_menu"] and s["link"] == "online" and _all_ready(s))
    with site.bench() as bench:
        site.central("top-up", MEMBER, "60")
        _cards_that_cannot_pay(terminal, bench)
        numbers = [_paid(terminal, bench)]
        _order_a_combo(terminal)
        numbers.append(_paid(terminal, bench))
        terminal.wait(lambda s: s["set_aside_minor"] == 4000)  # twice here: a habit
        site.stop_central()
        numbers.append(_paid_without_central(terminal, bench))
        numbers.append(_central_away(terminal, bench))
        _reader_pulled(terminal, bench)
        numbers.append(_no_paper(terminal, bench))
    site.start_central()
    terminal.wait(lambda s: s["waiting"] == 0)
    assert terminal.terminate() == 0
    assert sorted(order["number"] for order in site.orders_at_central()) == numbers == [f"A00{n}" for n in range(1, 6)]
    paid = [order for order in site.orders_at_central() if order["state"] == "paid"]
    assert len(paid) == 3


@pytest.mark.timeout(240)
def test_a_coupon_the_card_and_the_counter(site: Site) -> None:
    """A member with 3.20 and a coupon: the card pays what it can, the coupon its part, the counter takes the rest."""
    site.central("import-offers", str(ROOT / "config/demo/offers.toml"))
    assert site.central("issue-coupon", "welcome-5", POOR_MEMBER) == "coupons given: 1\n"
    terminal = Terminal(site)
    terminal.wait(lambda s: s["has_menu"] and s["link"] == "online" and _all_ready(s))
    with site.bench() as bench:
        bench.tap(POOR_CARD)
        terminal.wait(lambda s: s["screen"] == "member")
        terminal.tap("see-menu", "student-set", "add", "checkout", "coupon", "coupon-0", "pay-member")
        assert terminal.wait(lambda s: s["outcome"] == "NotCharged")["reason"] == "insufficient"
        terminal.tap("way-rest")
        due = terminal.wait(lambda s: s["outcome"] == "DueAtCounter")
        terminal.wait(lambda s: s["waiting"] == 0)
    assert terminal.terminate() == 0
    (order,) = site.orders_at_central()
    assert (order["number"], order["state"], order["member_id"]) == (due["number"], "awaiting_payment", POOR_MEMBER)
    assert "free balance 1.00 CNY" in site.central("top-up", POOR_MEMBER, "1")
    assert site.central("issue-coupon", "welcome-5", POOR_MEMBER) == "coupons given: 0\n", "a used one is had, too"


def _all_ready(seen: dict[str, Any]) -> bool:
    return len(seen["devices"]) == 3 and all(d.startswith("ready") for d in seen["devices"].values())


def _order_a_combo(terminal: Terminal) -> None:
    terminal.tap("begin", "student-set", "add", "checkout", "pay-card")


def _cards_that_cannot_pay(terminal: Terminal, bench: BenchClient) -> None:
    """One after the other on the same order: the problem screen takes the next card."""
    _order_a_combo(terminal)
    cards = {POOR_CARD: "insufficient", BLOCKED_CARD: "card_blocked", UNKNOWN_CARD: "card_unknown"}
    for card, reason in cards.items():
        bench.tap(card)
        refused = terminal.wait(lambda s, reason=reason: s["reason"] == reason)
        assert (refused["screen"], refused["outcome"]) == ("problem", "NotCharged")


def _paid(terminal: Terminal, bench: BenchClient) -> str:
    Event().wait(CARD_AWAY_S)
    bench.tap(MEMBER_CARD)
    paid = terminal.wait(lambda s: s["outcome"] == "Paid")
    terminal.tap("done")
    return str(paid["number"])


def _paid_without_central(terminal: Terminal, bench: BenchClient) -> str:
    """What was set aside for this member here is enough."""
    terminal.wait(lambda s: s["screen"] == "attract")
    _order_a_combo(terminal)
    number = _paid(terminal, bench)
    assert terminal.wait(lambda s: s["link"] == "offline")["waiting"] == 1
    return number


def _central_away(terminal: Terminal, bench: BenchClient) -> str:
    """What is left of it is not enough: that is said, nothing is charged, and the order can be paid at the counter."""
    terminal.wait(lambda s: s["screen"] == "attract")
    _order_a_combo(terminal)
    Event().wait(CARD_AWAY_S)
    bench.tap(MEMBER_CARD)
    refused = terminal.wait(lambda s: s["outcome"] == "NotCharged")
    assert (refused["screen"], refused["reason"]) == ("problem", "central_unreachable")
    assert refused["set_aside_minor"] == 1800
    terminal.tap("way-counter")
    due = terminal.wait(lambda s: s["outcome"] == "DueAtCounter")
    terminal.wait(lambda s: s["link"] == "offline")
    terminal.tap("done")
    return str(due["number"])


def _reader_pulled(terminal: Terminal, bench: BenchClient) -> None:
    bench.unplug("reader")
    terminal.wait(lambda s: s["devices"]["campus-card"].startswith("unavailable"))
    bench.plug("reader")
    terminal.wait(lambda s: s["devices"]["campus-card"].startswith("ready"))


def _no_paper(terminal: Terminal, bench: BenchClient) -> str:
    """The sale goes through; the number on the screen is what counts."""
    bench.paper("out", "receipts")
    terminal.wait(lambda s: s["devices"]["receipts"] == "unavailable paper_out")
    terminal.tap("begin", "student-set", "add", "checkout", "pay-counter")
    due = terminal.wait(lambda s: s["outcome"] == "DueAtCounter")
    return str(due["number"])
