"""The disk of a whole terminal takes no more: it says so, sells nothing more and has lost nothing later."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from kiosk.devices.bench.client import BenchClient
from kiosk.store.last_run import DATABASE
from tests.end_to_end.site import MEMBER_CARD, Site
from tests.end_to_end.test_bad_days import CARD_AWAY_S, Terminal


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def limit_files(terminal: Terminal, size: int) -> None:
    """From now on the kernel lets no file of that program grow beyond `size` bytes: the same to it as a full disk,
    which cannot be had without being root."""
    _, hard = resource.prlimit(terminal.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(terminal.pid, resource.RLIMIT_FSIZE, (size, hard))


def orders_combo(terminal: Terminal) -> None:
    terminal.wait(lambda s: s["screen"] == "attract")
    terminal.tap("begin", "student-set", "add", "checkout")


def pays(terminal: Terminal, bench: BenchClient) -> str:
    orders_combo(terminal)
    terminal.tap("pay-card")
    Event().wait(CARD_AWAY_S)
    bench.tap(MEMBER_CARD)
    number = str(terminal.wait(lambda s: s["outcome"] == "Paid")["number"])
    terminal.tap("done")
    return number


@pytest.mark.timeout(240)
def test_a_full_disk(site: Site) -> None:
    terminal = Terminal(site)
    terminal.wait(lambda s: s["has_menu"] and s["link"] == "online" and s["devices"]["campus-card"].startswith("ready"))
    with site.bench() as bench:
        site.central("top-up", "20230101", "100")
        numbers = [pays(terminal, bench)]
        terminal.wait(lambda s: s["waiting"] == 0)
        site.stop_central()  # what is sold next is on this disk alone
        orders_combo(terminal)
        terminal.tap("pay-counter")
        numbers.append(str(terminal.wait(lambda s: s["outcome"] == "DueAtCounter")["number"]))
        terminal.tap("done")
        _meets_the_end(terminal, site)
        assert terminal.terminate() == 0
        terminal = Terminal(site)
        terminal.wait(lambda s: s["waiting"] == 1 and not s["out_of_order"])
        site.start_central()
        terminal.wait(lambda s: s["waiting"] == 0 and s["link"] == "online")
        terminal.wait(lambda s: s["devices"].get("campus-card", "").startswith("ready"))
        numbers.append(pays(terminal, bench))
        terminal.wait(lambda s: s["waiting"] == 0)
    assert terminal.terminate() == 0
    assert sorted(order["number"] for order in site.orders_at_central()) == numbers == ["A001", "A002", "A003"]


def _meets_the_end(terminal: Terminal, site: Site) -> None:
    """The order that no longer fits: nothing was charged, and the next customer sees that there is no point in it."""
    terminal.wait(lambda s: s["printing"] == 0)  # what a printer reports is written down too
    limit_files(terminal, (site.folder / "terminal" / f"{DATABASE}-wal").stat().st_size)
    orders_combo(terminal)
    terminal.tap("pay-counter")
    seen = terminal.wait(lambda s: s["outcome"] != "")
    assert (seen["screen"], seen["outcome"], seen["reason"]) == ("problem", "NotCharged", "storage_failed")
    terminal.tap("way-leave")
    seen = terminal.wait(lambda s: s["screen"] == "attract")
    assert seen["out_of_order"]
    terminal.tap("start-area")
    assert terminal.wait(lambda s: s["out_of_order"])["screen"] == "attract"
