"""Who works in the canteen.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=3), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_member"),
        sa.UniqueConstraint("number", name="uq_staff_member_number"),
    )
    op.create_table(
        "staff_card",
        sa.Column("uid", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name="fk_staff_card_staff_id"),
        sa.PrimaryKeyConstraint("uid", name="pk_staff_card"),
    )
    op.create_index("ix_staff_card_staff_id", "staff_card", ["staff_id"])
