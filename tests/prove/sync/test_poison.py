"""Events that central cannot book: each is kept with the reason why, none is dropped, and the orders around them arrive
as if they were not there."""

from __future__ import annotations

import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from statistics import mean, median
from threading import Event
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from central.push.repository import quarantined_event, received_event
from kiosk.domain.ids import GrantId
from kiosk.domain.money import Money
from kiosk.domain.wallet import GrantUse
from kiosk.services.events import Event as Published
from kiosk.sync import wire
from kiosk.sync.line import CentralAddress
from kiosk.sync.worker import SyncWorker
from tests.central.support import Central, Diner, running_central, wait_until
from tests.prove.sync.books import faults_in_books
from tests.prove.sync.mutants import OtherIntake, StoppingAtPoison, dropping_poison, serving
from tests.prove.sync.tills import TIMEOUT_S, Sold, Till, ask_grant, client_of, opened_tills, sales_of, send_all

PRICE = Money(1000)
OPENING_MINOR = 50_000_00
OTHERS_DELAY_AT_MOST = 2.0

change = msgspec.structs.replace


class Poison:
    """Bodies for a terminal's outbox that central cannot book, one kind after the other."""

    def __init__(self, central: Central, till: Till, other: Till, member: Diner) -> None:
        self._till = till
        with client_of(till, central.url) as client:
            self._own = ask_grant(client, till, member, PRICE)
        with client_of(other, central.url) as client:
            self._others = ask_grant(client, other, member, PRICE)
        self._other = other

    def bodies(self) -> Iterator[bytes]:
        for number in itertools.count():
            yield from (b"[%d]" % number, b'"%d"' % number, b"1e400", b"null")  # no messages of ours
            yield from (b'{"type":"weather_report","n":%d}' % number, b"{}", b'{"type":"order_recorded"}')
            yield from (wire.encode(event) for event in self._refused())
            yield b'{"type":"grant_released","request_id":"%d"}' % number

    def _refused(self) -> Iterator[wire.OrderRecorded]:
        """Messages, but central's checks or the grant say no."""
        _, sale = self._till.sale(self._own, PRICE)
        yield change(sale, order=replace(sale.order, total=PRICE * 2))
        _, sale = self._till.sale(self._own, PRICE)
        yield change(sale, movements=(replace(sale.movements[0], portions=-(10**9)),))
        _, sale = self._till.sale(_changed(self._own, amount=PRICE * 2), PRICE * 2)
        yield sale
        _, sale = self._till.sale(self._others, PRICE)
        yield sale
        _, sale = self._till.sale(_changed(self._own, id=GrantId(uuid4())), PRICE)
        yield sale

    def close_grants(self, sold: Sold) -> None:
        """The grants were untouched: both can still be spent."""
        for till, use in ((self._till, self._own), (self._other, self._others)):
            _, sale = till.sale(use, PRICE, last=True)
            sold.add(till, sale)
            till.record([wire.encode(sale)])


def _changed(use: GrantUse, **values: object) -> GrantUse:
    return replace(use, grant=replace(use.grant, **values))  # type: ignore[arg-type]


def mixed(orders: Sequence[bytes], poison: Iterator[bytes], every: int) -> Iterator[tuple[bytes, bool]]:
    """The orders in their sequence, and after so many of them one poison event (True)."""
    for number, body in enumerate(orders, start=1):
        yield body, False
        if number % every == 0:
            yield next(poison), True


# --- nothing is dropped ---


def push_with_poison(
    central: Central, folder: Path, orders: int, every: int, chance: random.Random, url: str = "", within_s: float = 60
) -> list[str]:
    """Faults in the books afterwards, and in the quarantine."""
    central.import_members(f"p1,王小明,甲班,AAAAAAAAAA,,{OPENING_MINOR // 100}.00,\n")
    member, sold = Diner("p1", "AAAAAAAAAA"), Sold()
    with opened_tills(central, folder, 2) as (till, other):
        poison = Poison(central, till, other, member)
        bodies = list(mixed(sales_of(central, till, [member], orders, chance, sold), poison.bodies(), every))
        till.record([body for body, _ in bodies])
        poison.close_grants(sold)
        sent = Counter(body for body, is_poison in bodies if is_poison)
        sold.events[till.identity.terminal_id] += sent.total()
        send_all([till, other], url or central.url, within_s=within_s)
    faults = [f for f in faults_in_books(central, sold, [member], OPENING_MINOR) if "quarantine" not in f]
    rows = central.parts.transactions.read(lambda c: c.execute(select(quarantined_event)).all())
    kept = Counter(bytes(row.body) for row in rows)
    if kept != sent:
        faults.insert(0, f"poison dropped: {(sent - kept).total()}")
    sys.stdout.write(f"{orders} orders, {sent.total()} poison events, {kept.total()} in quarantine\n")
    return faults + [f"no reason: {row.seq}" for row in rows if not row.reason]


@pytest.mark.parametrize(
    ("orders", "every"),
    [pytest.param(260, 10, id="260"), pytest.param(1500, 100, id="1500", marks=pytest.mark.prove)],
)
def test_no_poison_is_dropped_and_no_order_suffers(
    fresh_central: Central, tmp_path: Path, chance: random.Random, orders: int, every: int
) -> None:
    assert push_with_poison(fresh_central, tmp_path, orders, every, chance, within_s=300) == []


