"""The feed's rows: the newest state of each thing, numbered in the order of the commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    CursorResult,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from central.database import metadata, per_dialect

feed_row = Table(
    "feed_row",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("body", LargeBinary),
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
_LAST = select(feed_position.c.last_seq)
_PUT = per_dialect(
    lambda insert: (new := insert(feed_row)).on_conflict_do_update(
        index_elements=["kind", "key"], set_={"seq": new.excluded.seq, "body": new.excluded.body}
    )
)
_AFTER = (
    select(feed_row)
    .where(feed_row.c.seq > bindparam("after"))
    .order_by(feed_row.c.seq)
    .limit(bindparam("limit", type_=Integer))
    .execution_options(yield_per=200)
)


def start_feed(connection: Connection) -> None:
    connection.execute(insert(feed_position), {"id": 1, "last_seq": 0})


def take_seqs(connection: Connection, count: int) -> int:
    """The first of `count` new numbers. Holds the feed's lock until the transaction ends: without it, a reader whose
    cursor has passed a number would never see the row of a transaction that took it early and committed late."""
    last: int = connection.execute(_TAKE, {"count": count}).scalar_one()
    return last - count + 1


def last_seq(connection: Connection) -> int:
    seq: int = connection.execute(_LAST).scalar_one()
    return seq


def put_rows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of kind, key, seq, body: each replaces what stood for that thing."""
    connection.execute(_PUT[connection.dialect.name], rows)


def rows_after(connection: Connection, after: int, limit: int) -> CursorResult[Any]:
    """At most `limit` rows with a higher number, in order, fetched as they are read; close it."""
    return connection.execute(_AFTER, {"after": after, "limit": limit})
