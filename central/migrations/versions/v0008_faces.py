"""Consents to faces, and deletions of faces.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "face_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.String(length=10), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_face_consent_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_face_consent_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_face_consent"),
    )
    op.create_index("ix_face_consent_member_id", "face_consent", ["member_id"])
    op.create_table(
        "face_deletion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.Column("staff", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_face_deletion_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_face_deletion_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_face_deletion"),
        sa.UniqueConstraint("member_id", "number", name="uq_face_deletion_member_id_number"),
    )
