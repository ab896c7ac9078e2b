"""The audit log: entries that are only ever added, and what central countersigned of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_logs",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("central_key", sa.LargeBinary(), nullable=True),
        sa.Column("witness", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("log_id"),
    )
    op.create_table(
        "audit_entries",
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_heads",
        sa.Column("log_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "seq"),
        sqlite_with_rowid=False,
    )
    # Against our own bugs; whoever has the key can drop these.
    for table in ("audit_entries", "audit_heads"):
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
            )
