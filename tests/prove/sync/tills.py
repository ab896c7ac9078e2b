"""Terminals as far as sync goes: enrolled, with a real store, and an outbox full of orders that add up to the cent."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from uuid import UUID

from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.domain.stock import movements_for_sale
from kiosk.domain.wallet import Grant, GrantUse
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.client import CentralClient
from kiosk.sync.enrol import enrol
from kiosk.sync.line import CentralAddress, CentralBusy
from kiosk.sync.push import OutboxSender
from tests.central.sales import an_order, counter_order, new_id
from tests.central.support import Central, Diner
from tests.store.sales import new_store

TIMEOUT_S = 20.0
DISH = "rice"
SPENDS_OF_A_GRANT = 100
# What is left of each grant when it is closed: central must free it.
REST_MINOR = 7
COUNTER_EVERY = 10
EVENTS_OF_A_FILL = 1000
PAUSE_S = 2.0
POINTS = PointsRule()

MakeClient = Callable[[CentralAddress, TerminalIdentity], CentralClient]


@dataclass
class Sold:
    """What terminals recorded, and central must have once."""

    totals: dict[UUID, int] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, till: Till, event: wire.OrderRecorded) -> None:
        self.totals[event.order.id] = event.order.total.minor
        self.events[till.identity.terminal_id] += 1
        if event.order.member_id is not None:
            self.spent[event.order.member_id] += event.order.total.minor
            self.points[event.order.member_id] += event.points


@dataclass
class Till:
    identity: TerminalIdentity
    store: SqliteStore
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> str:
        return f"{self.identity.letter}{next(self._numbers):03}"

    def waiting(self) -> int:
        with self.store.transaction() as tx:
            return tx.outbox.waiting()

    def record(self, bodies: Sequence[bytes]) -> None:
        """Into the outbox, as sales put them there."""
        for start in range(0, len(bodies), EVENTS_OF_A_FILL):
            with self.store.transaction() as tx:
                for body in bodies[start : start + EVENTS_OF_A_FILL]:
                    tx.outbox.add(body)

    def sale(self, use: GrantUse, price: Money, *, last: bool = False) -> tuple[GrantUse, wire.OrderRecorded]:
        """An order paid with the next spend under that grant, which the last one closes."""
        order = an_order(self, price.decimal_text(), DISH, OrderState.PAID, use.grant.member_id)
        payment = Payment(
            PaymentId(new_id()), order.id, PaymentMethod.BALANCE, order.total, PaymentState.PAID, order.member_id
        )
        use, spend = use.spend(payment.id, price)
        use = use.close() if last else use
        event = wire.OrderRecorded(
            order,
            payment,
            movements_for_sale(order),
            spend=spend,
            close_after=use.spends if use.closed else None,
            points=POINTS.points_for(price),
        )
        return use, event


@contextmanager
def opened_tills(central: Central, folder: Path, count: int) -> Iterator[list[Till]]:
    """Newly enrolled ones, each with a store of its own."""
    with ExitStack() as stack:
        tills = []
        for i in range(count):
            code = central.parts.transactions.write(central.parts.desk.make_code)
            identity = enrol(CentralAddress(central.url, TIMEOUT_S), code, f"终端 {i}")
            own = folder / f"till-{identity.letter}"
            own.mkdir()
            store = new_store(own, identity)
            stack.callback(store.close)
            tills.append(Till(identity, store, own))
        yield tills


@contextmanager
def client_of(till: Till, url: str, make_client: MakeClient = CentralClient) -> Iterator[CentralClient]:
    client = make_client(CentralAddress(url, TIMEOUT_S), till.identity)
    try:
        yield client
    finally:
        client.line.close()


def ask_grant(client: CentralClient, till: Till, member: Diner, amount: Money) -> GrantUse:
    request_id = new_id()
    reply = client.grant(wire.GrantRequest(request_id, member.card_uid, amount))
    assert reply.grant_id is not None, reply
    assert reply.member_id is not None
    grant = Grant(
        GrantId(reply.grant_id),
        PaymentId(request_id),
        reply.member_id,
        till.identity.terminal_id,
        till.identity.incarnation,
        amount,
    )
    return GrantUse(grant, Money.zero())


def sales_of(
    central: Central, till: Till, members: Sequence[Diner], count: int, chance: random.Random, sold: Sold
) -> list[bytes]:
    """So many orders as bodies for the outbox: most by balance under grants that central gave, some for the counter."""
    events: list[wire.OrderRecorded] = []
    by_counter = count // COUNTER_EVERY
    with client_of(till, central.url) as client:
        while len(events) < count - by_counter:
            prices = [Money(chance.randint(101, 1999)) for _ in range(SPENDS_OF_A_GRANT)]
            prices = prices[: count - by_counter - len(events)]
            amount = Money.sum(prices) + Money(REST_MINOR)
            use = ask_grant(client, till, chance.choice(members), amount)
            for i, price in enumerate(prices, start=1):
                use, event = till.sale(use, price, last=i == len(prices))
                events.append(event)
    for _ in range(by_counter):
        price = Money(chance.randint(101, 1999)).decimal_text()
        events.insert(chance.randint(0, len(events)), counter_order(till, price, DISH))
    for event in events:
        sold.add(till, event)
    return [wire.encode(event) for event in events]


def send_all(
    tills: Sequence[Till], url: str, workers: int = 2, within_s: float = 60, make_client: MakeClient = CentralClient
) -> None:
    """Empty each outbox, with so many workers that race on it."""

    def work(till: Till) -> None:
        with client_of(till, url, make_client) as client:
            sender = OutboxSender(client, till.store)
            while time.monotonic() < deadline_s:
                try:
                    if not sender.send_batch():
                        return
                except CentralBusy:
                    Event().wait(PAUSE_S)  # as the terminal's worker does: what came before is still being booked
                except CentralUnreachable:
                    pass  # lost on the way: send again
            raise TimeoutError(f"{till.waiting()} events still wait after {within_s:.0f} s")

    deadline_s = time.monotonic() + within_s
    with ThreadPoolExecutor(len(tills) * workers) as threads:
        racing = [threads.submit(work, till) for till in tills for _ in range(workers)]
        for worker in racing:
            worker.result()
