"""Syndicats and local establishments with their members, crossings nobody's joining made."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place: a table that others refer to cannot be made anew on SQLite once it holds rows.
    op.add_column('organisation', sa.Column('nature', sa.String(length=80), nullable=False, server_default=''))
    op.add_column('organisation', sa.Column('source', sa.String(length=10), nullable=False, server_default=''))

    op.create_table('grouping_member',
    sa.Column('grouping_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['grouping_id'], ['organisation.id'], name=op.f('fk_grouping_member_grouping_id_organisation')),
    sa.ForeignKeyConstraint(['member_id'], ['organisation.id'], name=op.f('fk_grouping_member_member_id_organisation')),
    sa.PrimaryKeyConstraint('grouping_id', 'member_id', name=op.f('pk_grouping_member'))
    )
    with op.batch_alter_table('grouping_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grouping_member_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.alter_column('membership_id', existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM crossing WHERE membership_id IS NULL")
    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.alter_column('membership_id', existing_type=sa.Integer(), nullable=False)
    op.drop_table('grouping_member')
    for column in ('source', 'nature'):
        op.drop_column('organisation', column)
