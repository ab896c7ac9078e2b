"""Intake of what terminals did: every event once, in order, and none lost.

An event that cannot be booked is kept in quarantine and counts as received, so that it never blocks those behind it.
Plain sales are booked many at once, with as many statements for hundreds as for one; all else one by one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DataError, IntegrityError

from central.errors import CentralError
from central.feed.changes import Changes
from central.kitchen.following import follow
from central.orders.sales import Sale, record_sales
from central.push import backlog, repository
from central.push.booking import book_one
from central.push.repository import Sender
from central.push.subjects import subject_of
from central.statements import savepoint
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import unix_ms_of
from kiosk.sync import wire
from kiosk.sync.wire import OrderRecorded, PushedEvent, PushReply, Quarantined, TerminalEvent, WireError

MAX_REASON_CHARS = 300
# What the database says to a value that no column holds, or when another terminal was quicker with the same id.
_LONG = timedelta(days=1)
_REFUSED_BY_DATABASE = (IntegrityError, DataError, OverflowError)
# By role, of those that sell nothing: what they may tell of.
_TELLS: Mapping[str, tuple[type, ...]] = {"kitchen": (wire.TicketMarked, wire.StockActRecorded), "board": ()}


class EventRefused(CentralError):
    """The event's own id or size is wrong."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one terminal, numbered from `first_seq`. `sent_ms`: see wire.PushBatch. `is_backlog`: they have waited
    for long, nobody knows how long."""

    terminal: Terminal
    first_seq: int
    events: Sequence[PushedEvent]
    sent_ms: int = 0
    is_backlog: bool = False

    def waited(self, event: PushedEvent) -> timedelta:
        """At the terminal, by its own clock."""
        if self.is_backlog:
            return _LONG
        ms = self.sent_ms - unix_ms_of(event.id) if self.sent_ms else 0
        return timedelta(milliseconds=min(_LONG // timedelta(milliseconds=1), max(0, ms)))


@dataclass(slots=True)
class _Arrival:
    """An event with its number. `reason`: why it is in quarantine, "" when it is not. `about`: see `subject_of`."""

    terminal: Terminal
    seq: int
    pushed: PushedEvent
    sha256: bytes
    waited: timedelta
    reason: str = ""
    about: UUID | None = None

    @property
    def sender(self) -> Sender:
        return self.terminal.id, self.terminal.incarnation


def receive(tx: Transaction, terminal: Terminal, first_seq: int, events: Sequence[PushedEvent]) -> PushReply:
    """Take in events numbered from `first_seq`; stops at a gap. The reply says up to where everything is in."""
    return receive_all(tx, [Batch(terminal, first_seq, events)])[0]


def receive_all(tx: Transaction, batches: Sequence[Batch]) -> list[PushReply]:
    """The same for batches of different terminals, a reply for each. Where a backlog of the terminal waits to be
    booked, its batch waits behind it."""
    repository.lock_positions(tx.connection, [(b.terminal.id, b.terminal.incarnation) for b in batches])
    waiting = repository.terminals_waiting(tx.connection, [b.terminal.id for b in batches])
    replies = iter(book_all(tx, [b for b in batches if b.terminal.id not in waiting]))
    return [_store(tx, batch) if batch.terminal.id in waiting else next(replies) for batch in batches]


def _store(tx: Transaction, batch: Batch) -> PushReply:
    packed = wire.pack_batch(wire.PushBatch(batch.first_seq, tuple(batch.events)))
    return backlog.store(tx, batch.terminal, wire.PackedHead(batch.first_seq, len(batch.events)), packed)


def book_all(tx: Transaction, batches: Sequence[Batch]) -> list[PushReply]:
    """Book them now, also what was stored as a backlog: numbers count as taken in when the event was."""
    if not batches:
        return []
    before = repository.lock_positions(tx.connection, [(b.terminal.id, b.terminal.incarnation) for b in batches])
    arrived = [_without_gap(batch, before) for batch in batches]
    arrivals = [arrival for of_batch in arrived for arrival in of_batch]
    fresh = _without_known(tx, arrivals, before)
    _take_in(tx, fresh)
    rows = [{"event_id": a.pushed.id, "body_sha256": a.sha256, "about": a.about} | _row_of(tx, a) for a in fresh]
    repository.add_received(tx.connection, rows)
    _quarantine(tx, [arrival for arrival in arrivals if arrival.reason])
    after = before | {a.sender: max(a.seq, before[a.sender]) for a in arrivals}
    repository.set_positions(tx.connection, after)
    return [
        PushReply(
            after[batch.terminal.id, batch.terminal.incarnation],
            tuple(Quarantined(a.seq, a.reason) for a in of_batch if a.reason),
        )
        for batch, of_batch in zip(batches, arrived, strict=True)
    ]


def _without_gap(batch: Batch, positions: dict[Sender, int]) -> list[_Arrival]:
    """The batch's events, if nothing is missing before them."""
    if batch.first_seq > positions[batch.terminal.id, batch.terminal.incarnation] + 1:
        return []
    return [
        _Arrival(batch.terminal, seq, event, hashlib.sha256(event.body).digest(), batch.waited(event))
        for seq, event in enumerate(batch.events, start=batch.first_seq)
    ]


# --- numbers that were taken in before ---


