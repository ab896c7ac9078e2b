"""Every order of every terminal's outbox is at central once, to the cent: over a line that loses a fifth of all
requests and a fifth of all replies, with two workers racing on each outbox, and with a central put back to a copy."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from kiosk.sync.client import CentralClient
from tests.central.conftest import DATABASES
from tests.central.support import Central, Diner, made_central, running_central
from tests.central.test_process import Serving
from tests.prove.sync.books import faults_in_books
from tests.prove.sync.lossy_line import Fate, LossyLine, a_fifth_of_each_lost
from tests.prove.sync.mutants import (
    AcknowledgesWhatItSent,
    Intake,
    OtherIntake,
    accepting_gaps,
    serving,
    without_dedupe,
)
from tests.prove.sync.tills import MakeClient, Sold, Till, opened_tills, sales_of, send_all

OPENING_MINOR = 90_000_00
SMALL, SMALL_TILLS = 450, 3


def some_members(central: Central, count: int) -> list[Diner]:
    members = [Diner(f"p{i:05}", f"{i:010X}") for i in range(1, count + 1)]
    opening = f"{OPENING_MINOR // 100}.00"
    central.import_members("".join(f"{m.id},王小明,甲班,{m.card_uid},,{opening},\n" for m in members))
    return members


def push_over_a_lossy_line(
    central: Central,
    folder: Path,
    orders: int,
    tills: int,
    chance: random.Random,
    *,
    urls: Sequence[str] = (),
    workers: int = 2,
    make_client: MakeClient = CentralClient,
) -> list[str]:
    """The faults found in the books afterwards. `urls` is where to push to, if not to `central` itself."""
    sold, members = Sold(), some_members(central, max(10, orders // 250))
    with opened_tills(central, folder, tills) as opened:
        began_s = time.monotonic()
        for till in opened:
            till.record(sales_of(central, till, members, orders // tills, chance, sold))
        filled_s = time.monotonic()
        with LossyLine(urls or [central.url], a_fifth_of_each_lost(chance)) as line:
            send_all(opened, line.url, workers, max(60, orders / 50), make_client)
        pushed_s = time.monotonic()
        assert [till.waiting() for till in opened] == [0] * tills
        assert line.met[Fate.REQUEST_LOST], "no request was lost"
        assert line.met[Fate.REPLY_LOST], "no reply was lost"
    met = ", ".join(f"{fate.value} {line.met[fate]}" for fate in Fate)
    sys.stdout.write(
        f"{len(sold.totals)} orders: {filled_s - began_s:.1f} s to fill the outboxes, {pushed_s - filled_s:.1f} s to "
        f"push; requests: {met}; {line.bytes_up / 1e6:.1f} MB up\n"
    )
    return faults_in_books(central, sold, members, OPENING_MINOR)


def test_nothing_missing_and_nothing_twice(fresh_central: Central, tmp_path: Path, chance: random.Random) -> None:
    assert push_over_a_lossy_line(fresh_central, tmp_path, SMALL, SMALL_TILLS, chance) == []


@pytest.mark.prove
@pytest.mark.parametrize("database", DATABASES)
def test_nothing_missing_and_nothing_twice_of_very_many(
    request: pytest.FixtureRequest, tmp_path: Path, chance: random.Random, database: str
) -> None:
    """To central processes of their own: one on SQLite, two that share a PostgreSQL. Nobody else books what they
    stored."""
    orders, processes, url = 100_000, 1, None
    if database == "postgresql":
        orders, processes, url = 6_000, 2, request.getfixturevalue("postgresql_with_tables")()
    with made_central(tmp_path, url) as (config, parts, clock), ExitStack() as stack:
        serving = [Serving(config) for _ in range(processes)]
        for process in serving:
            stack.callback(process.stop)
        urls = [process.url for process in serving]
        http = stack.enter_context(httpx.Client(base_url=urls[0], trust_env=False))
        central = Central(urls[0], parts, config, clock, tmp_path, http)
        assert push_over_a_lossy_line(central, tmp_path, orders, 4, chance, urls=urls) == []


def test_a_central_without_dedupe_is_caught(tmp_path: Path, chance: random.Random) -> None:
    with running_central(tmp_path) as central, serving(central, OtherIntake(central, without_dedupe)) as url:
        faults = push_over_a_lossy_line(central, tmp_path, SMALL, SMALL_TILLS, chance, urls=[url])
    assert kinds(faults) >= {"orders nobody sold", "events in quarantine"}, faults


def test_a_sender_that_acknowledges_what_it_sent_is_caught(tmp_path: Path, chance: random.Random) -> None:
    """One worker for each outbox: another one might by luck bring what the first has given up."""
    with running_central(tmp_path) as central:
        faults = push_over_a_lossy_line(
            central, tmp_path, SMALL, SMALL_TILLS, chance, workers=1, make_client=AcknowledgesWhatItSent
        )
    assert "orders missing" in kinds(faults), faults


def kinds(faults: Sequence[str]) -> set[str]:
    return {fault.split(":")[0] for fault in faults}


# --- a central put back to an older copy ---


class SetBack:
    """Terminals that push to a central which then is put back to a copy from before their last orders."""

    def __init__(self, folder: Path, orders: int, chance: random.Random) -> None:
        self._home = folder / "central"
        self._home.mkdir()
        self._folder = folder
        self._orders = orders
        self._chance = chance
        self.sold = Sold()

    def faults(self, intake: Intake | None = None, make_client: MakeClient = CentralClient) -> list[str]:
        copy = self._folder / "copy"
        with ExitStack() as stack:
            with running_central(self._home) as central:
                members = some_members(central, 20)
                tills = stack.enter_context(opened_tills(central, self._folder, 2))
                bodies = [self._sales(central, till, members) for till in tills]
                self._push(tills, [b[: len(b) // 2] for b in bodies], central.url, make_client)
            shutil.copytree(self._home, copy)
            with running_central(self._home) as central:
                self._push(tills, [b[len(b) // 2 : -1] for b in bodies], central.url, make_client)
            shutil.rmtree(self._home)
            shutil.copytree(copy, self._home)
            with running_central(self._home) as central, ExitStack() as inner:
                url = inner.enter_context(serving(central, OtherIntake(central, intake))) if intake else central.url
                self._push(tills, [b[-1:] for b in bodies], url, make_client)
                return faults_in_books(central, self.sold, members, OPENING_MINOR)

    def _sales(self, central: Central, till: Till, members: Sequence[Diner]) -> list[bytes]:
        return sales_of(central, till, members, self._orders // 2, self._chance, self.sold)

    def _push(self, tills: Sequence[Till], bodies: Sequence[list[bytes]], url: str, make_client: MakeClient) -> None:
        for till, own in zip(tills, bodies, strict=True):
            till.record(own)
        send_all(tills, url, within_s=max(60, self._orders / 50), make_client=make_client)


@pytest.mark.parametrize(
    "orders", [pytest.param(400, id="400"), pytest.param(4000, id="4000", marks=pytest.mark.prove)]
)
def test_a_central_put_back_gets_again_what_it_lost(tmp_path: Path, chance: random.Random, orders: int) -> None:
    """After the copy each terminal sends fewer events than it keeps once they are acknowledged."""
    assert SetBack(tmp_path, orders, chance).faults() == []


def test_a_central_that_accepts_gaps_is_caught(tmp_path: Path, chance: random.Random) -> None:
    faults = SetBack(tmp_path, 400, chance).faults(intake=accepting_gaps)
    assert "orders missing" in kinds(faults), faults


def test_a_sender_that_acknowledges_what_it_sent_does_not_notice_it(tmp_path: Path, chance: random.Random) -> None:
    faults = SetBack(tmp_path, 400, chance).faults(make_client=AcknowledgesWhatItSent)
    assert "orders missing" in kinds(faults), faults
