"""Portions that staff brought to this terminal are in its hand at once."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("allotments", sa.Column("brought", sa.Integer(), nullable=False, server_default="0"))
