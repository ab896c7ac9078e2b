"""What staff at terminals do for members: cards, corrections of balances, diet.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("member", sa.Column("diet_act_id", sa.Uuid(), nullable=True))
    op.add_column("card", sa.Column("act_id", sa.Uuid(), nullable=True))
    op.create_table(
        "member_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("confirmed_by", sa.String(length=40), nullable=True),
        sa.Column("card_uid", sa.String(length=20), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("before_minor", sa.BigInteger(), nullable=True),
        sa.Column("after_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_act_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_member_act_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_act"),
    )
    op.create_index("ix_member_act_member_id", "member_act", ["member_id"])
