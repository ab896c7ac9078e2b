"""A restored central: which restore this is, whom it waits for, whom staff has given up.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("restores", "mark"):
        op.add_column("installation", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("terminal", sa.Column("is_announced", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("terminal", sa.Column("is_awaited", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("terminal", sa.Column("given_up_to", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "giving_up",
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.String(length=60), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_giving_up_terminal_id"),
        sa.PrimaryKeyConstraint("terminal_id", "restores", name="pk_giving_up"),
    )
