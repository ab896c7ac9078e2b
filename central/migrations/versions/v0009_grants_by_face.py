"""Grants that are asked for by face: under which consent.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("grant_request", sa.Column("face_consent_id", sa.Uuid(), nullable=True))
