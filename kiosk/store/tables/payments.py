"""Payments of the orders taken here, and what was paid at the counter: orders, and cash for balances."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, Uuid, text

from kiosk.store.tables.metadata import metadata

payments = Table(
    "payments",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    # No foreign key: an intended payment stands before its order does, and stays when there never is one.
    Column("order_id", Uuid, nullable=False),
    Column("method", Text, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("member_id", Text),
    Column("card_uid", Text),
    Column("told_id", Integer),
    Column("parts", LargeBinary),
    Column("face_consent_id", Uuid),  # it was to be paid by the member's face, under that consent
    CheckConstraint("amount_minor >= 0", name="not_negative"),
)

# SQLite uses a partial index only for a query that repeats its condition word for word.
UNRESOLVED_PAYMENT = text("state IN ('intended', 'being_checked')")
RELEASED_REQUEST = text("state = 'not_charged' AND told_id IS NOT NULL")
PAID_OR_DUE = text("state IN ('paid', 'due')")
BY_FACE = text("face_consent_id IS NOT NULL")
Index("payments_of_order", payments.c.order_id)
Index("payments_of_member", payments.c.member_id, payments.c.told_id)
Index("unresolved_payments", payments.c.position, sqlite_where=UNRESOLVED_PAYMENT)
Index("payments_by_face", payments.c.member_id, payments.c.position, sqlite_where=BY_FACE)
Index("released_requests", payments.c.card_uid, sqlite_where=RELEASED_REQUEST)

counter_payments = Table(
    "counter_payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", Uuid, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Orders of whichever terminal that were paid at this counter.
collections = Table(
    "collections",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("due_payment_id", Uuid, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Those of them that were undone here: as they were, and what undid them.
undone_collections = Table(
    "undone_collections",
    metadata,
    Column("collection_id", Uuid, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("collection", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

cash_top_ups = Table(
    "cash_top_ups",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("told_id", Integer),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index("cash_top_ups_of_member", cash_top_ups.c.member_id)
