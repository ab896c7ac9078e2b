"""Pre-grants: grants without a request, recalled by central; payments made from several grants; and which incarnations
this disk has been."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """SQLite cannot loosen a column: both tables are made anew. `spends` goes first, as it refers to `grants`."""
    _new_grants()
    _new_spends()
    op.drop_table("spends")
    op.drop_table("grants")
    op.rename_table("new_grants", "grants")
    op.rename_table("new_spends", "spends")
    op.create_table("incarnations", sa.Column("number", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO incarnations SELECT incarnation FROM identity")
    # Open grants are few, closed ones many.
    op.create_index(
        "open_grants", "grants", ["member_id"], unique=False, sqlite_where=sa.text("closed = 0 AND request_id IS NULL")
    )


def _new_grants() -> None:
    op.create_table(
        "new_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("spent_minor", sa.Integer(), nullable=False),
        sa.Column("spends", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("recalled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("spent_minor BETWEEN 0 AND amount_minor", name="never_above_the_grant"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO new_grants SELECT id, request_id, member_id, terminal_id, incarnation, amount_minor, currency, "
        "spent_minor, spends, closed, 0 FROM grants"
    )


def _new_spends() -> None:
    op.create_table(
        "new_spends",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["new_grants.id"]),
        sa.PrimaryKeyConstraint("grant_id", "number"),
        sa.UniqueConstraint("payment_id", "grant_id"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO new_spends SELECT grant_id, number, payment_id, amount_minor FROM spends")
