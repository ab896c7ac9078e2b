"""Portions that staff brought to a terminal are in its hand with the act that tells of them.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("allotment", sa.Column("brought", sa.BigInteger(), nullable=False, server_default="0"))
