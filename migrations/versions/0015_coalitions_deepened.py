"""Firm commitments, a single lead, stages of pledges, crossings that may happen again, milestones."""

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

LEADS = "role = 'porteur' AND left_at IS NULL"
# The first to have said so leads; the others carry on beside it.
ONE_LEAD = """
UPDATE membership SET role = 'co_porteur' WHERE role = 'porteur' AND EXISTS (
    SELECT 1 FROM membership AS before WHERE before.need_id = membership.need_id AND before.role = 'porteur'
    AND before.left_at IS NULL AND (before.joined_at < membership.joined_at
        OR (before.joined_at = membership.joined_at AND before.id < membership.id)))
"""
BACK = """
DELETE FROM crossing WHERE number > 1
"""


def upgrade() -> None:
    op.execute(ONE_LEAD)
    with op.batch_alter_table('membership') as batch_op:
        batch_op.add_column(sa.Column('firm_at', UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('deliberation_number', sa.String(60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('deliberation_on', sa.Date(), nullable=True))
        batch_op.create_index(
            'ix_membership_leads', ['need_id'], unique=True, sqlite_where=sa.text(LEADS), postgresql_where=sa.text(LEADS)
        )
    op.create_table(
        'deliberation',
        sa.Column('membership_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('name', sa.String(120), nullable=False),
        sa.Column('media_type', sa.String(40), nullable=False),
        sa.Column('digest', sa.String(64), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('added_by_id', sa.Integer(), nullable=False),
        sa.Column('added_at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['membership_id'], ['membership.id'], name=op.f('fk_deliberation_membership_id_membership')
        ),
        sa.ForeignKeyConstraint(['added_by_id'], ['agent.id'], name=op.f('fk_deliberation_added_by_id_agent')),
        sa.PrimaryKeyConstraint('membership_id', name=op.f('pk_deliberation')),
    )
    op.create_table(
        'lead_offer',
        sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('membership_id', sa.Integer(), nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_lead_offer_need_id_need')),
        sa.ForeignKeyConstraint(
            ['membership_id'], ['membership.id'], name=op.f('fk_lead_offer_membership_id_membership')
        ),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_lead_offer_affiliation_id_affiliation')
        ),
        sa.PrimaryKeyConstraint('need_id', name=op.f('pk_lead_offer')),
    )
    op.create_table(
        'milestone',
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('percent', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_milestone_need_id_need')),
        sa.PrimaryKeyConstraint('need_id', 'percent', name=op.f('pk_milestone')),
    )
    _let_rewrite_pledges()
    with op.batch_alter_table('pledge') as batch_op:
        batch_op.drop_constraint('withdraws', type_='check')
        batch_op.drop_constraint('uq_pledge_withdraws_id', type_='unique')
        batch_op.alter_column('withdraws_id', new_column_name='about_id', existing_type=sa.Integer())
        batch_op.add_column(sa.Column('condition', sa.JSON(), nullable=True))
    with op.batch_alter_table('pledge') as batch_op:  # a constraint on the column's new name
        batch_op.create_check_constraint('about', "(event = 'declared') = (about_id IS NULL)")
        batch_op.create_unique_constraint(op.f('uq_pledge_about_id_event'), ['about_id', 'event'])
    _keep_pledges()
    with op.batch_alter_table('threshold_rule') as batch_op:
        batch_op.add_column(sa.Column('motive', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('crossing') as batch_op:
        batch_op.add_column(sa.Column('number', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('cause', sa.String(10), nullable=False, server_default='member'))
        batch_op.add_column(sa.Column('fallen_at', UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint('pk_crossing', type_='primary')
        batch_op.create_primary_key('pk_crossing', ['need_id', 'number'])
    op.execute("UPDATE crossing SET cause = 'import' WHERE membership_id IS NULL")


def downgrade() -> None:
    op.execute(BACK)
    with op.batch_alter_table('crossing') as batch_op:
        batch_op.drop_constraint('pk_crossing', type_='primary')
        batch_op.create_primary_key('pk_crossing', ['need_id'])
        batch_op.drop_column('fallen_at')
        batch_op.drop_column('cause')
        batch_op.drop_column('number')
    with op.batch_alter_table('threshold_rule') as batch_op:
        batch_op.drop_column('motive')
    _let_rewrite_pledges()
    op.execute("DELETE FROM pledge WHERE event NOT IN ('declared', 'withdrawn')")
    with op.batch_alter_table('pledge') as batch_op:
        batch_op.drop_constraint('about', type_='check')
        batch_op.drop_constraint('uq_pledge_about_id_event', type_='unique')
        batch_op.drop_column('condition')
        batch_op.alter_column('about_id', new_column_name='withdraws_id', existing_type=sa.Integer())
    with op.batch_alter_table('pledge') as batch_op:
        batch_op.create_check_constraint('withdraws', "(event = 'withdrawn') = (withdraws_id IS NOT NULL)")
        batch_op.create_unique_constraint(op.f('uq_pledge_withdraws_id'), ['withdraws_id'])
    _keep_pledges()
    op.drop_table('milestone')
    op.drop_table('lead_offer')
    op.drop_table('deliberation')
    with op.batch_alter_table('membership') as batch_op:
        batch_op.drop_index('ix_membership_leads')
        batch_op.drop_column('deliberation_on')
        batch_op.drop_column('deliberation_number')
        batch_op.drop_column('firm_at')


def _let_rewrite_pledges() -> None:
    """SQLite makes the table anew, without its guards; PostgreSQL guards its rows even here."""
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('update', 'delete'):
            op.execute(f'DROP TRIGGER pledge_no_{verb}')
    else:
        op.execute('DROP TRIGGER pledge_append_only ON pledge')


def _keep_pledges() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('UPDATE', 'DELETE'):
            op.execute(
                f'CREATE TRIGGER pledge_no_{verb.lower()} BEFORE {verb} ON pledge '
                "BEGIN SELECT RAISE(ABORT, 'pledge is append-only'); END"
            )
    else:
        op.execute(
            'CREATE TRIGGER pledge_append_only BEFORE UPDATE OR DELETE ON pledge '
            'FOR EACH ROW EXECUTE FUNCTION pledge_append_only()'
        )
