"""The menu of the day: what staff change of the imported menu.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("menu", sa.Column("changed_from", sa.Integer(), nullable=True))
    op.create_table(
        "menu_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("imported_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["imported_version"], ["menu.version"], name="fk_menu_act_imported_version"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name="fk_menu_act_terminal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_menu_act"),
    )
    op.create_index("ix_menu_act_imported_version", "menu_act", ["imported_version"])
