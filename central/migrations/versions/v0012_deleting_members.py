"""Members who were deleted, and balances that are paid out.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("member", sa.Column("deleted_at", MOMENT, nullable=True))
    op.add_column("member", sa.Column("deleted_by", sa.String(length=60), nullable=True))
    op.add_column("member", sa.Column("deletion_reason", sa.String(length=200), nullable=True))
    op.create_table(
        "pay_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_unclaimed", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.String(length=60), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_pay_out_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pay_out"),
    )
    op.create_index("ix_pay_out_member_id", "pay_out", ["member_id"])
