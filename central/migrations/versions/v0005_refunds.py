"""Refunds, payments at the counter, cash top-ups.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("points_taken", sa.BigInteger(), nullable=False),
        sa.Column("points_lost", sa.BigInteger(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("staff", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0 AND points_taken >= 0 AND points_lost >= 0", "ck_refund_not_negative"),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name="fk_refund_order_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_refund_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
    )
    op.create_index("ix_refund_order_id", "refund", ["order_id"])
    op.create_table(
        "counter_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(length=60), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name="fk_counter_payment_order_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_counter_payment_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_counter_payment"),
        sa.UniqueConstraint("payment_id", name="uq_counter_payment_payment_id"),
    )
    op.create_table(
        "cash_top_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(length=60), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_cash_top_up_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_cash_top_up_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cash_top_up"),
    )