def test_a_central_that_drops_poison_is_caught(tmp_path: Path, chance: random.Random) -> None:
    with running_central(tmp_path) as central, serving(central, OtherIntake(central, dropping_poison)) as url:
        assert push_with_poison(central, tmp_path, 100, 10, chance, url) == ["poison dropped: 10"]


def test_a_central_that_stops_at_poison_is_caught(tmp_path: Path, chance: random.Random) -> None:
    stopping = StoppingAtPoison(for_s=inf)
    with (
        running_central(tmp_path) as central,
        serving(central, OtherIntake(central, stopping)) as url,
        pytest.raises(TimeoutError, match="events still wait"),
    ):
        push_with_poison(central, tmp_path, 40, 10, chance, url, within_s=1)


# Bytes that no request can carry as they are: central cannot read the batch that they are in.
UNREADABLE = {
    "nothing": b"",
    "half a message": b'{"type":"order_recorded","order":{',
    "two messages": b"{},{}",
    "not UTF-8": b"\xff\xfe",
    "too deep": b"[" * 100_000 + b"]" * 100_000,
    "larger than a request": b'"' + bytes(range(97, 123)) * (wire.MAX_BODY_BYTES // 20) + b'"',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_bytes_that_no_request_can_carry_hold_nobody_up(tmp_path: Path, chance: random.Random, body: bytes) -> None:
    with running_central(tmp_path) as central, opened_tills(central, tmp_path, 1) as (till,):
        member, sold = central.add_member("90.00"), Sold()
        till.record([body, *sales_of(central, till, [member], 1, chance, sold)])
        send_all([till], central.url, within_s=1)
        assert len(central.parts.transactions.read(lambda c: c.execute(select(quarantined_event)).all())) == 1
        assert central.staff_get("/v1/orders")[0]["id"] in map(str, sold.totals)


# --- nobody waits for it ---

ROUNDS, ORDERS_OF_A_ROUND, PACE_S = 2, 400, 0.02


class NoScreen:
    """kiosk.services.events.EventSink."""

    def publish(self, event: Published) -> None:
        """Nobody listens."""


@contextmanager
def syncing(till: Till, url: str) -> Iterator[SyncWorker]:
    worker = SyncWorker(till.store, CentralAddress(url, TIMEOUT_S), till.identity, NoScreen(), poll_wait_s=5)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def delays_s(central: Central, till: Till, url: str, bodies: Sequence[tuple[bytes, bool]]) -> list[float]:
    """Of each order (not of poison): from its commit at the terminal to its transaction at central, while one after
    the other is sold."""
    sold_at: dict[int, datetime] = {}
    with syncing(till, url) as worker:
        for body, is_poison in bodies:
            with till.store.transaction() as tx:
                seq = tx.outbox.add(body)
            if not is_poison:
                sold_at[seq] = datetime.now(UTC)
            worker.wake()
            Event().wait(PACE_S)  # customers, not synchronisation
        wait_until(lambda: till.waiting() == 0, timeout_s=60)
    columns = received_event.c
    query = select(columns.seq, columns.received_at).where(columns.terminal_id == till.identity.terminal_id)
    received_at = central.parts.transactions.read(lambda c: {row.seq: row.received_at for row in c.execute(query)})
    return [(received_at[seq] - at).total_seconds() for seq, at in sold_at.items()]


def delay_ratio(central: Central, folder: Path, rounds: int, chance: random.Random, url: str = "") -> float:
    """How much longer orders take among poison: two terminals in turns, of one of which every hundredth is poison."""
    member = central.add_member(f"{OPENING_MINOR // 100}.00")
    delays: dict[bool, list[float]] = {False: [], True: []}
    with opened_tills(central, folder, 2) as (poisoned, clean):
        poison = Poison(central, poisoned, clean, member).bodies()
        for _, with_poison in itertools.product(range(rounds), (False, True)):
            till = poisoned if with_poison else clean
            orders = sales_of(central, till, [member], ORDERS_OF_A_ROUND, chance, Sold())
            bodies = mixed(orders, poison, 100) if with_poison else ((body, False) for body in orders)
            delays[with_poison] += delays_s(central, till, url or central.url, list(bodies))
    ratio = mean(delays[True]) / mean(delays[False])
    for with_poison, found in delays.items():
        figures_s = {"mean": mean(found), "median": median(found), "p99": sorted(found)[-len(found) // 100]}
        in_ms = ", ".join(f"{name} {1000 * value:.1f} ms" for name, value in figures_s.items())
        sys.stdout.write(f"{'1 % poison' if with_poison else 'no poison'}: {len(found)} orders, {in_ms}\n")
    sys.stdout.write(f"ratio of the means: {ratio:.2f}\n")
    return ratio


@pytest.mark.prove
def test_the_other_orders_do_not_wait_for_poison(fresh_central: Central, tmp_path: Path, chance: random.Random) -> None:
    assert delay_ratio(fresh_central, tmp_path, ROUNDS, chance) < OTHERS_DELAY_AT_MOST


@pytest.mark.prove
def test_a_central_that_stops_at_poison_for_a_second_is_caught(tmp_path: Path, chance: random.Random) -> None:
    stopping = StoppingAtPoison(for_s=1)
    with running_central(tmp_path) as central, serving(central, OtherIntake(central, stopping)) as url:
        assert delay_ratio(central, tmp_path, 1, chance, url) > OTHERS_DELAY_AT_MOST
