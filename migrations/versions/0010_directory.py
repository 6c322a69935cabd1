"""What became of organisations that no longer exist."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lineage',
    sa.Column('predecessor_id', sa.Integer(), nullable=False),
    sa.Column('successor_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('merged', 'renamed', 'split', 'duplicate')", name=op.f('ck_lineage_kind')),
    sa.CheckConstraint('predecessor_id <> successor_id', name=op.f('ck_lineage_another')),
    sa.ForeignKeyConstraint(['predecessor_id'], ['organisation.id'], name=op.f('fk_lineage_predecessor_id_organisation')),
    sa.ForeignKeyConstraint(['successor_id'], ['organisation.id'], name=op.f('fk_lineage_successor_id_organisation')),
    sa.PrimaryKeyConstraint('predecessor_id', 'successor_id', name=op.f('pk_lineage'))
    )
    with op.batch_alter_table('lineage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lineage_successor_id'), ['successor_id'], unique=False)


def downgrade() -> None:
    op.drop_table('lineage')
