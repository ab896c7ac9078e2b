"""What a member has paid that central has not heard of is found without reading what it has: after years that is all
they ever paid with pre-grants."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("pre_grants", "grants")
    op.create_index("payments_of_member", "payments", ["member_id", "told_id"], unique=False)
