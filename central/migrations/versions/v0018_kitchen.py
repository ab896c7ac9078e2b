"""The kitchen's tickets, and what role a terminal was enrolled with.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("terminal", sa.Column("role", sa.String(length=10), nullable=False, server_default="order"))
    op.create_table(
        "kitchen_ticket",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("stall", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=True),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name="fk_kitchen_ticket_order_id"),
        sa.PrimaryKeyConstraint("order_id", "stall", name="pk_kitchen_ticket"),
    )
    op.create_index("ix_kitchen_ticket_changed_seq", "kitchen_ticket", ["changed_seq"])
    op.create_index("ix_kitchen_ticket_placed_at", "kitchen_ticket", ["placed_at"])
