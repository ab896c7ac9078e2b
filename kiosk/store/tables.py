"""The tables of the terminal's database, as the newest migration leaves them (a test compares the two).

`body` columns are JSON (msgspec) of the domain's value; the columns beside it are what is searched by.
`told_id` is the outbox row that tells central of this row: acknowledged there, this row is known there too.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

metadata = MetaData()

# --- this terminal: tables of one row (id 1) ---

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("terminal_id", Text, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("letter", Text, nullable=False),
    Column("canteen_name", Text, nullable=False),
    Column("private_key", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# Every incarnation that this disk has been: what was granted to one of them it can give back, for it knows the spends.
incarnations = Table("incarnations", metadata, Column("number", Integer, primary_key=True))

feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("after", Integer, nullable=False),
    # A full read is under way: rows of other epochs go when its last page is in.
    Column("rereading", Boolean, nullable=False),
    # Central has been told in that epoch what this terminal holds.
    Column("announced", Boolean, nullable=False, server_default=false()),
    CheckConstraint("id = 1", name="one_row"),
)

outbox_state = Table(
    "outbox_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("acknowledged_id", Integer, nullable=False),
    # Central has heard of everything up to here. What is behind `acknowledged_id` is sent again all the same: after
    # enrolling anew, everything that is kept.
    Column("known_id", Integer, nullable=False, server_default="0"),
    # The sequence number of an outbox row in this incarnation is its id less this.
    Column("base_id", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# --- what this terminal did ---

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
Index("payments_of_order", payments.c.order_id)
Index("unresolved_payments", payments.c.position, sqlite_where=UNRESOLVED_PAYMENT)
PAID_OR_DUE = text("state IN ('paid', 'due')")
BY_FACE = text("face_consent_id IS NOT NULL")
Index("payments_by_face", payments.c.member_id, payments.c.position, sqlite_where=BY_FACE)
Index("released_requests", payments.c.card_uid, sqlite_where=RELEASED_REQUEST)

grants = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("request_id", Uuid),
    Column("member_id", Text, nullable=False),
    Column("terminal_id", Text, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("currency", Text, nullable=False),  # or another unit: points, a coupon
    Column("spent_minor", Integer, nullable=False),
    Column("spends", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("recalled", Boolean, nullable=False),
    Column("seal", Text, nullable=False, server_default=""),
    # Of the event that gave it back unspent or in part.
    Column("told_id", Integer),
    CheckConstraint("spent_minor BETWEEN 0 AND amount_minor", name="never_above_the_grant"),
    UniqueConstraint("request_id", "currency"),  # one grant of each unit for a payment
    sqlite_with_rowid=False,
)

spends = Table(
    "spends",
    metadata,
    Column("grant_id", Uuid, ForeignKey("grants.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("payment_id", Uuid, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    UniqueConstraint("payment_id", "grant_id"),  # a payment uses a grant at most once
    sqlite_with_rowid=False,
)
OPEN_PRE_GRANT = text("closed = 0 AND request_id IS NULL")
Index("open_grants", grants.c.member_id, sqlite_where=OPEN_PRE_GRANT)
# Written so that SQLite does not take the index of `request_id` for it and read every member's.
PRE_GRANT = text("(request_id IS NULL) = 1")
Index("pre_grants", grants.c.member_id, sqlite_where=PRE_GRANT)

refunds = Table(
    "refunds",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("order_id", Uuid, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("refunds_of_order", refunds.c.order_id)

# Running totals: no sum of refunds can be more than was sold and paid, whatever the program does.
refunded_lines = Table(
    "refunded_lines",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("sold", Integer, nullable=False),
    Column("refunded", Integer, nullable=False),
    CheckConstraint("refunded BETWEEN 0 AND sold", name="never_more_than_sold"),
    sqlite_with_rowid=False,
)

refunded_parts = Table(
    "refunded_parts",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("paid_minor", Integer, nullable=False),
    Column("refunded_minor", Integer, nullable=False),
    CheckConstraint("refunded_minor BETWEEN 0 AND paid_minor", name="never_more_than_paid"),
    sqlite_with_rowid=False,
)

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

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("dish_id", Text, nullable=False),
    Column("portions", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told_id", Integer),
)
Index("stock_movements_told", stock_movements.c.told_id)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uuid", Uuid, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)

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

# --- the audit log (docs/decisions/0006): entries are only ever added ---

# One log an incarnation; entries go to the open one. `central_key` is the public key that central countersigns with,
# pinned at its first countersignature; `witness` the newest head of central's own log that this terminal has seen.
audit_logs = Table(
    "audit_logs",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("log_id", Uuid, nullable=False, unique=True),
    Column("is_open", Boolean, nullable=False),
    Column("central_key", LargeBinary),
    Column("witness", LargeBinary),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("log_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# What central countersigned of them (JSON).
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("log_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# --- faces (docs/decisions/0007): their keys are not in here ---

# `sealed`: the template, as kiosk.store.face_sealing has it, under the key `key_id`; `models`: who made it (JSON).
faces = Table(
    "faces",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("key_id", Uuid, nullable=False, unique=True),
    Column("consent", LargeBinary, nullable=False),
    Column("models", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# The newest deletion of a member's face that is known here. `is_own`: made here, and central may not have it yet.
face_deletions = Table(
    "face_deletions",
    metadata,
    Column("member_id", Text, primary_key=True),
    Column("deletion_id", Uuid, nullable=False),
    Column("is_own", Boolean, nullable=False),
    Column("told_id", Integer),
    sqlite_with_rowid=False,
)

# Which key is that of the box for letters with copies of faces (docs/decisions/0008); none before it is needed.
face_box = Table(
    "face_box",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_id", Uuid, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# --- what central told (the feed) ---

# Terminals of this site: which key signs the slips of each.
site_terminals = Table(
    "site_terminals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incarnation", Integer, nullable=False),
    Column("letter", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("is_revoked", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# What of this terminal's orders another one has collected.
collected_elsewhere = Table(
    "collected_elsewhere", metadata, Column("due_payment_id", Uuid, primary_key=True), sqlite_with_rowid=False
)

menu = Table(
    "menu",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("body", LargeBinary),
    CheckConstraint("id = 1", name="one_row"),
)

members = Table(
    "members",
    metadata,
    Column("id", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

cards = Table(
    "cards",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    sqlite_with_rowid=False,
)

stock = Table(
    "stock",
    metadata,
    Column("dish_id", Text, primary_key=True),
    Column("portions", Integer),
    Column("sold_out", Boolean, nullable=False),
    Column("epoch", Text, nullable=False),
    sqlite_with_rowid=False,
)
