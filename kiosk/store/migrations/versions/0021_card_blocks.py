"""Cards that staff blocked at this terminal, until central has said so of them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_blocks",
        sa.Column("card_uid", sa.Text(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=True),
        sa.Column("is_told_of", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("card_uid"),
        sqlite_with_rowid=False,
    )
