"""The feed's rows: the newest state of each thing, numbered in the order of the commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from central.database import metadata
from central.push.repository import push_position, waiting_batch
from central.statements import Statement, by_keys
from central.terminals.identity import FEED_KINDS

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


HANDFUL_ROWS = 500

_TAKE = Statement(
    update(feed_position)
    .values(last_seq=feed_position.c.last_seq + bindparam("count"))
    .returning(feed_position.c.last_seq)
)
CHANNEL = "kiosk_feed"
_NOTIFY = Statement(select(func.pg_notify(CHANNEL, bindparam("seq", type_=String))))
_LAST = Statement(select(feed_position.c.last_seq))
_COLUMNS = ("kind", "key", "seq", "body", "terminal_id")


def _put(new: Any) -> Any:
    replaced = {name: new.excluded[name] for name in ("seq", "body", "terminal_id")}
    return new.on_conflict_do_update(index_elements=["kind", "key"], set_=replaced)


def _rows_in_json() -> Select[Any]:
    """The rows of one parameter, a JSON array: on PostgreSQL a statement for each would take five times as long, and
    the feed's lock is held meanwhile."""
    given = cast(bindparam("rows", type_=String), JSON)
    names = column("kind", String), column("key", String), column("seq", BigInteger), column("body", Text)
    row = func.json_to_recordset(given).table_valued(*names, column("terminal_id", String))
    row = row.render_derived(name="given", with_types=True)
    return select(row.c.kind, row.c.key, row.c.seq, func.convert_to(row.c.body, "UTF8"), row.c.terminal_id)


_PUT = Statement(_put(sqlite.insert(feed_row)))
_PUT_MANY = Statement(_put(postgresql.insert(feed_row).from_select(_COLUMNS, _rows_in_json())))
_REMOVE = by_keys(lambda among: delete(feed_row).where(feed_row.c.kind == bindparam("kind"), among(feed_row.c.key)))
# Of the terminal that reads; 0 while a backlog of it waits. In the statement that reads the rows: on PostgreSQL two
# statements would see two moments.
_BOOKED_SEQ = case(
    (exists().where(waiting_batch.c.terminal_id == bindparam("terminal_id", type_=String)), 0),
    else_=func.coalesce(
        select(push_position.c.last_seq)
        .where(
            push_position.c.terminal_id == bindparam("terminal_id", type_=String),
            push_position.c.incarnation == bindparam("incarnation", type_=Integer),
        )
        .scalar_subquery(),
        0,
    ),
)
_BOOKED = Statement(select(_BOOKED_SEQ.label("booked_seq")))
_ROWS_AFTER = (
    select(feed_row.c.seq, feed_row.c.kind, feed_row.c.key, feed_row.c.body, _BOOKED_SEQ.label("booked_seq"))
    .where(
        feed_row.c.seq > bindparam("after"),
        or_(feed_row.c.terminal_id.is_(None), feed_row.c.terminal_id == bindparam("terminal_id", type_=String)),
    )
    .order_by(feed_row.c.seq)
    .limit(bindparam("limit", type_=Integer))
)
_AFTER = Statement(_ROWS_AFTER)
_AFTER_OF_KINDS = {
    kinds: Statement(_ROWS_AFTER.where(or_(*(feed_row.c.kind == bindparam(kind) for kind in kinds))))
    for kinds in FEED_KINDS.values()
}


def start_feed(connection: Connection) -> None:
    connection.execute(insert(feed_position), {"id": 1, "last_seq": 0})


def take_seqs(connection: Connection, count: int) -> int:
    """The first of `count` new numbers. Holds the feed's lock until the transaction ends: without it, a reader whose
    cursor has passed a number would never see the row of a transaction that took it early and committed late. Where the
    database can, other processes are told of the last one at the commit."""
    last: int = _TAKE.one(connection, {"count": count}).last_seq
    if connection.get_execution_options().get("notifies"):
        _NOTIFY.run(connection, {"seq": str(last)})
    return last - count + 1


def last_seq(connection: Connection) -> int:
    seq: int = _LAST.one(connection).last_seq
    return seq


def put_rows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of kind, key, seq, body (JSON), terminal_id: each replaces what stood for that thing."""
    if connection.dialect.name == "sqlite":
        _PUT.run(connection, *rows)
        return
    given = [row | {"body": None if row["body"] is None else row["body"].decode()} for row in rows]
    _PUT_MANY.run(connection, {"rows": msgspec.json.encode(given).decode()})


def remove_rows(connection: Connection, kind: str, keys: list[str]) -> None:
    """Nobody needs to hear of these any more."""
    if keys:
        _REMOVE.run(connection, {"kind": kind, "keys": keys})


def keys_of_kind(connection: Connection, kind: str, limit: int) -> list[str]:
    """Of the rows that have stood longest."""
    statement = select(feed_row.c.key).where(feed_row.c.kind == kind).order_by(feed_row.c.seq).limit(limit)
    return list(connection.scalars(statement))


def booked_seq(connection: Connection, terminal_id: str | None, incarnation: int) -> int:
    """Up to which of that terminal's events everything is booked."""
    found: int = _BOOKED.one(connection, {"terminal_id": terminal_id, "incarnation": incarnation}).booked_seq
    return found


def rows_after(
    connection: Connection,
    after: int,
    limit: int,
    terminal_id: str | None,
    incarnation: int = 0,
    kinds: tuple[str, ...] | None = None,
) -> Iterator[list[Row[Any]]]:
    """At most `limit` rows (seq, kind, key, body) with a higher number for that terminal (None: only what is for all),
    of all kinds or of those that a role is told of (FEED_KINDS), in order and in handfuls, fetched as they are asked
    for. (A row that changes meanwhile comes to stand behind all
    that were read, never among them.) `booked_seq`: up to which of that terminal's events everything was booked when
    the handful was read."""
    reader = {"terminal_id": terminal_id, "incarnation": incarnation} | {kind: kind for kind in kinds or ()}
    statement = _AFTER if kinds is None else _AFTER_OF_KINDS[kinds]
    while limit:
        at_once = min(limit, HANDFUL_ROWS)
        found = statement.rows(connection, {"after": after, "limit": at_once, **reader})
        if found:
            yield found
            after = found[-1].seq
        limit = limit - at_once if len(found) == at_once else 0
