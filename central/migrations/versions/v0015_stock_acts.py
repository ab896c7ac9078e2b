"""What staff do with stock at terminals.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("stock_item", sa.Column("sold_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("stock_item", sa.Column("count_id", sa.Uuid(), nullable=True))
    op.add_column("stock_movement", sa.Column("act_id", sa.Uuid(), nullable=True))
    op.create_table(
        "stock_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_stock_act_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_act"),
        sa.UniqueConstraint("undoes", name="uq_stock_act_undoes"),
    )
    op.create_table(
        "stock_count",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dish_id", sa.String(length=40), nullable=False),
        sa.Column("count_number", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stock_count"),
    )
    op.create_index("ix_stock_count_dish_id_count_number", "stock_count", ["dish_id", "count_number"], unique=False)
