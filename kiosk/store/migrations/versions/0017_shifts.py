"""Shifts and Z reports. What was sold before belongs to none."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closed_id", sa.Integer(), nullable=False),
        sa.Column("drawer_openings", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=True),
        sa.Column("opened_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "INSERT INTO shift_state (id, closed_id, drawer_openings) VALUES (1, coalesce("
        "(SELECT max(id) FROM outbox), (SELECT acknowledged_id FROM outbox_state), 0), 0)"
    )
    for name in ("shift_openings", "cash_movements"):
        op.create_table(
            name,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
            sqlite_with_rowid=False,
        )
    _create_reports()


def _create_reports() -> None:
    op.create_table(
        "z_reports",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("incarnation", "number"),
    )
    op.create_table(
        "z_corrections",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["z_reports.id"]),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("z_corrections_of_report", "z_corrections", ["report_id"])
    op.create_table(
        "z_copies",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["z_reports.id"]),
        sa.PrimaryKeyConstraint("report_id", "number"),
        sa.UniqueConstraint("id"),
        sqlite_with_rowid=False,
    )
    # Whatever the program does, what was printed and told to central stays what it was.
    for table in ("z_reports", "z_corrections", "shift_openings", "cash_movements"):
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"
            )
