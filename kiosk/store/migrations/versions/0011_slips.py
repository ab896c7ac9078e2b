"""Keys of the site's terminals, orders collected here and elsewhere; and orders that wait for the counter are found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_terminals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "collections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_payment_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("due_payment_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "collected_elsewhere",
        sa.Column("due_payment_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("due_payment_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "orders_awaiting_payment", "orders", ["position"], sqlite_where=sa.text("state = 'awaiting_payment'")
    )
