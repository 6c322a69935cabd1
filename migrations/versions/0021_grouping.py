"""Similar needs under a common one."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('need') as batch_op:
        batch_op.add_column(sa.Column('common_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('groups', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_foreign_key(op.f('fk_need_common_id_need'), 'need', ['common_id'], ['id'])
        batch_op.create_index(op.f('ix_need_common_id'), ['common_id'])
    with op.batch_alter_table('need') as batch_op:
        batch_op.alter_column('groups', server_default=None)
    op.create_table(
        'stepped_out',
        sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('organisation_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_stepped_out_need_id_need')),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['organisation.id'], name=op.f('fk_stepped_out_organisation_id_organisation')
        ),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_stepped_out_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('need_id', 'organisation_id', name=op.f('pk_stepped_out')),
    )
    op.create_index(op.f('ix_stepped_out_organisation_id'), 'stepped_out', ['organisation_id'])
    op.create_table(
        'dismissed_pair',
        sa.Column('first_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('second_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('first_version', sa.Integer(), nullable=False),
        sa.Column('second_version', sa.Integer(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_dismissed_pair_order')),
        sa.ForeignKeyConstraint(['first_id'], ['need.id'], name=op.f('fk_dismissed_pair_first_id_need')),
        sa.ForeignKeyConstraint(['second_id'], ['need.id'], name=op.f('fk_dismissed_pair_second_id_need')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_dismissed_pair_curator_id_agent')),
        sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_dismissed_pair')),
    )


def downgrade() -> None:
    op.drop_table('dismissed_pair')
    op.drop_table('stepped_out')
    with op.batch_alter_table('need') as batch_op:
        batch_op.drop_index(op.f('ix_need_common_id'))
        batch_op.drop_constraint(op.f('fk_need_common_id_need'), type_='foreignkey')
        batch_op.drop_column('groups')
        batch_op.drop_column('common_id')
