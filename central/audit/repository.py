"""The audit logs: central's own and what terminals have sent of theirs, with the heads that were countersigned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import NullType

from central.database import UtcDateTime, metadata
from central.statements import Statement, per_dialect
from kiosk.domain.audit import CountersignedHead, StoredEntry

# `terminal_id` none: central's own. A log belongs to one incarnation of its terminal.
audit_log = Table(
    "audit_log",
    metadata,
    Column("log_id", Uuid, primary_key=True),
    Column("terminal_id", ForeignKey("terminal.id")),
    Column("incarnation", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("log_id", ForeignKey("audit_log.log_id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# `body`: CountersignedHead (kiosk.domain.audit) as JSON.
audit_head = Table(
    "audit_head",
    metadata,
    Column("log_id", ForeignKey("audit_log.log_id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

# What has been written into central's log already as disputed, so that a terminal that says it again adds nothing.
audit_dispute = Table(
    "audit_dispute",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("log_id", Uuid, primary_key=True),
    Column("reason", String(20), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("noticed_at", UtcDateTime, nullable=False),
)

_OWN = select(audit_log).where(audit_log.c.terminal_id.is_(None)).order_by(audit_log.c.began_at.desc()).limit(1)
_OWN_LOCKED = Statement(_OWN.with_for_update())
_ADD_ENTRIES = Statement(insert(audit_entry))
_BY_ID = select(audit_log).where(audit_log.c.log_id == bindparam("of_log"))
_OF_INCARNATION = select(func.count()).where(
    audit_log.c.terminal_id == bindparam("of_terminal"), audit_log.c.incarnation == bindparam("of_incarnation")
)
_ENTRIES = select(
    *(type_coerce(audit_entry.c[name], NullType()).label(name) for name in ("seq", "body", "hash"))
).where(audit_entry.c.log_id == bindparam("of_log"))
_HASH_AT = select(audit_entry.c.hash).where(
    audit_entry.c.log_id == bindparam("of_log"), audit_entry.c.seq == bindparam("at_seq")
)
_HEADS = select(audit_head.c.seq, type_coerce(audit_head.c.body, NullType()).label("body")).where(
    audit_head.c.log_id == bindparam("of_log")
)
_ADVANCE = Statement(update(audit_log).where(audit_log.c.log_id == bindparam("of_log")))
_PUT_LOG = per_dialect(lambda insert: insert(audit_log).on_conflict_do_nothing())
_PUT_HEAD = per_dialect(lambda insert: insert(audit_head).on_conflict_do_nothing())
_PUT_DISPUTE = per_dialect(
    lambda insert: insert(audit_dispute).on_conflict_do_nothing().returning(audit_dispute.c.reason)
)


def lock_own_log(connection: Connection) -> Row[Any] | None:
    """Nobody else writes into it until the transaction ends."""
    return _OWN_LOCKED.one_or_none(connection)


def own_log(connection: Connection) -> Row[Any] | None:
    return connection.execute(_OWN).one_or_none()


def find_log(connection: Connection, log_id: UUID) -> Row[Any] | None:
    return connection.execute(_BY_ID, {"of_log": log_id}).one_or_none()


def lock_log(connection: Connection, log_id: UUID) -> Row[Any] | None:
    return connection.execute(_BY_ID.with_for_update(), {"of_log": log_id}).one_or_none()


def count_logs(connection: Connection, terminal_id: str, incarnation: int) -> int:
    """How many logs that incarnation has begun."""
    key = {"of_terminal": terminal_id, "of_incarnation": incarnation}
    count: int = connection.execute(_OF_INCARNATION, key).scalar_one()
    return count


def all_logs(connection: Connection, terminal_id: str | None) -> Sequence[Row[Any]]:
    """That terminal's logs, or central's own (None), oldest first."""
    of = audit_log.c.terminal_id.is_(None) if terminal_id is None else audit_log.c.terminal_id == terminal_id
    return connection.execute(select(audit_log).where(of).order_by(audit_log.c.began_at, audit_log.c.log_id)).all()


def add_log(connection: Connection, row: dict[str, Any]) -> None:
    """Unless another process was quicker."""
    _PUT_LOG.run(connection, row)


def add_entries(connection: Connection, log_id: UUID, incarnation: int, entries: Sequence[StoredEntry]) -> None:
    """Put them behind the log's last one."""
    if not entries:
        return
    rows = [{"log_id": log_id, "seq": e.seq, "body": e.body, "hash": e.hash} for e in entries]
    _ADD_ENTRIES.run(connection, *rows)
    last = entries[-1]
    values = {"last_seq": last.seq, "last_hash": last.hash, "incarnation": incarnation}
    _ADVANCE.run(connection, {"of_log": log_id, **values})


def hash_at(connection: Connection, log_id: UUID, seq: int) -> bytes | None:
    return connection.execute(_HASH_AT, {"of_log": log_id, "at_seq": seq}).scalar_one_or_none()


def entries(connection: Connection, log_id: UUID) -> Iterator[StoredEntry]:
    """In order, as they lie there, whatever somebody has put in their place."""
    rows = connection.execute(_ENTRIES.order_by(audit_entry.c.seq), {"of_log": log_id})
    return (StoredEntry(row.seq, row.body, row.hash) for row in rows)


def newest_entries(connection: Connection, log_id: UUID, limit: int) -> list[StoredEntry]:
    """Newest first."""
    rows = connection.execute(_ENTRIES.order_by(audit_entry.c.seq.desc()).limit(limit), {"of_log": log_id})
    return [StoredEntry(row.seq, row.body, row.hash) for row in rows]


def put_head(connection: Connection, head: CountersignedHead) -> None:
    """Kept for ever; the first one of that number stays."""
    row = {"log_id": head.log_id, "seq": head.seq, "body": msgspec.json.encode(head)}
    _PUT_HEAD.run(connection, row)


def heads(connection: Connection, log_id: UUID) -> list[CountersignedHead]:
    """The newest last. One that cannot be read has no signature."""
    rows = connection.execute(_HEADS.order_by(audit_head.c.seq), {"of_log": log_id})
    return [_head(log_id, row.seq, row.body) for row in rows]


def newest_head(connection: Connection, log_id: UUID) -> CountersignedHead | None:
    row = connection.execute(_HEADS.order_by(audit_head.c.seq.desc()).limit(1), {"of_log": log_id}).one_or_none()
    return None if row is None else _head(log_id, row.seq, row.body)


def _head(log_id: UUID, seq: int, body: Any) -> CountersignedHead:
    try:
        return msgspec.json.decode(body, type=CountersignedHead)
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError):
        return CountersignedHead("", 0, log_id, max(seq, 1), b"", datetime.min.replace(tzinfo=UTC))


def put_dispute(connection: Connection, row: dict[str, Any]) -> bool:
    """False when that stands there already."""
    return _PUT_DISPUTE.one_or_none(connection, row) is not None
