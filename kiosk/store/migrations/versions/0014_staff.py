"""Who works here, and tries of PINs."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff_cards",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pin_tries",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.CheckConstraint("wrong > 0", name="counted"),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
    # Read all that central knows once more: the program before this one left out what it did not know.
    op.execute("UPDATE feed_state SET after = 0")
