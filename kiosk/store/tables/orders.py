"""Orders taken here, what they moved in stock, and their papers."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, Uuid, text

from kiosk.store.tables.metadata import metadata

order_counters = Table(
    "order_counters",
    metadata,
    Column("business_day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("number", Text, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("total_minor", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("member_id", Text),
    Column("created_at", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("incarnation", Integer),  # that sold it: it alone may refund it or take the cash for it
    UniqueConstraint("business_day", "number"),
)

AWAITING_PAYMENT = text("state = 'awaiting_payment'")
Index("orders_awaiting_payment", orders.c.position, sqlite_where=AWAITING_PAYMENT)

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", Uuid, nullable=False),  # or the id of the staff's act
    Column("dish_id", Text, nullable=False),
    Column("portions", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told_id", Integer),
)
Index("stock_movements_told", stock_movements.c.told_id)

print_jobs = Table(
    "print_jobs",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("order_id", Uuid, nullable=False),
    Column("printer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("print_jobs_state", print_jobs.c.state)
Index("print_jobs_of_order", print_jobs.c.order_id)
