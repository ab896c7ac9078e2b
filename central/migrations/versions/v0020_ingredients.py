"""Ingredients, recipes, and what sales and staff move of ingredients.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("customer_order", sa.Column("recipe_book", sa.Integer(), nullable=True))
    op.create_table(
        "ingredient",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("warn_below_milli", sa.BigInteger(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ingredient"),
    )
    op.create_table(
        "recipe_book",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_recipe_book"),
    )
    op.create_table(
        "recipe_line",
        sa.Column("book", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dish_id", sa.String(length=40), nullable=False),
        sa.Column("ingredient_id", sa.String(length=40), nullable=False),
        sa.Column("milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["recipe_book.version"], name="fk_recipe_line_book"),
        sa.ForeignKeyConstraint(["ingredient_id"], ["ingredient.id"], name="fk_recipe_line_ingredient_id"),
        sa.PrimaryKeyConstraint("book", "dish_id", "ingredient_id", name="pk_recipe_line"),
    )
    op.create_table(
        "ingredient_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ingredient_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ingredient_id"], ["ingredient.id"], name="fk_ingredient_act_ingredient_id"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_ingredient_act_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ingredient_act"),
        sa.UniqueConstraint("ingredient_id", "number", name="uq_ingredient_act_ingredient_id_number"),
        sa.UniqueConstraint("undoes", name="uq_ingredient_act_undoes"),
    )
    op.create_table(
        "ingredient_movement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ingredient_id", sa.String(length=40), nullable=False),
        sa.Column("milli", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_day", sa.Boolean(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["ingredient_act.id"], name="fk_ingredient_movement_act_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ingredient_movement"),
    )
    op.create_index("ix_ingredient_movement_booked_at", "ingredient_movement", ["booked_at"])
