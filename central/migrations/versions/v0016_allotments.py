"""Portions handed to terminals.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "allotment",
        sa.Column("terminal_id", sa.String(36), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dish_id", sa.String(40), nullable=False),
        sa.Column("handed", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("beyond", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column("is_recalled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_allotment_terminal_id_terminal"),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", "dish_id", name="pk_allotment"),
    )
    op.create_index("ix_allotment_dish_id", "allotment", ["dish_id"])
