"""Grants of any unit: money, points, a coupon, and one of each for the same request. Coupons and what they are worth.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
OF_REQUEST = "uq_money_grant_request_id"
OF_REQUEST_AND_UNIT = "uq_money_grant_request_id_unit"


def upgrade() -> None:
    op.add_column("money_grant", sa.Column("unit", sa.String(length=50), nullable=False, server_default=""))
    op.execute("UPDATE money_grant SET unit = COALESCE((SELECT currency FROM installation), unit)")
    op.add_column("grant_request", sa.Column("further", sa.LargeBinary(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _loosen_grants()
    else:
        op.drop_constraint(OF_REQUEST, "money_grant")
        op.create_unique_constraint(OF_REQUEST_AND_UNIT, "money_grant", ["request_id", "unit"])
    _coupons()


def _loosen_grants() -> None:
    """SQLite cannot change a constraint: the table is made anew, as it stands but for that, whatever columns it has by
    now. What refers to it misses it meanwhile, and is checked when the transaction ends."""
    bind = op.get_bind()
    made = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'money_grant'").scalar_one()
    before = f"CONSTRAINT {OF_REQUEST} UNIQUE (request_id)"
    if before not in made:
        raise RuntimeError(f"money_grant has no {before}")
    query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'money_grant' AND sql IS NOT NULL"
    indexes = bind.exec_driver_sql(query).scalars().all()
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE kept_money_grant AS SELECT * FROM money_grant")
    op.drop_table("money_grant")
    for statement in (made.replace(before, f"CONSTRAINT {OF_REQUEST_AND_UNIT} UNIQUE (request_id, unit)"), *indexes):
        op.execute(statement)
    op.execute("INSERT INTO money_grant SELECT * FROM kept_money_grant")
    op.drop_table("kept_money_grant")


def _coupons() -> None:
    op.create_table(
        "coupon_offer",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coupon_offer"),
    )
    op.create_table(
        "coupon",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("offer_id", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["coupon_offer.id"], name="fk_coupon_offer_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_coupon_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_coupon"),
        sa.UniqueConstraint("member_id", "offer_id", name="uq_coupon_member_id_offer_id"),
    )
