"""What a member has spent under pre-grants is found without reading every grant that this terminal ever had."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Closed ones count too, until central has heard of the spends; of all grants, few are pre-grants."""
    only_pre_grants = sa.text("(request_id IS NULL) = 1")
    op.create_index("pre_grants", "grants", ["member_id"], unique=False, sqlite_where=only_pre_grants)
