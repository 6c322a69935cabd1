"""The level of assurance of an identity of ProConnect."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('agent_identity', schema=None) as batch_op:
        batch_op.add_column(sa.Column('acr', sa.String(length=100), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('agent_identity', schema=None) as batch_op:
        batch_op.drop_column('acr')
