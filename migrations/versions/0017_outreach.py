"""Invitations to join a coalition, and the organisations that want none."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'join_invitation',
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_join_invitation_need_id_need')),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['organisation.id'], name=op.f('fk_join_invitation_organisation_id_organisation')
        ),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_join_invitation_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('need_id', 'organisation_id', name=op.f('pk_join_invitation')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_join_invitation_token_hash')),
    )
    op.create_index('ix_join_invitation_organisation_id_at', 'join_invitation', ['organisation_id', 'at'])
    op.create_index(op.f('ix_join_invitation_affiliation_id'), 'join_invitation', ['affiliation_id'])
    op.create_table(
        'no_invitation',
        sa.Column('organisation_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['organisation.id'], name=op.f('fk_no_invitation_organisation_id_organisation')
        ),
        sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_no_invitation')),
    )


def downgrade() -> None:
    op.drop_table('no_invitation')
    op.drop_table('join_invitation')
