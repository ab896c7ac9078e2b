"""Which rows of the terminal's database belong to which sale."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kiosk.store.sqlite_store import SqliteStore
from tests.prove.power_cut.trace import Row, Tables

_OF_PAYMENT = "(SELECT order_id FROM payments WHERE id = {column})"
_OF_EVENT = "(SELECT id FROM orders WHERE number = json_extract(CAST(outbox.body AS TEXT), '$.order'))"
_ORDER_ID = {
    "orders": "id",
    "payments": "order_id",
    "grants": _OF_PAYMENT.format(column="request_id"),
    "spends": _OF_PAYMENT.format(column="payment_id"),
    "stock_movements": "order_id",
    "outbox": _OF_EVENT,
    "print_jobs": "order_id",
}
PARTS = frozenset(_ORDER_ID)
"""The tables in which a whole sale has rows."""
_TABLES = tuple(f"SELECT * FROM {table}" for table in _ORDER_ID)  # noqa: S608
_QUERIES = {table: f"SELECT {order_id}, * FROM {table}" for table, order_id in _ORDER_ID.items()}  # noqa: S608


def connection_of(store: SqliteStore) -> Any:
    """The store's own connection to SQLite."""
    return store._connection.raw


def read_tables(connection: Any) -> Tables:
    """All that `read_books` reads, as it stands there: takes a third of its time."""
    return tuple(tuple(connection.execute(query)) for query in _TABLES)


def read_books(connection: Any) -> dict[str | None, frozenset[Row]]:
    """The rows of each sale by its order's id; those that belong to no sale under None."""
    books: dict[str | None, set[Row]] = defaultdict(set)
    for table, query in _QUERIES.items():
        for order_id, *columns in connection.execute(query):
            books[order_id].add((table, *columns))
    return {order_id: frozenset(rows) for order_id, rows in books.items()}
