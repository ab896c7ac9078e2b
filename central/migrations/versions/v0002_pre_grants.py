"""Pre-grants: grants without a request, recalled and written off; payments from several grants; feed rows that are for
one terminal alone.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
OPEN_GRANTS = ("ix_money_grant_open_member_id", ["member_id"]), ("ix_money_grant_open_terminal_id", ["terminal_id"])


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _grants_anew()
    else:
        _alter_grants()
    for name, columns in OPEN_GRANTS:
        op.create_index(
            name, "money_grant", columns, sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open")
        )
    op.create_table(
        "write_off",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.String(length=60), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["money_grant.id"], name="fk_write_off_grant_id"),
        sa.PrimaryKeyConstraint("grant_id", name="pk_write_off"),
    )
    op.add_column("feed_row", sa.Column("terminal_id", sa.String(length=36), nullable=True))
    op.add_column("terminal", sa.Column("protocol", sa.Integer(), nullable=False, server_default="1"))


def _alter_grants() -> None:
    op.drop_index("ix_money_grant_open_member_id", "money_grant")
    op.alter_column("money_grant", "request_id", nullable=True)
    for name in ("is_recalled", "is_written_off"):
        op.add_column("money_grant", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_constraint("pk_spend", "spend")
    op.drop_constraint("uq_spend_grant_id_number", "spend")
    op.create_primary_key("pk_spend", "spend", ["grant_id", "number"])
    op.create_unique_constraint("uq_spend_payment_id_grant_id", "spend", ["payment_id", "grant_id"])


def _grants_anew() -> None:
    """SQLite cannot loosen a column. `spend` goes first, as it refers to `money_grant`."""
    op.create_table(
        "new_money_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("close_after", sa.Integer(), nullable=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("is_recalled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_written_off", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_money_grant_member_id"),
        sa.ForeignKeyConstraint(["request_id"], ["grant_request.request_id"], name="fk_money_grant_request_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_money_grant_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_money_grant"),
        sa.UniqueConstraint("request_id", name="uq_money_grant_request_id"),
    )
    op.execute(
        "INSERT INTO new_money_grant SELECT id, request_id, member_id, terminal_id, incarnation, amount_minor, "
        "is_open, close_after, issued_at, 0, 0 FROM money_grant"
    )
    op.create_table(
        "new_spend",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["new_money_grant.id"], name="fk_spend_grant_id"),
        sa.PrimaryKeyConstraint("grant_id", "number", name="pk_spend"),
        sa.UniqueConstraint("payment_id", "grant_id", name="uq_spend_payment_id_grant_id"),
    )
    op.execute("INSERT INTO new_spend SELECT grant_id, number, payment_id, amount_minor FROM spend")
    for table in ("spend", "money_grant"):
        op.drop_table(table)
        op.rename_table(f"new_{table}", table)
