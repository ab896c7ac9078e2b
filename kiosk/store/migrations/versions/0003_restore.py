"""Central's seal on each grant, which event gave a grant back, whether central's present epoch has been told what this
terminal holds, and what central has heard of, whatever is sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grants", sa.Column("seal", sa.Text(), nullable=False, server_default=""))
    op.add_column("grants", sa.Column("told_id", sa.Integer(), nullable=True))
    op.add_column("outbox_state", sa.Column("known_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE outbox_state SET known_id = acknowledged_id")
    op.add_column("feed_state", sa.Column("announced", sa.Boolean(), nullable=False, server_default=sa.false()))
