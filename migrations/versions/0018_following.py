"""Hearing of a need, the news of its coalition, and the agreement of its members to a new text."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'following',
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('agent_id', sa.Integer(), nullable=False),
        sa.Column('wanted', sa.Boolean(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_following_need_id_need')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_following_agent_id_agent')),
        sa.PrimaryKeyConstraint('need_id', 'agent_id', name=op.f('pk_following')),
    )
    op.create_index('ix_following_agent_id', 'following', ['agent_id'])
    op.create_table(
        'news',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=140), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('removed_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_news_need_id_need')),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_news_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_news')),
    )
    op.create_index('ix_news_need_id', 'news', ['need_id'])
    op.create_table(
        'digest',
        sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('up_to', sa.Integer(), nullable=False),
        sa.Column('sent_at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_digest_need_id_need')),
        sa.PrimaryKeyConstraint('need_id', name=op.f('pk_digest')),
    )
    op.create_table(
        'agreement',
        sa.Column('membership_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['membership_id'], ['membership.id'], name=op.f('fk_agreement_membership_id_membership')
        ),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_agreement_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('membership_id', name=op.f('pk_agreement')),
    )


def downgrade() -> None:
    for table in ('agreement', 'digest', 'news', 'following'):
        op.drop_table(table)
