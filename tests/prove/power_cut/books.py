"""Which rows of the terminal's database belong to which sale."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kiosk.store.sqlite_store import SqliteStore
from tests.prove.power_cut.trace import Row

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
_OF_ONE = "SELECT * FROM ({query}) WHERE of_order = ?"
_QUERIES = {table: f"SELECT {order_id} AS of_order, * FROM {table}" for table, order_id in _ORDER_ID.items()}  # noqa: S608


def connection_of(store: SqliteStore) -> Any:
    """The store's own connection to SQLite."""
    return store._connection.raw


def rows_of(order_id: str, connection: Any) -> frozenset[Row]:
    """The rows of one sale."""
    return frozenset(
        (table, *columns)
        for table, query in _QUERIES.items()
        for _, *columns in connection.execute(_OF_ONE.format(query=query), [order_id])
    )


def read_books(connection: Any) -> dict[str | None, frozenset[Row]]:
    """The rows of each sale by its order's id; those that belong to no sale under None."""
    books: dict[str | None, set[Row]] = defaultdict(set)
    for table, query in _QUERIES.items():
        for order_id, *columns in connection.execute(query):
            books[order_id].add((table, *columns))
    return {order_id: frozenset(rows) for order_id, rows in books.items()}
