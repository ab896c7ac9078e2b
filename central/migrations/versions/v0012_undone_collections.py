"""Collections that were undone.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("collection", sa.Column("undone_event", sa.LargeBinary(), nullable=True))
