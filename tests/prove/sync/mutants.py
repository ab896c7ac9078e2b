"""Planted bugs: centrals and terminals with one thing wrong, everything else being the real program. Each is handed in
where the real part would go; a proof that does not catch them proves nothing."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Connection, delete

from central.app import create_app
from central.feed.waiting import FeedWaiters
from central.push import repository
from central.push.repository import quarantined_event, received_event
from central.push.service import Batch, receive, receive_all
from central.server import Server
from central.settings import load_settings
from central.terminals.identity import Terminal
from central.transactions import Transaction, Transactions
from kiosk.services.ports import CentralUnreachable
from kiosk.sync import wire
from kiosk.sync.client import CentralClient
from tests.central.sales import new_id
from tests.central.support import Central
from tests.central.support import Terminal as SigningTerminal

T = TypeVar("T")
Receive = Callable[[], Awaitable[dict[str, Any]]]
Intake = Callable[[Transaction, Terminal, int, Sequence[wire.PushedEvent]], wire.PushReply]
_START_WITHIN_S = 20
_NAMED = re.compile(r'Kiosk terminal="([^"]+)"')

change = msgspec.structs.replace


class OtherIntake(Transactions):
    """Central's transactions with another intake for pushed events."""

    def __init__(self, central: Central, intake: Intake) -> None:
        super().__init__(central.parts.database, central.parts.installation.currency, clock=central.clock)
        self._intake = intake

    def write(self, work: Callable[[Transaction], T]) -> T:
        if isinstance(work, partial) and work.func is receive_all:
            batches = work.keywords["batches"]
            return super().write(lambda tx: cast(T, [self._receive(tx, batch) for batch in batches]))
        return super().write(work)

    def _receive(self, tx: Transaction, batch: Batch) -> wire.PushReply:
        return self._intake(tx, batch.terminal, batch.first_seq, batch.events)


class AfterEachWrite(Transactions):
    """Central's transactions, each of which also does something that it should not."""

    def __init__(self, central: Central, sabotage: Callable[[Connection], object]) -> None:
        super().__init__(central.parts.database, central.parts.installation.currency, clock=central.clock)
        self._sabotage = sabotage

    def write(self, work: Callable[[Transaction], T]) -> T:
        def both(tx: Transaction) -> T:
            result = work(tx)
            self._sabotage(tx.connection)
            return result

        return super().write(both)


@contextmanager
def serving(
    central: Central, transactions: Transactions, wrapped: Callable[[Any], Any] = lambda app: app
) -> Iterator[str]:
    """A second server over that central's database, whose transactions are the ones given; its URL."""
    waiters = FeedWaiters()
    parts = replace(central.parts, transactions=transactions, waiters=waiters)
    urls: list[str] = []
    ready = threading.Event()

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    server = Server(wrapped(create_app(parts)), load_settings(central.config).listen, waiters, on_ready)
    thread = threading.Thread(target=server.listen_and_serve, name="mutant")
    thread.start()
    try:
        assert ready.wait(_START_WITHIN_S), "the mutant did not start"
        yield urls[0]
    finally:
        server.should_exit = True
        thread.join(_START_WITHIN_S)
        assert not thread.is_alive(), "the mutant did not stop"


# --- intake ---


def without_dedupe(
    tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
) -> wire.PushReply:
    """Remembers neither numbers nor ids of events, and files orders under ids of its own."""
    last_seq = _lock_position(tx, terminal)
    if first_seq > last_seq:
        return receive(tx, terminal, first_seq, events)
    _forget_from(tx, terminal, first_seq)
    again = [_under_new_ids(e) if seq <= last_seq else e for seq, e in enumerate(events, first_seq)]
    reply = receive(tx, terminal, first_seq, again)
    _set_position(tx, terminal, max(last_seq, reply.last_seq))
    return wire.PushReply(max(last_seq, reply.last_seq))


def accepting_gaps(
    tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
) -> wire.PushReply:
    """Takes whatever number comes for the next one."""
    if first_seq > _lock_position(tx, terminal) + 1:
        _set_position(tx, terminal, first_seq - 1)
    return receive(tx, terminal, first_seq, events)


