"""Sessions that are listed and given new keys; a second factor and its recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recovery_code',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_recovery_code_agent_id_agent')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_agent_id'), ['agent_id'], unique=False)

    op.create_table('second_factor',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_second_factor_agent_id_agent')),
    sa.PrimaryKeyConstraint('agent_id', name=op.f('pk_second_factor'))
    )
    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('used_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('second_factor_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('browser', sa.String(length=80), nullable=True))
    op.execute("UPDATE agent_session SET used_at = created_at, browser = ''")
    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.alter_column('used_at', nullable=False)
        batch_op.alter_column('browser', nullable=False)



def downgrade() -> None:
    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.drop_column('browser')
        batch_op.drop_column('second_factor_at')
        batch_op.drop_column('used_at')

    op.drop_table('second_factor')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_agent_id'))

    op.drop_table('recovery_code')