def _without_known(tx: Transaction, arrivals: Sequence[_Arrival], positions: dict[Sender, int]) -> list[_Arrival]:
    """Those whose number is new. The others are normally the same event again. Another one under the same number was
    sold by a terminal that forgot it had used the number; it is kept too."""
    again: dict[Sender, list[_Arrival]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.seq <= positions[arrival.sender]:
            again[arrival.sender].append(arrival)
    known: set[tuple[Sender, int]] = set()
    for sender, of_sender in again.items():
        numbers = of_sender[0].seq, of_sender[-1].seq
        received = repository.received_between(tx.connection, sender, *numbers)
        reasons = repository.quarantine_reasons(tx.connection, sender, *numbers)
        for arrival in of_sender:
            if arrival.seq not in received:
                continue
            if received[arrival.seq] == (arrival.pushed.id, arrival.sha256):
                arrival.reason = reasons.get((arrival.seq, arrival.pushed.id), "")
            else:
                arrival.reason = "another event was received under this number"
            known.add((sender, arrival.seq))
    return [arrival for arrival in arrivals if (arrival.sender, arrival.seq) not in known]


# --- new numbers ---


def _take_in(tx: Transaction, fresh: Sequence[_Arrival]) -> None:
    """Book them in order: runs of plain sales together, any other event by itself."""
    bodies: dict[UUID, set[bytes]] = defaultdict(set)
    for event_id, sha256 in repository.received_ids(tx.connection, [arrival.pushed.id for arrival in fresh]):
        bodies[event_id].add(sha256)
    run: list[tuple[_Arrival, Sale]] = []
    read: list[tuple[_Arrival, TerminalEvent]] = []
    for arrival in fresh:
        try:
            event = _read(arrival, bodies)
        except (CentralError, WireError, DomainError) as error:
            arrival.reason = str(error)
            continue
        if event is None:
            continue
        arrival.about = subject_of(event)
        read.append((arrival, event))
        if isinstance(event, OrderRecorded) and _is_plain(event):
            run.append((arrival, Sale(arrival.terminal, event, bytes(arrival.pushed.body))))
            continue
        _book_run(tx, run)
        run = []
        _book_alone(tx, arrival, event)
    _book_run(tx, run)
    follow(tx, [(event, arrival.waited) for arrival, event in read if not arrival.reason])


def _read(arrival: _Arrival, bodies: dict[UUID, set[bytes]]) -> TerminalEvent | None:
    """The event; None for one that was dealt with under another number. `bodies` are those known under each id. Raises
    EventRefused or WireError."""
    known = bodies[arrival.pushed.id]
    if arrival.sha256 in known:
        return None
    is_first = not known
    known.add(arrival.sha256)
    if not is_first:
        raise EventRefused("an event of that id but with another body was received before")
    if len(arrival.pushed.body) > wire.MAX_EVENT_BYTES:
        raise EventRefused(f"the event is larger than {wire.MAX_EVENT_BYTES} bytes")
    event = wire.decode_event(arrival.pushed.body)
    tells = _TELLS.get(arrival.terminal.role)
    if tells is not None and not isinstance(event, tells):
        raise EventRefused(f"a terminal enrolled with the role {arrival.terminal.role!r} tells of nothing like that")
    return event


def _is_plain(event: OrderRecorded) -> bool:
    """A sale in money alone, which record_sales can book. (Protocol 1 told of its spend otherwise.)"""
    return event.spend is None and not event.payment.parts


def _book_run(tx: Transaction, run: Sequence[tuple[_Arrival, Sale]]) -> None:
    """When the database refuses them, halves of them are tried: the one it does not take keeps no other back."""
    if not run:
        return
    try:
        with _undone_on_error(tx) as booking:
            reasons = record_sales(booking, [sale for _, sale in run])
    except _REFUSED_BY_DATABASE as error:
        if len(run) == 1:
            run[0][0].reason = _refused_by_database(error)
            return
        _book_run(tx, run[: len(run) // 2])
        _book_run(tx, run[len(run) // 2 :])
        return
    for (arrival, _), reason in zip(run, reasons, strict=True):
        arrival.reason = reason


def _book_alone(tx: Transaction, arrival: _Arrival, event: TerminalEvent) -> None:
    try:
        with _undone_on_error(tx) as booking:
            book_one(booking, arrival.terminal, event, bytes(arrival.pushed.body))
    except (CentralError, DomainError) as error:
        arrival.reason = str(error)
    except _REFUSED_BY_DATABASE as error:
        arrival.reason = _refused_by_database(error)


@contextmanager
def _undone_on_error(tx: Transaction) -> Iterator[Transaction]:
    """A part of the transaction that is whole or did not happen."""
    part = replace(tx, changes=Changes(), moved=set(), acts=[])
    with savepoint(tx.connection):
        yield part
    tx.changes.add(part.changes)
    tx.moved.update(part.moved)
    tx.acts.extend(part.acts)


def _refused_by_database(error: Exception) -> str:
    return f"the database refused it ({type(error).__name__})"


def _quarantine(tx: Transaction, refused: Iterable[_Arrival]) -> None:
    rows = []
    for arrival in refused:
        arrival.reason = arrival.reason.replace("\0", " ")[:MAX_REASON_CHARS]
        kept = {"event_id": arrival.pushed.id, "body": bytes(arrival.pushed.body), "body_sha256": arrival.sha256}
        rows.append(_row_of(tx, arrival) | kept | {"reason": arrival.reason})
    repository.add_quarantined(tx.connection, rows)


def _row_of(tx: Transaction, arrival: _Arrival) -> dict[str, Any]:
    terminal_id, incarnation = arrival.sender
    return {"terminal_id": terminal_id, "incarnation": incarnation, "seq": arrival.seq, "received_at": tx.now}