def forgetting_after_a_month(
    tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
) -> wire.PushReply:
    """Tidies away what it received more than thirty days ago."""
    old = received_event.c.received_at < tx.now - timedelta(days=30)
    tx.connection.execute(delete(received_event).where(old))
    return receive(tx, terminal, first_seq, events)


def trusting_ids(
    tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
) -> wire.PushReply:
    """Takes an event with a known id for the known event, whatever its body says."""
    if not list(repository.received_ids(tx.connection, [e.id for e in events])):
        return receive(tx, terminal, first_seq, events)
    last_seq = max(_lock_position(tx, terminal), first_seq + len(events) - 1)
    _set_position(tx, terminal, last_seq)
    return wire.PushReply(last_seq)


def dropping_poison(
    tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
) -> wire.PushReply:
    """What cannot be booked is counted as received and kept nowhere."""
    reply = receive(tx, terminal, first_seq, events)
    of_terminal = quarantined_event.c.terminal_id == terminal.id
    for poison in reply.quarantined:
        tx.connection.execute(delete(quarantined_event).where(of_terminal, quarantined_event.c.seq == poison.seq))
    return reply


class StoppedAtPoison(Exception):
    """What a central that is not prepared for it meets."""


class StoppingAtPoison:
    """An intake that fails at an event that cannot be booked, again and again for that long, before it takes it."""

    def __init__(self, for_s: float) -> None:
        self._for_s = for_s
        self._first_met_s: dict[tuple[str, int], float] = {}

    def __call__(
        self, tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]
    ) -> wire.PushReply:
        reply = receive(tx, terminal, first_seq, events)
        for poison in reply.quarantined:
            first_met_s = self._first_met_s.setdefault((terminal.id, poison.seq), time.monotonic())
            if time.monotonic() - first_met_s < self._for_s:
                raise StoppedAtPoison(poison.reason)
        return reply


def _lock_position(tx: Transaction, terminal: Terminal) -> int:
    sender = terminal.id, terminal.incarnation
    return repository.lock_positions(tx.connection, [sender])[sender]


def _set_position(tx: Transaction, terminal: Terminal, last_seq: int) -> None:
    repository.set_positions(tx.connection, {(terminal.id, terminal.incarnation): last_seq})


def _forget_from(tx: Transaction, terminal: Terminal, first_seq: int) -> None:
    table = received_event.c
    of_terminal = (table.terminal_id == terminal.id) & (table.incarnation == terminal.incarnation)
    tx.connection.execute(delete(received_event).where(of_terminal, table.seq >= first_seq))
    _set_position(tx, terminal, first_seq - 1)


def _under_new_ids(pushed: wire.PushedEvent) -> wire.PushedEvent:
    event = wire.decode_event(pushed.body)
    assert isinstance(event, wire.OrderRecorded)
    order = replace(event.order, id=new_id())
    payment = replace(event.payment, id=new_id(), order_id=order.id)
    spend = event.spend and replace(event.spend, payment_id=payment.id)
    changed = change(event, order=order, payment=payment, spend=spend)
    return wire.PushedEvent(pushed.id, msgspec.Raw(wire.encode(changed)))


# --- identity ---


class BelievesAnyone:
    """An ASGI application in front of central that signs each request anew, with the key of the terminal that it names:
    a central for which the name is enough. `terminals` by id; it grows as they enrol."""

    def __init__(self, app: Any, terminals: Mapping[str, SigningTerminal]) -> None:
        self._app = app
        self._terminals = terminals

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        named = _NAMED.match(headers.get(b"authorization", b"").decode())
        if named is None or named[1] not in self._terminals:
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        authorization = self._terminals[named[1]].authorization(scope["method"], target, body)
        headers[b"authorization"] = authorization.encode()
        whole = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive_again() -> dict[str, Any]:
            return next(whole, None) or await receive()

        await self._app(scope | {"headers": list(headers.items())}, receive_again, send)


# --- terminal ---


class AcknowledgesWhatItSent(CentralClient):
    """Has the sender believe that central has what was sent to it, whatever central said, and if it said nothing."""

    def push(self, batch: wire.PushBatch) -> wire.PushReply:
        try:
            super().push(batch)
        except CentralUnreachable:
            pass
        return wire.PushReply(batch.first_seq + len(batch.events) - 1)
