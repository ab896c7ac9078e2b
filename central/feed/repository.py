"""The feed's rows: the newest state of each thing, numbered in the order of the commits."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from central.database import KEYS, metadata, per_dialect

feed_row = Table(
    "feed_row",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("body", LargeBinary),
    # Only this terminal is given the row; none: all are.
    Column("terminal_id", String(36)),
)

feed_position = Table(
    "feed_position",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
)


_TAKE = (
    update(feed_position)
    .values(last_seq=feed_position.c.last_seq + bindparam("count"))
    .returning(feed_position.c.last_seq)
)
CHANNEL = "kiosk_feed"
_NOTIFY = select(func.pg_notify(CHANNEL, bindparam("seq", type_=String)))
_LAST = select(feed_position.c.last_seq)
_PUT = per_dialect(
    lambda insert: (new := insert(feed_row)).on_conflict_do_update(
        index_elements=["kind", "key"], set_={name: new.excluded[name] for name in ("seq", "body", "terminal_id")}
    )
)
_REMOVE = delete(feed_row).where(feed_row.c.kind == bindparam("kind"), feed_row.c.key.in_(KEYS))
_AFTER = (
    select(feed_row.c.seq, feed_row.c.kind, feed_row.c.key, feed_row.c.body)
    .where(
        feed_row.c.seq > bindparam("after"),
        or_(feed_row.c.terminal_id.is_(None), feed_row.c.terminal_id == bindparam("terminal_id", type_=String)),
    )
    .order_by(feed_row.c.seq)
    .limit(bindparam("limit", type_=Integer))
    .execution_options(yield_per=500)
)


def start_feed(connection: Connection) -> None:
    connection.execute(insert(feed_position), {"id": 1, "last_seq": 0})


def take_seqs(connection: Connection, count: int) -> int:
    """The first of `count` new numbers. Holds the feed's lock until the transaction ends: without it, a reader whose
    cursor has passed a number would never see the row of a transaction that took it early and committed late. Where the
    database can, other processes are told of the last one at the commit."""
    last: int = connection.execute(_TAKE, {"count": count}).scalar_one()
    if connection.get_execution_options().get("notifies"):
        connection.execute(_NOTIFY, {"seq": str(last)})
    return last - count + 1


def last_seq(connection: Connection) -> int:
    seq: int = connection.execute(_LAST).scalar_one()
    return seq


def put_rows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of kind, key, seq, body, terminal_id: each replaces what stood for that thing."""
    connection.execute(_PUT[connection.dialect.name], rows)


def remove_rows(connection: Connection, kind: str, keys: list[str]) -> None:
    """Nobody needs to hear of these any more."""
    if keys:
        connection.execute(_REMOVE, {"kind": kind, "keys": keys})


def rows_after(
    connection: Connection, after: int, limit: int, terminal_id: str | None
) -> Generator[Sequence[Row[int, str, str, bytes | None]]]:
    """At most `limit` rows (seq, kind, key, body) with a higher number for that terminal (None: only what is for all),
    in order and in handfuls, fetched as they are asked for; close it."""
    with connection.execute(_AFTER, {"after": after, "limit": limit, "terminal_id": terminal_id}) as found:
        yield from found.partitions()
