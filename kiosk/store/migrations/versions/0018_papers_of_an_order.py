"""The papers of one order are found without reading all that are kept."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("print_jobs_of_order", "print_jobs", ["order_id"], unique=False)
