"""What staff do with stock, and up to which of its own events a terminal has read the feed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_state", sa.Column("booked_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE outbox_state SET booked_id = known_id")
    op.add_column("stock", sa.Column("count_id", sa.Uuid(), nullable=True))
    op.create_table(
        "stock_acts",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "stock_marks",
        sa.Column("dish_id", sa.Text(), nullable=False),
        sa.Column("sold_out", sa.Boolean(), nullable=True),
        sa.Column("is_counted", sa.Boolean(), nullable=True),
        sa.Column("counted_after", sa.Integer(), nullable=True),
        sa.Column("told_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("dish_id"),
        sqlite_with_rowid=False,
    )
