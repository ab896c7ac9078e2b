"""The audit log's tables: entries are added and read, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import bindparam, func, insert, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.types import NullType

from kiosk.domain.audit import (
    HASH_BYTES,
    Act,
    AuditEntry,
    AuditError,
    CountersignedHead,
    StoredEntry,
    next_entry,
    parse_entry,
)
from kiosk.store.connection import Connection
from kiosk.store.tables.audit import audit_entries, audit_heads, audit_logs

_LOG_COLUMNS = ("log_id", "is_open", "central_key", "witness")
_LOGS = select(*(type_coerce(audit_logs.c[name], NullType()).label(name) for name in _LOG_COLUMNS)).order_by(
    audit_logs.c.position
)
_BEGIN = insert(audit_logs)
_CLOSE = update(audit_logs).where(audit_logs.c.central_key.is_not(None)).values(is_open=False)
_ADD = insert(audit_entries)
# As they lie there, whatever somebody has put in their place.
_RAW = select(*(type_coerce(audit_entries.c[name], NullType()).label(name) for name in ("seq", "body", "hash"))).where(
    audit_entries.c.log_id == bindparam("of_log")
)
_LAST = _RAW.order_by(audit_entries.c.seq.desc()).limit(1)
_AFTER = _RAW.where(audit_entries.c.seq > bindparam("after")).order_by(audit_entries.c.seq).limit(bindparam("count"))
_HEADS = select(*(type_coerce(audit_heads.c[name], NullType()).label(name) for name in ("seq", "body"))).where(
    audit_heads.c.log_id == bindparam("of_log")
)
_NEWEST_HEAD = _HEADS.order_by(audit_heads.c.seq.desc()).limit(1)
_KEEP_HEAD = insert_sqlite(audit_heads).on_conflict_do_nothing()
_KEEP_CENTRAL = (
    update(audit_logs)
    .where(audit_logs.c.log_id == bindparam("of_log"))
    .values(central_key=bindparam("key"), witness=bindparam("seen"))
)
_STRAYS = (
    select(func.count()).select_from(audit_entries).where(audit_entries.c.log_id.not_in(select(audit_logs.c.log_id)))
)


@dataclass(frozen=True, slots=True)
class _Log:
    """A row of audit_logs; but for the id, values are whatever stands there."""

    log_id: UUID
    is_open: bool
    central_key: bytes | None
    witness: bytes | None


class SqlAudit:
    """kiosk.services.ports.AuditLog and kiosk.sync.ports.AuditLog."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self) -> AuditEntry | None:
        log = self._open()
        last = self._last(log.log_id) if log else None
        try:
            return parse_entry(last.body) if last else None
        except AuditError:
            return None  # somebody was at it: the check says so

    def append(self, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """Raises AuditError for values out of bounds."""
        log = self._open()
        log_id = log.log_id if log and _can_follow(self._last(log.log_id)) else self._begin(at)
        self._add(log_id, next_entry(log_id, self._last(log_id), at, actor, action, subject, details))

    def start_incarnation(self) -> None:
        """The next entry begins another log, if central has seen the present one: a log belongs to one incarnation."""
        self._connection.execute(_CLOSE)

    # --- for sync, and for checking ---

    def open_log(self) -> tuple[UUID, int, bytes | None] | None:
        """The log that is written, its last entry's number, and the key that central countersigns with."""
        log = self._open()
        last = self._last(log.log_id) if log else None
        return (log.log_id, last.seq if last else 0, log.central_key) if log else None

    def logs(self) -> tuple[tuple[UUID, bytes | None], ...]:
        """Every log of this disk, oldest first, each with central's key; what is no log's id is left out."""
        return tuple((row.log_id, row.central_key) for row in self._rows())

    def strays(self) -> int:
        """How many entries belong to no log."""
        count: int = self._connection.execute(_STRAYS).scalar_one()
        return count

    def entries_after(self, log_id: UUID, seq: int, limit: int) -> Iterator[StoredEntry]:
        """In order; in the check of a log that was tampered with, a value may be of any type."""
        rows = self._connection.execute(_AFTER, {"of_log": log_id, "after": seq, "count": limit})
        return (StoredEntry(row.seq, row.body, row.hash) for row in rows)

    def heads(self, log_id: UUID) -> tuple[CountersignedHead, ...]:
        """All countersigned heads. One that cannot be read has no signature."""
        return tuple(_head(log_id, row.seq, row.body) for row in self._connection.execute(_HEADS, {"of_log": log_id}))

    def newest_head(self, log_id: UUID) -> CountersignedHead | None:
        row = self._connection.execute(_NEWEST_HEAD, {"of_log": log_id}).first()
        return None if row is None else _head(log_id, row.seq, row.body)

    def witnessed_at(self) -> datetime | None:
        """When central last showed the head of its own log, by its clock; its signature was checked when it came."""
        log = self._open()
        seen = None if log is None else self.witness(log.log_id)
        return None if seen is None else seen.received_at

    def witness(self, log_id: UUID) -> CountersignedHead | None:
        """The newest head of central's own log that this terminal has seen."""
        seen = next((row.witness for row in self._rows() if row.log_id == log_id), None)
        try:
            return None if seen is None else msgspec.json.decode(seen, type=CountersignedHead)
        except (msgspec.MsgspecError, TypeError, UnicodeDecodeError):
            return None

    def keep(
        self, log_id: UUID, head: CountersignedHead | None, central_key: bytes, witness: CountersignedHead | None
    ) -> None:
        """What central answered: its countersignature, its key, and the head of its own log."""
        if head is not None:
            row = {"log_id": log_id, "seq": head.seq, "body": msgspec.json.encode(head)}
            self._connection.execute(_KEEP_HEAD, row)
        seen = None if witness is None else msgspec.json.encode(witness)
        self._connection.execute(_KEEP_CENTRAL, {"of_log": log_id, "key": central_key, "seen": seen})

    def _open(self) -> _Log | None:
        return next((row for row in reversed(self._rows()) if row.is_open), None)

    def _rows(self) -> tuple[_Log, ...]:
        """Oldest first; what is no log's id is left out, acts must be written all the same."""
        rows = self._connection.execute(_LOGS)
        return tuple(_Log(UUID(r.log_id), bool(r.is_open), r.central_key, r.witness) for r in rows if _is_id(r.log_id))

    def _last(self, log_id: UUID) -> StoredEntry | None:
        row = self._connection.execute(_LAST, {"of_log": log_id}).first()
        return None if row is None else StoredEntry(row.seq, row.body, row.hash)

    def _begin(self, at: datetime) -> UUID:
        """Another log, whose first entry names the one before and its head."""
        rows = self._rows()
        before = rows[-1].log_id if rows else None
        last = self._last(before) if before else None
        log_id = uuid4()
        self._connection.execute(_BEGIN, {"log_id": log_id, "is_open": True})
        details: dict[str, object] = {}
        if last is not None and _can_follow(last):
            details = {"continues": before, "seq": last.seq, "hash": last.hash.hex()}
        self._add(log_id, next_entry(log_id, None, at, "terminal", Act.LOG_BEGUN, str(log_id), details))
        return log_id

    def _add(self, log_id: UUID, entry: StoredEntry) -> None:
        row = {"log_id": log_id, "seq": entry.seq, "body": entry.body, "hash": entry.hash}
        self._connection.execute(_ADD, row)


def _can_follow(last: StoredEntry | None) -> bool:
    """False when somebody has put something there that is no number or no hash: acts must be written all the same, in
    another log."""
    return last is None or (type(last.seq) is int and type(last.hash) is bytes and len(last.hash) == HASH_BYTES)


def _is_id(value: object) -> bool:
    """As SQLite keeps a UUID."""
    return isinstance(value, str) and len(value) == 32 and set(value) <= set("0123456789abcdef")


def _head(log_id: UUID, seq: object, body: Any) -> CountersignedHead:
    try:
        return msgspec.json.decode(body, type=CountersignedHead)
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError):
        seq = seq if type(seq) is int and seq > 0 else 1
        return CountersignedHead("", 0, log_id, seq, b"", datetime.min.replace(tzinfo=UTC))
