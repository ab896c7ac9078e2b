"""Refunds, payments at the counter, cash top-ups; and which incarnation sold an order: it alone may refund it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("incarnation", sa.Integer(), nullable=True))
    op.execute("UPDATE orders SET incarnation = (SELECT incarnation FROM identity)")
    op.create_index("payments_of_order", "payments", ["order_id"])
    _refunds()
    op.create_table(
        "counter_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payment_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cash_top_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("cash_top_ups_of_member", "cash_top_ups", ["member_id"])


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("refunds_of_order", "refunds", ["order_id"])
    op.create_table(
        "refunded_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.CheckConstraint("refunded BETWEEN 0 AND sold", name="never_more_than_sold"),
        sa.PrimaryKeyConstraint("order_id", "line"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "refunded_parts",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("paid_minor", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("refunded_minor BETWEEN 0 AND paid_minor", name="never_more_than_paid"),
        sa.PrimaryKeyConstraint("payment_id", "method"),
        sqlite_with_rowid=False,
    )
