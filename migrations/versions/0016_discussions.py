"""Discussions on needs: messages, the organisations they mention, their pieces, what is reported."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('answers_id', sa.Integer(), nullable=True),
        sa.Column('affiliation_id', sa.Integer(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('posted_at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('edited_at', UtcDateTime(timezone=True), nullable=True),
        sa.Column('removed_at', UtcDateTime(timezone=True), nullable=True),
        sa.Column('hidden_at', UtcDateTime(timezone=True), nullable=True),
        sa.Column('hidden_because', sa.Text(), nullable=False),
        sa.Column('hidden_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_message_need_id_need')),
        sa.ForeignKeyConstraint(['answers_id'], ['message.id'], name=op.f('fk_message_answers_id_message')),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_message_affiliation_id_affiliation')
        ),
        sa.ForeignKeyConstraint(['author_id'], ['agent.id'], name=op.f('fk_message_author_id_agent')),
        sa.ForeignKeyConstraint(['hidden_by_id'], ['agent.id'], name=op.f('fk_message_hidden_by_id_agent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    )
    with op.batch_alter_table('message') as batch_op:
        batch_op.create_index('ix_message_need_id', ['need_id', 'answers_id', 'id'])
        batch_op.create_index('ix_message_answers_id', ['answers_id'])
        batch_op.create_index('ix_message_author_id', ['author_id', 'posted_at'])
    op.create_table(
        'message_mention',
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('told_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_mention_message_id_message')),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['organisation.id'], name=op.f('fk_message_mention_organisation_id_organisation')
        ),
        sa.PrimaryKeyConstraint('message_id', 'organisation_id', name=op.f('pk_message_mention')),
    )
    with op.batch_alter_table('message_mention') as batch_op:
        batch_op.create_index(op.f('ix_message_mention_organisation_id'), ['organisation_id'])
    op.create_table(
        'attachment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(120), nullable=False),
        sa.Column('media_type', sa.String(60), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(64), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('added_by_id', sa.Integer(), nullable=False),
        sa.Column('added_at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_attachment_message_id_message')),
        sa.ForeignKeyConstraint(['added_by_id'], ['agent.id'], name=op.f('fk_attachment_added_by_id_agent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    )
    with op.batch_alter_table('attachment') as batch_op:
        batch_op.create_index(op.f('ix_attachment_message_id'), ['message_id'])
    op.create_table(
        'message_report',
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('agent_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('settled_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_report_message_id_message')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_message_report_agent_id_agent')),
        sa.PrimaryKeyConstraint('message_id', 'agent_id', name=op.f('pk_message_report')),
    )
    with op.batch_alter_table('message_report') as batch_op:
        batch_op.create_index(op.f('ix_message_report_settled_at'), ['settled_at'])


def downgrade() -> None:
    for name in ('message_report', 'attachment', 'message_mention', 'message'):
        op.drop_table(name)
