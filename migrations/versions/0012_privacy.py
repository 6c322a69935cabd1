"""When a person was last seen, and warned."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('agent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE agent SET seen_at = created_at")
    with op.batch_alter_table('agent', schema=None) as batch_op:
        batch_op.alter_column('seen_at', nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('agent', schema=None) as batch_op:
        batch_op.drop_column('warned_at')
        batch_op.drop_column('seen_at')

