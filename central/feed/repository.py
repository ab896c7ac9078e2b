"""The feed's rows: the newest state of each thing, numbered in the order of the commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, CursorResult, Integer, LargeBinary, String, Table, select, update

from central.database import insert, metadata

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


def start_feed(connection: Connection) -> None:
    connection.execute(insert(connection, feed_position).values(id=1, last_seq=0))


def take_seqs(connection: Connection, count: int) -> int:
    """The first of `count` new numbers. Holds the feed's lock until the transaction ends: without it, a reader whose
    cursor has passed a number would never see the row of a transaction that took it early and committed late."""
    statement = update(feed_position).values(last_seq=feed_position.c.last_seq + count)
    last: int = connection.execute(statement.returning(feed_position.c.last_seq)).scalar_one()
    return last - count + 1


def last_seq(connection: Connection) -> int:
    seq: int = connection.execute(select(feed_position.c.last_seq)).scalar_one()
    return seq


def put_rows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of kind, key, seq, body: each replaces what stood for that thing."""
    statement = insert(connection, feed_row)
    replaced = {"seq": statement.excluded.seq, "body": statement.excluded.body}
    connection.execute(statement.on_conflict_do_update(index_elements=["kind", "key"], set_=replaced), rows)


def rows_after(connection: Connection, after: int, limit: int) -> CursorResult[Any]:
    """At most `limit` rows with a higher number, in order, fetched as they are read; close it."""
    statement = select(feed_row).where(feed_row.c.seq > after).order_by(feed_row.c.seq).limit(limit)
    return connection.execute(statement, execution_options={"yield_per": 200})
