"""Orders collected at counter terminals, claims, what was paid twice; the keys of all terminals go on the feed.

Revision ID: 0011
Revises: 0008
"""

import base64
import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_collection_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_collection"),
    )
    op.create_index("ix_collection_order_id", "collection", ["order_id"])
    op.create_table(
        "paid_twice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("given_back_at", MOMENT, nullable=True),
        sa.Column("given_back_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_paid_twice_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_paid_twice"),
    )
    op.create_table(
        "order_claim",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_order_claim_terminal_id"),
        sa.PrimaryKeyConstraint("order_id", name="pk_order_claim"),
    )
    op.create_table(
        "order_hold",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_order_hold"),
    )
    awaiting = sa.text("state = 'awaiting_payment'")
    op.create_index(
        "ix_customer_order_awaiting_payment",
        "customer_order",
        ["created_at"],
        sqlite_where=awaiting,
        postgresql_where=awaiting,
    )
    _publish_terminals(op.get_bind())


def _publish_terminals(connection: sa.Connection) -> None:
    """Those that were enrolled before this: as the feed has them from now on."""
    found = sa.text(
        "SELECT id, incarnation, letter, public_key, is_revoked FROM terminal WHERE length(public_key) > 0 ORDER BY id"
    )
    rows = connection.execute(found).all()
    if not rows:
        return
    take = sa.text("UPDATE feed_position SET last_seq = last_seq + :count RETURNING last_seq")
    last: int = connection.execute(take, {"count": len(rows)}).scalar_one()
    put = sa.text("INSERT INTO feed_row (kind, key, seq, body) VALUES ('terminal', :key, :seq, :body)")
    for i, row in enumerate(rows, start=last - len(rows) + 1):
        body: dict[str, object] = {
            "id": row.id,
            "incarnation": row.incarnation,
            "letter": row.letter,
            "public_key": base64.b64encode(bytes(row.public_key)).decode(),
        }
        if row.is_revoked:
            body["is_revoked"] = True
        connection.execute(put, {"key": row.id, "seq": i, "body": json.dumps(body).encode()})
