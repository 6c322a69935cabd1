"""Identities of ProConnect, and what signing out of it needs."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agent_identity',
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('idp_id', sa.String(length=100), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_agent_identity_agent_id_agent')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_agent_identity'))
    )
    with op.batch_alter_table('agent_identity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agent_identity_agent_id'), ['agent_id'], unique=False)

    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('id_token', sa.Text(), nullable=False, server_default=''))

    with op.batch_alter_table('sign_in_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('identity', sa.JSON(), nullable=False, server_default='{}'))



def downgrade() -> None:
    with op.batch_alter_table('sign_in_token', schema=None) as batch_op:
        batch_op.drop_column('identity')

    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.drop_column('id_token')

    with op.batch_alter_table('agent_identity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agent_identity_agent_id'))

    op.drop_table('agent_identity')
