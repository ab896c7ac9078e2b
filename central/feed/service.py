"""Putting changes on the feed, and reading pages of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

import msgspec
from sqlalchemy import Connection

from central.feed import repository
from central.feed.bodies import (
    allotment_bodies,
    card_bodies,
    collected_bodies,
    face_bodies,
    face_letter_bodies,
    grant_bodies,
    member_bodies,
    menu_body,
    staff_bodies,
    stock_bodies,
    terminal_bodies,
)
from central.feed.changes import Changes
from central.kitchen.repository import number_tickets
from central.restoring.safe import Safe
from kiosk.sync.wire import GONE, MAX_BODY_BYTES, FeedPage, FeedRow

MAX_PAGE_BYTES = MAX_BODY_BYTES // 2
_ROW_OVERHEAD_BYTES = 200


def publish(connection: Connection, changes: Changes, currency: str, now: datetime, safe: Safe) -> None:
    """Number and store the newest state of everything in `changes`. The last thing a transaction does: it takes the
    feed's lock, and reads the states under it, so that none is older than its number."""
    count = changes.count
    if not count:
        return
    seq = repository.take_seqs(connection, count)
    changes.last_seq = seq + count - 1
    if changes.tickets:
        number_tickets(connection, changes.last_seq)
    repository.remove_rows(connection, "grant", [str(grant_id) for grant_id in changes.pre_grants])
    repository.remove_rows(connection, "face_letter", [str(letter_id) for letter_id in changes.face_letters])
    rows = [
        {"kind": kind, "key": key, "body": body, "terminal_id": None}
        for kind, bodies in _for_all(connection, changes, currency, now)
        for key, body in bodies.items()
    ]
    rows += (
        {"kind": kind, "key": key, "body": body, "terminal_id": terminal_id}
        for kind, bodies in _for_one(connection, changes, currency, safe)
        for terminal_id, key, body in bodies
    )
    if rows:
        repository.put_rows(connection, [row | {"seq": seq + i} for i, row in enumerate(rows)])


def _for_all(
    connection: Connection, changes: Changes, currency: str, now: datetime
) -> Iterator[tuple[str, Mapping[str, bytes | None]]]:
    """Kinds of rows that all terminals are given, in the order of their numbers, each with its bodies by key."""
    if changes.menu:
        yield "menu", {"": menu_body(connection)}
    # Before the members: of one who is gone, a terminal has nothing left to say whose key it has destroyed.
    if changes.faces:
        yield "face", face_bodies(connection, sorted(changes.faces))
    if changes.members:
        yield "member", member_bodies(connection, sorted(changes.members), currency, now)
    if changes.cards:
        yield "card", card_bodies(connection, sorted(changes.cards))
    if changes.dishes:
        yield "stock", stock_bodies(connection, sorted(changes.dishes))
    if changes.terminals:
        yield "terminal", terminal_bodies(connection, sorted(changes.terminals))
    if changes.staff:
        yield "staff", staff_bodies(connection, sorted(changes.staff))


def _for_one(
    connection: Connection, changes: Changes, currency: str, safe: Safe
) -> Iterator[tuple[str, Iterable[tuple[str, str, bytes | None]]]]:
    """Kinds of rows that one terminal is given, in that order, each with (terminal id, key, body)."""
    if changes.pre_grants:
        yield "grant", grant_bodies(connection, sorted(changes.pre_grants), currency, safe)
    if changes.face_letters:
        yield "face_letter", face_letter_bodies(connection, sorted(changes.face_letters))
    if changes.collected:
        yield "collected", collected_bodies(connection, sorted(changes.collected))
    # Behind the stock rows: who reads that what it sold is booked has read what it left.
    if changes.allotments:
        yield "allotment", allotment_bodies(connection, sorted(changes.allotments))


def read_page(
    connection: Connection,
    epoch: str,
    asked_epoch: str,
    after: int,
    limit: int,
    terminal_id: str | None = None,
    incarnation: int = 0,
    kinds: tuple[str, ...] | None = None,
) -> FeedPage:
    """The rows after the cursor that are for all or for that terminal, and of these `kinds` (None: of all); from the
    beginning when the cursor belongs to another epoch. At most `limit` rows, and of those no more than fit into a
    reply, but one at least."""
    if asked_epoch != epoch:
        after = 0
    # Whoever is told of few kinds reads on behind all others, or would look through them again each time. Read before
    # the rows: whatever has a lower number is seen with them.
    read_to = after if kinds is None else max(after, repository.last_seq(connection))
    rows: list[FeedRow] = []
    size = 0
    # Read first, it holds where there are no rows; what the last row says is of the same moment as that row.
    booked_seq = repository.booked_seq(connection, terminal_id, incarnation)
    found = repository.rows_after(connection, after, limit + 1, terminal_id, incarnation, kinds)
    for row in chain.from_iterable(found):
        size += len(row.body or b"") + _ROW_OVERHEAD_BYTES
        if len(rows) == limit or (rows and size > MAX_PAGE_BYTES):
            return FeedPage(epoch, tuple(rows), rows[-1].seq, more=True)
        rows.append(FeedRow(row.seq, row.kind, row.key, GONE if row.body is None else msgspec.Raw(row.body)))
        booked_seq = row.booked_seq
    read_to = max(read_to, rows[-1].seq) if rows else read_to
    return FeedPage(epoch, tuple(rows), read_to, more=False, booked_seq=booked_seq)
