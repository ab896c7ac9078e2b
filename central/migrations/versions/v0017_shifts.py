"""Z reports, their corrections, cash that was put in or taken out, and what each event is about.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("received_event", sa.Column("about", sa.Uuid(), nullable=True))
    op.create_table(
        "z_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_z_report_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_z_report"),
        sa.UniqueConstraint("terminal_id", "incarnation", "number", name="uq_z_report_number"),
    )
    op.create_index("ix_z_report_closed_at", "z_report", ["closed_at"])
    op.create_table(
        "z_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["z_report.id"], name="fk_z_correction_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_z_correction"),
    )
    op.create_index("ix_z_correction_report_id", "z_correction", ["report_id"])
    op.create_table(
        "cash_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_cash_movement_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cash_movement"),
    )
