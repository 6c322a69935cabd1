"""Count needs without a join, and walk each order of the list by its index."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.add_column(sa.Column('departement_code', sa.String(length=3), nullable=True))
        batch_op.drop_index(batch_op.f('ix_need_state_covered_population'))
        batch_op.drop_index(batch_op.f('ix_need_state_posted_at'))
        batch_op.drop_index(batch_op.f('ix_need_state_supports_count'))
        batch_op.create_index('ix_need_counted', ['theme', 'state', 'departement_code'], unique=False)
        batch_op.create_index('ix_need_covered_population', ['covered_population', 'id'], unique=False)
        batch_op.create_index('ix_need_members_count', ['members_count', 'id'], unique=False)
        batch_op.create_index('ix_need_posted_at', ['posted_at', 'id'], unique=False)
        batch_op.create_index('ix_need_supports_count', ['supports_count', 'id'], unique=False)
    op.execute(
        "UPDATE need SET departement_code = (SELECT departement_code FROM organisation"
        " WHERE organisation.id = need.organisation_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.drop_index('ix_need_supports_count')
        batch_op.drop_index('ix_need_posted_at')
        batch_op.drop_index('ix_need_members_count')
        batch_op.drop_index('ix_need_covered_population')
        batch_op.drop_index('ix_need_counted')
        batch_op.create_index(batch_op.f('ix_need_state_supports_count'), ['state', 'supports_count'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_state_posted_at'), ['state', 'posted_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_state_covered_population'), ['state', 'covered_population'], unique=False)
        batch_op.drop_column('departement_code')

