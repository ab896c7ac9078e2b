"""Enrolled faces, sealed under keys that are kept beside the database, and deletions of faces."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faces",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("consent", sa.LargeBinary(), nullable=False),
        sa.Column("models", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
        sa.UniqueConstraint("key_id"),
    )
    op.create_table(
        "face_deletions",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("deletion_id", sa.Uuid(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("member_id"),
        sqlite_with_rowid=False,
    )
