"""A secret salt in each ballot, so that a receipt does not give its choices away before the publication."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("ballot", "ballot_version"):
        op.add_column(table, sa.Column("salt", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    for table in ("ballot", "ballot_version"):
        op.drop_column(table, "salt")
