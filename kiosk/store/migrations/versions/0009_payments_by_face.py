"""What was paid by face, and under which consent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("face_consent_id", sa.Uuid(), nullable=True))
    by_face = sa.text("face_consent_id IS NOT NULL")
    op.create_index("payments_by_face", "payments", ["member_id", "position"], unique=False, sqlite_where=by_face)
