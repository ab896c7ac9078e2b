"""The audit log: central's own, what terminals sent of theirs, and every head that was countersigned.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_audit_log_terminal_id"),
        sa.PrimaryKeyConstraint("log_id", name="pk_audit_log"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["audit_log.log_id"], name="fk_audit_entry_log_id"),
        sa.PrimaryKeyConstraint("log_id", "seq", name="pk_audit_entry"),
    )
    op.create_table(
        "audit_head",
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["audit_log.log_id"], name="fk_audit_head_log_id"),
        sa.PrimaryKeyConstraint("log_id", "seq", name="pk_audit_head"),
    )
    op.create_table(
        "audit_dispute",
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_audit_dispute_terminal_id"),
        sa.PrimaryKeyConstraint("terminal_id", "log_id", "reason", name="pk_audit_dispute"),
    )
