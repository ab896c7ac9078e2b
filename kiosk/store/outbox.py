"""The outbox: events for central, in order, without gaps, until central has acknowledged them and long after.

A row's `id` counts for the whole life of the database; its sequence number in this incarnation is `id − base_id`.
A new enrolment only moves the base, and whatever is kept goes out again under new numbers: central may have been put
back to a backup since, and what it has it knows by the events' ids.
"""

from __future__ import annotations

import time
from contextlib import closing

from sqlalchemy import String, bindparam, case, delete, func, insert, select, type_coerce, update

from kiosk.domain.ids import uuid7
from kiosk.store.connection import Connection
from kiosk.store.tables.orders import stock_movements
from kiosk.store.tables.outbox import outbox, outbox_state
from kiosk.store.tables.shifts import shift_state

# Acknowledged events kept in case central is restored from a backup and asks for them again: a month of a terminal
# that sells without a pause, some 1,300 a day, in 40 MB. By count alone, for a clock that jumps must not lose a sale.
KEEP_ACKNOWLEDGED = 40_000
# Those that no Z report has added up yet are kept for longer: nobody closes for half a year before one goes.
KEEP_UNCLOSED = 200_000

# The newest is the last acknowledged where none is kept.
_NEWEST_ID = func.coalesce(select(func.max(outbox.c.id)).scalar_subquery(), outbox_state.c.acknowledged_id)
_STATE = select(outbox_state.c.acknowledged_id, outbox_state.c.base_id, _NEWEST_ID.label("newest_id"))
_OLDEST = select(func.min(outbox.c.id))
_ADD = insert(outbox)
_BATCH = (
    select(type_coerce(outbox.c.uuid, String), outbox.c.body)  # a UUID for each of thousands is made for nothing
    .where(outbox.c.id > bindparam("before_id"))
    .order_by(outbox.c.id)
    .limit(bindparam("count"))
)
_ACKNOWLEDGE = update(outbox_state).values(
    acknowledged_id=bindparam("last_id"),
    # Back: central was restored, and has forgotten.
    known_id=case(
        (bindparam("last_id") < outbox_state.c.acknowledged_id, bindparam("last_id")),
        else_=func.max(outbox_state.c.known_id, bindparam("last_id")),
    ),
    booked_id=case(
        (
            bindparam("last_id") < outbox_state.c.acknowledged_id,
            func.min(outbox_state.c.booked_id, bindparam("last_id")),
        ),
        else_=outbox_state.c.booked_id,
    ),
)
# Often before the acknowledgement itself is here.
_NOW_BOOKED = func.min(outbox_state.c.base_id + bindparam("last_seq"), _NEWEST_ID)
_HEAR_BOOKED = update(outbox_state).where(outbox_state.c.booked_id < _NOW_BOOKED).values(booked_id=_NOW_BOOKED)
_HEAR_ACKNOWLEDGED = (
    update(outbox_state)
    .where(outbox_state.c.booked_id != outbox_state.c.known_id)
    .values(booked_id=outbox_state.c.known_id)
)
_SET_BASE = update(outbox_state).values(base_id=bindparam("before"), acknowledged_id=bindparam("before"))
_CLOSED = select(shift_state.c.closed_id).scalar_subquery()
_PRUNE = delete(outbox).where(
    outbox.c.id <= func.min(bindparam("last_id"), func.max(_CLOSED, bindparam("last_unclosed_id")))
)
_PRUNE_MOVEMENTS = delete(stock_movements).where(stock_movements.c.told_id <= bindparam("last_id"))


class SqlOutbox:
    """kiosk.services.ports.Outbox and kiosk.sync.ports.Outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.last_added_id: int | None = None

    def add(self, body: bytes) -> int:
        _, base_id, newest_id = self._state()
        event_id = newest_id + 1
        uuid = uuid7(time.time_ns() // 1_000_000)
        self._connection.execute(_ADD, {"id": event_id, "uuid": uuid, "body": body})
        self.last_added_id = event_id
        return event_id - base_id

    def waiting(self) -> int:
        acknowledged_id, _, newest_id = self._state()
        return newest_id - acknowledged_id

    def next_batch(self, limit: int, max_bytes: int, skip: int = 0) -> tuple[int, tuple[tuple[str, bytes], ...]]:
        """The first sequence number and the oldest waiting events behind the first `skip`, each its id's hexadecimal
        digits and its body: at most `limit` of them and at most `max_bytes` of bodies, but always one if one is
        waiting."""
        acknowledged_id, base_id, _ = self._state()
        before_id = acknowledged_id + skip
        events: list[tuple[str, bytes]] = []
        size = 0
        with closing(self._connection.execute(_BATCH, {"before_id": before_id, "count": limit})) as rows:
            for hex_id, body in rows:
                size += len(body)
                if events and size > max_bytes:
                    break
                events.append((hex_id, body))
        return before_id + 1 - base_id, tuple(events)

    def acknowledge(self, last_seq: int) -> bool:
        """Central has everything up to `last_seq`: forward as a rule, back when central was restored from a backup.
        False, and nothing changed, beyond what was ever written here or before what is still kept."""
        _, base_id, newest_id = self._state()
        last_id = last_seq + base_id
        oldest_id = self._connection.execute(_OLDEST).scalar()
        first_needed = newest_id + 1 if oldest_id is None else oldest_id
        if not first_needed - 1 <= last_id <= newest_id or last_seq < 0:
            return False
        self._connection.execute(_ACKNOWLEDGE, {"last_id": last_id})
        last_ids = {"last_id": last_id - KEEP_ACKNOWLEDGED, "last_unclosed_id": last_id - KEEP_UNCLOSED}
        self._connection.execute(_PRUNE, last_ids)
        self._connection.execute(_PRUNE_MOVEMENTS, {"last_id": last_id - KEEP_ACKNOWLEDGED})
        return True

    def hear_booked(self, last_seq: int) -> bool:
        """The feed, as far as it was read, has all that central had booked up to that event of this terminal; below
        zero, all that it has acknowledged. Whether that is news."""
        if last_seq < 0:
            return self._connection.execute(_HEAR_ACKNOWLEDGED).rowcount > 0
        return self._connection.execute(_HEAR_BOOKED, {"last_seq": last_seq}).rowcount > 0

    def start_incarnation(self) -> None:
        """Sequence numbers begin again at 1 with the oldest event that is kept."""
        acknowledged_id, _, _ = self._state()
        oldest_id = self._connection.execute(_OLDEST).scalar()
        self._connection.execute(_SET_BASE, {"before": acknowledged_id if oldest_id is None else oldest_id - 1})

    def _state(self) -> tuple[int, int, int]:
        """`acknowledged_id`, `base_id` and `newest_id`."""
        state: tuple[int, int, int] = self._connection.execute(_STATE).one()
        return state
