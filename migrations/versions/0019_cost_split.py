"""How a coalition shares what remains to pay."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'cost_split',
        sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('method', sa.String(20), nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("method IN ('population', 'equal', 'pledge')", name=op.f('ck_cost_split_method')),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_cost_split_need_id_need')),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_cost_split_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('need_id', name=op.f('pk_cost_split')),
    )


def downgrade() -> None:
    op.drop_table('cost_split')
