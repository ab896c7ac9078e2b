"""Letters with copies of faces, between terminals that share them.

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "face_box",
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_face_box_terminal_id"),
        sa.PrimaryKeyConstraint("terminal_id", name="pk_face_box"),
    )
    op.create_table(
        "shared_face",
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_shared_face_member_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_shared_face"),
    )
    op.create_table(
        "face_copy",
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_face_copy_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_face_copy_terminal_id"),
        sa.PrimaryKeyConstraint("member_id", "terminal_id", name="pk_face_copy"),
    )
    op.create_table(
        "face_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("asked_of", sa.String(length=36), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_face_letter_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_face_letter_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_face_letter"),
        sa.UniqueConstraint("member_id", "terminal_id", name="uq_face_letter_member_id_terminal_id"),
    )
    op.create_index("ix_face_letter_terminal_id", "face_letter", ["terminal_id"])
