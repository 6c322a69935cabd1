"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('is_curator', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agent')),
    sa.UniqueConstraint('email', name=op.f('uq_agent_email'))
    )
    op.create_table('journal_entry',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_kind', sa.String(length=30), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('affiliation_id', sa.Integer(), nullable=True),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('prev_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_journal_entry'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entry_subject', ['subject_kind', 'subject_id'], unique=False)

    op.create_table('journal_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_journal_head_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_head'))
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dedup_key', sa.String(length=200), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('context', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=300), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('dedup_key', name=op.f('uq_letter_dedup_key'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index('ix_letter_sent_at', ['sent_at'], unique=False)

    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_key', sa.String(length=200), nullable=False),
    sa.Column('siren', sa.String(length=9), nullable=True),
    sa.Column('insee_code', sa.String(length=5), nullable=True),
    sa.Column('departement_code', sa.String(length=3), nullable=True),
    sa.Column('departement_name', sa.String(length=60), nullable=True),
    sa.Column('region_code', sa.String(length=3), nullable=True),
    sa.Column('region_name', sa.String(length=60), nullable=True),
    sa.Column('postal_codes', sa.String(length=400), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('communes_count', sa.Integer(), nullable=False),
    sa.Column('departement_level', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('population >= 0', name=op.f('ck_organisation_population')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('code', name=op.f('uq_organisation_code')),
    sa.UniqueConstraint('reference', name=op.f('uq_organisation_reference'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index('ix_organisation_departement_code', ['departement_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_insee_code'), ['insee_code'], unique=False)
        batch_op.create_index('ix_organisation_name_key', ['name_key'], unique=False)

    op.create_table('round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=140), nullable=False),
    sa.Column('envelope', sa.BigInteger(), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('seed', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('setup_hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('envelope > 0', name=op.f('ck_round_envelope')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round')),
    sa.UniqueConstraint('slug', name=op.f('uq_round_slug'))
    )
    op.create_table('sign_in_token',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('next_path', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in_token'))
    )
    with op.batch_alter_table('sign_in_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_token_email'), ['email'], unique=False)

    op.create_table('threshold_rule',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tree', sa.JSON(), nullable=False),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_threshold_rule'))
    )
    op.create_table('affiliation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('function', sa.String(length=120), nullable=False),
    sa.Column('motive', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proof', sa.String(length=20), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('proven_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proven_by_id', sa.Integer(), nullable=True),
    sa.Column('mandate_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mandate_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mandate_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(proven_at IS NULL) = (proof IS NULL)', name=op.f('ck_affiliation_proof')),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_affiliation_agent_id_agent')),
    sa.ForeignKeyConstraint(['mandate_by_id'], ['agent.id'], name=op.f('fk_affiliation_mandate_by_id_agent')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_affiliation_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['proven_by_id'], ['agent.id'], name=op.f('fk_affiliation_proven_by_id_agent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_affiliation')),
    sa.UniqueConstraint('agent_id', 'organisation_id', name=op.f('uq_affiliation_agent_id_organisation_id'))
    )
    with op.batch_alter_table('affiliation', schema=None) as batch_op:
        batch_op.create_index('ix_affiliation_organisation_id', ['organisation_id'], unique=False)

    op.create_table('agent_session',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_agent_session_agent_id_agent')),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_agent_session'))
    )
    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agent_session_agent_id'), ['agent_id'], unique=False)

    op.create_table('place_name',
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_key', sa.String(length=200), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_place_name_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('code', 'kind', name=op.f('pk_place_name'))
    )
    with op.batch_alter_table('place_name', schema=None) as batch_op:
        batch_op.create_index('ix_place_name_name_key', ['name_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_place_name_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('round_phase',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('phase', sa.String(length=20), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_phase_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'phase', name=op.f('pk_round_phase'))
    )
    op.create_table('round_result',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.JSON(), nullable=False),
    sa.Column('outcome_hash', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_result_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_round_result'))
    )
    op.create_table('solution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('lifecycle', sa.String(length=20), nullable=False),
    sa.Column('licence', sa.String(length=60), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=False),
    sa.Column('repository', sa.String(length=300), nullable=False),
    sa.Column('bearer', sa.String(length=200), nullable=False),
    sa.Column('audience', sa.String(length=300), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entered_by_id'], ['agent.id'], name=op.f('fk_solution_entered_by_id_agent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_solution')),
    sa.UniqueConstraint('name', name=op.f('uq_solution_name'))
    )
    op.create_table('territory',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['organisation.id'], name=op.f('fk_territory_commune_id_organisation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_territory_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('organisation_id', 'commune_id', name=op.f('pk_territory'))
    )
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_commune_id'), ['commune_id'], unique=False)

    op.create_table('verified_domain',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_verified_domain_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('domain', 'organisation_id', name=op.f('pk_verified_domain'))
    )
    op.create_table('ballot',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_ballot_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_ballot_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_ballot_round_id_round')),
    sa.PrimaryKeyConstraint('round_id', 'organisation_id', name=op.f('pk_ballot'))
    )
    op.create_table('need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('origin', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=140), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('frequency', sa.Text(), nullable=False),
    sa.Column('workaround', sa.Text(), nullable=False),
    sa.Column('expected_effect', sa.Text(), nullable=False),
    sa.Column('theme', sa.String(length=30), nullable=False),
    sa.Column('estimated_cost', sa.BigInteger(), nullable=True),
    sa.Column('service_url', sa.String(length=300), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('supports_count', sa.Integer(), nullable=False),
    sa.Column('members_count', sa.Integer(), nullable=False),
    sa.Column('covered_population', sa.Integer(), nullable=False),
    sa.CheckConstraint('estimated_cost IS NULL OR estimated_cost > 0', name=op.f('ck_need_estimated_cost')),
    sa.CheckConstraint('supports_count >= 0 AND members_count >= 0 AND covered_population >= 0', name=op.f('ck_need_counters')),
    sa.ForeignKeyConstraint(['author_id'], ['affiliation.id'], name=op.f('fk_need_author_id_affiliation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_need_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need'))
    )
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.create_index('ix_need_organisation_id', ['organisation_id'], unique=False)
        batch_op.create_index('ix_need_state_covered_population', ['state', 'covered_population'], unique=False)
        batch_op.create_index('ix_need_state_posted_at', ['state', 'posted_at'], unique=False)
        batch_op.create_index('ix_need_state_supports_count', ['state', 'supports_count'], unique=False)

    op.create_table('ballot_version',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('receipt', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_ballot_version_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['round_id', 'organisation_id'], ['ballot.round_id', 'ballot.organisation_id'], name='fk_ballot_version_ballot'),
    sa.PrimaryKeyConstraint('round_id', 'organisation_id', 'version', name=op.f('pk_ballot_version'))
    )
    op.create_table('candidate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('lot_rank', sa.Integer(), nullable=False),
    sa.Column('snapshot', sa.JSON(), nullable=False),
    sa.Column('snapshot_hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('price > 0', name=op.f('ck_candidate_price')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_candidate_need_id_need')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_candidate_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidate')),
    sa.UniqueConstraint('round_id', 'lot_rank', name=op.f('uq_candidate_round_id_lot_rank')),
    sa.UniqueConstraint('round_id', 'need_id', name=op.f('uq_candidate_round_id_need_id'))
    )
    with op.batch_alter_table('candidate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_candidate_need_id'), ['need_id'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_membership_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_membership_need_id_need')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('need_id', 'organisation_id', name=op.f('uq_membership_need_id_organisation_id'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_organisation_id', ['organisation_id'], unique=False)

    op.create_table('need_version',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['affiliation.id'], name=op.f('fk_need_version_author_id_affiliation')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_need_version_need_id_need')),
    sa.PrimaryKeyConstraint('need_id', 'number', name=op.f('pk_need_version'))
    )
    op.create_table('shortlisting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('motive', sa.Text(), nullable=False),
    sa.Column('curator_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_shortlisting_curator_id_agent')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_shortlisting_need_id_need')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shortlisting'))
    )
    with op.batch_alter_table('shortlisting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shortlisting_need_id'), ['need_id'], unique=False)

    op.create_table('support',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_support_need_id_need')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_support_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('need_id', 'organisation_id', name=op.f('pk_support'))
    )
    with op.batch_alter_table('support', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_support_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('support_agent',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_support_agent_agent_id_agent')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_support_agent_need_id_need')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_support_agent_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('need_id', 'organisation_id', 'agent_id', name=op.f('pk_support_agent'))
    )
    op.create_table('crossing',
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('rule_version', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_crossing_membership_id_membership')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_crossing_need_id_need')),
    sa.ForeignKeyConstraint(['rule_version'], ['threshold_rule.version'], name=op.f('fk_crossing_rule_version_threshold_rule')),
    sa.PrimaryKeyConstraint('need_id', name=op.f('pk_crossing'))
    )
    op.create_table('pledge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('event', sa.String(length=20), nullable=False),
    sa.Column('withdraws_id', sa.Integer(), nullable=True),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(event = 'withdrawn') = (withdraws_id IS NOT NULL)", name=op.f('ck_pledge_withdraws')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_pledge_amount')),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_pledge_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_pledge_membership_id_membership')),
    sa.ForeignKeyConstraint(['withdraws_id'], ['pledge.id'], name=op.f('fk_pledge_withdraws_id_pledge')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pledge')),
    sa.UniqueConstraint('withdraws_id', name=op.f('uq_pledge_withdraws_id'))
    )
    with op.batch_alter_table('pledge', schema=None) as batch_op:
        batch_op.create_index('ix_pledge_membership_id', ['membership_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('pledge', schema=None) as batch_op:
        batch_op.drop_index('ix_pledge_membership_id')

    op.drop_table('pledge')
    op.drop_table('crossing')
    op.drop_table('support_agent')
    with op.batch_alter_table('support', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_support_organisation_id'))

    op.drop_table('support')
    with op.batch_alter_table('shortlisting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shortlisting_need_id'))

    op.drop_table('shortlisting')
    op.drop_table('need_version')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('ix_membership_organisation_id')

    op.drop_table('membership')
    with op.batch_alter_table('candidate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_candidate_need_id'))

    op.drop_table('candidate')
    op.drop_table('ballot_version')
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.drop_index('ix_need_state_supports_count')
        batch_op.drop_index('ix_need_state_posted_at')
        batch_op.drop_index('ix_need_state_covered_population')
        batch_op.drop_index('ix_need_organisation_id')

    op.drop_table('need')
    op.drop_table('ballot')
    op.drop_table('verified_domain')
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_territory_commune_id'))

    op.drop_table('territory')
    op.drop_table('solution')
    op.drop_table('round_result')
    op.drop_table('round_phase')
    with op.batch_alter_table('place_name', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_place_name_organisation_id'))
        batch_op.drop_index('ix_place_name_name_key')

    op.drop_table('place_name')
    with op.batch_alter_table('agent_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agent_session_agent_id'))

    op.drop_table('agent_session')
    with op.batch_alter_table('affiliation', schema=None) as batch_op:
        batch_op.drop_index('ix_affiliation_organisation_id')

    op.drop_table('affiliation')
    op.drop_table('threshold_rule')
    with op.batch_alter_table('sign_in_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_token_email'))

    op.drop_table('sign_in_token')
    op.drop_table('round')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index('ix_organisation_name_key')
        batch_op.drop_index(batch_op.f('ix_organisation_insee_code'))
        batch_op.drop_index('ix_organisation_departement_code')

    op.drop_table('organisation')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index('ix_letter_sent_at')

    op.drop_table('letter')
    op.drop_table('journal_head')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_entry_subject')

    op.drop_table('journal_entry')
    op.drop_table('agent')
