"""Payments in several parts, and for one request a grant of each unit: money, points, a coupon."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


BEFORE, AFTER = "UNIQUE (request_id)", "UNIQUE (request_id, currency)"


def upgrade() -> None:
    op.add_column("payments", sa.Column("parts", sa.LargeBinary(), nullable=True))
    _loosen_grants()


def _loosen_grants() -> None:
    """SQLite cannot change a constraint: the table is made anew, as it stands but for that, whatever columns it has by
    now. Its spends miss it meanwhile; they are checked when the transaction ends."""
    bind = op.get_bind()
    made = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'grants'").scalar_one()
    if BEFORE not in made:
        raise RuntimeError(f"grants has no constraint {BEFORE}")
    query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'grants' AND sql IS NOT NULL"
    indexes = bind.exec_driver_sql(query).scalars().all()
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE kept_grants AS SELECT * FROM grants")
    op.drop_table("grants")
    for statement in (made.replace(BEFORE, AFTER), *indexes):
        op.execute(statement)
    op.execute("INSERT INTO grants SELECT * FROM kept_grants")
    op.drop_table("kept_grants")
