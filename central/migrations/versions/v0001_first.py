"""The first schema. Written once, never changed: a later change is a revision of its own.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("ledger_entry", "ledger_posting", "points_entry")


def upgrade() -> None:
    _installation()
    _members()
    _terminals()
    _ledger()
    _orders()
    _grants()
    _append_only()


def _installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1", "ck_installation_one_row"), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_table(
        "feed_position",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_position"),
    )
    op.create_table(
        "feed_row",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_feed_row"),
        sa.UniqueConstraint("seq", name="uq_feed_row_seq"),
    )
    op.create_table(
        "menu",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_menu"),
    )


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("credit_line_minor", sa.BigInteger(), nullable=False),
        sa.Column("diet", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.create_table(
        "card",
        sa.Column("uid", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_card_member_id"),
        sa.PrimaryKeyConstraint("uid", name="pk_card"),
    )
    op.create_index("ix_card_member_id", "card", ["member_id"])


def _terminals() -> None:
    op.create_table(
        "terminal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("letter", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_terminal"),
        sa.UniqueConstraint("letter", name="uq_terminal_letter"),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.String(length=36), nullable=True),
        sa.Column("terminal_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["replaces_id"], ["terminal.id"], name="fk_enrolment_code_replaces_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_enrolment_code_terminal_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_enrolment_code"),
    )
    op.create_table(
        "push_position",
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_push_position_terminal_id"),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", name="pk_push_position"),
    )
    op.create_table(
        "received_event",
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_received_event_terminal_id"),
        sa.PrimaryKeyConstraint("terminal_id", "incarnation", "seq", name="pk_received_event"),
    )
    op.create_index("ix_received_event_event_id", "received_event", ["event_id"])
    op.create_table(
        "quarantined_event",
        sa.Column("id", NUMBERED, nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_quarantined_event_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantined_event"),
        sa.UniqueConstraint(
            "terminal_id", "incarnation", "seq", "event_id", "body_sha256", name="uq_quarantined_event_once"
        ),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entry"),
        sa.UniqueConstraint("reference", name="uq_ledger_entry_reference"),
    )
    op.create_table(
        "ledger_posting",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name="fk_ledger_posting_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "position", name="pk_ledger_posting"),
    )
    op.create_index("ix_ledger_posting_account_amount_minor", "ledger_posting", ["account", "amount_minor"])
    op.create_table(
        "points_entry",
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_points_entry_member_id"),
        sa.PrimaryKeyConstraint("reference", name="pk_points_entry"),
    )
    op.create_index("ix_points_entry_member_id_points", "points_entry", ["member_id", "points"])


def _orders() -> None:
    op.create_table(
        "customer_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("dining_mode", sa.String(length=20), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("menu_version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("cart", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_customer_order_member_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_customer_order_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_order"),
    )
    op.create_index("ix_customer_order_created_at", "customer_order", ["created_at"])
    op.create_index("ix_customer_order_member_id_created_at", "customer_order", ["member_id", "created_at"])
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name="fk_payment_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        sa.UniqueConstraint("order_id", name="uq_payment_order_id"),
    )
    op.create_table(
        "stock_item",
        sa.Column("dish_id", sa.String(length=40), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("count_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("dish_id", name="pk_stock_item"),
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", NUMBERED, nullable=False),
        sa.Column("dish_id", sa.String(length=40), nullable=False),
        sa.Column("count_number", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name="fk_stock_movement_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_movement"),
    )
    op.create_index(
        "ix_stock_movement_dish_id_count_number_portions", "stock_movement", ["dish_id", "count_number", "portions"]
    )


def _grants() -> None:
    op.create_table(
        "grant_request",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("card_uid", sa.String(length=20), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("is_abandoned", sa.Boolean(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_grant_request_terminal_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_grant_request"),
    )
    op.create_table(
        "money_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("incarnation", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("close_after", sa.Integer(), nullable=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_money_grant_member_id"),
        sa.ForeignKeyConstraint(["request_id"], ["grant_request.request_id"], name="fk_money_grant_request_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_money_grant_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_money_grant"),
        sa.UniqueConstraint("request_id", name="uq_money_grant_request_id"),
    )
    op.create_index(
        "ix_money_grant_open_member_id",
        "money_grant",
        ["member_id"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "spend",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["money_grant.id"], name="fk_spend_grant_id"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_spend"),
        sa.UniqueConstraint("grant_id", "number", name="uq_spend_grant_id_number"),
    )


def _append_only() -> None:
    """Nobody changes what was booked, whatever the program does."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
