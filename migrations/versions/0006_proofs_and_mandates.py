"""A ladder of proofs, mandates of their own, domains with states, documents, official addresses, invitations."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

MOVES = (
    "INSERT INTO organisation_domain (domain, organisation_id, state, state_at, motive)"
    " SELECT domain, organisation_id, 'verified', verified_at, '' FROM verified_domain",
    "INSERT INTO affiliation_proof"
    " (affiliation_id, kind, evidence, proven_at, proven_by_id, ended_at, ended_because)"
    " SELECT id, proof, evidence, proven_at, proven_by_id, ended_at, '' FROM affiliation WHERE proof IS NOT NULL",
    "INSERT INTO mandate (affiliation_id, role, commits, scope, scope_id, starts_at, granted_at, granted_by_id,"
    " motive, deliberation_number, ended_at, ended_because)"
    " SELECT id, CASE role WHEN 'elu' THEN 'elu' ELSE 'agent' END, true, 'everything', 0, mandate_at, mandate_at,"
    " mandate_by_id, '', '', ended_at, '' FROM affiliation WHERE mandate_at IS NOT NULL",
    "INSERT INTO mandate_request (affiliation_id, role, deliberation_number, asked_at)"
    " SELECT id, CASE role WHEN 'elu' THEN 'elu' ELSE 'agent' END, '', mandate_asked_at FROM affiliation"
    " WHERE mandate_asked_at IS NOT NULL AND mandate_at IS NULL AND proven_at IS NOT NULL AND ended_at IS NULL",
)
BACK = (
    "INSERT INTO verified_domain (domain, organisation_id, verified_at)"
    " SELECT domain, organisation_id, state_at FROM organisation_domain WHERE state IN ('verified', 'official')",
    "UPDATE affiliation SET mandate_at = (SELECT min(granted_at) FROM mandate"
    " WHERE mandate.affiliation_id = affiliation.id AND commits AND scope = 'everything' AND ended_at IS NULL)",
    "UPDATE affiliation SET mandate_asked_at = (SELECT asked_at FROM mandate_request"
    " WHERE mandate_request.affiliation_id = affiliation.id)",
)

def upgrade() -> None:
    op.create_table('assisted_act',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('contested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contested_because', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_assisted_act_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['seq'], ['journal_entry.seq'], name=op.f('fk_assisted_act_seq_journal_entry')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_assisted_act')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_assisted_act_token_hash'))
    )
    with op.batch_alter_table('assisted_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assisted_act_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('official_contact',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_official_contact_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('organisation_id', 'email', name=op.f('pk_official_contact'))
    )
    with op.batch_alter_table('official_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_official_contact_email'), ['email'], unique=False)

    op.create_table('organisation_domain',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('state_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('motive', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_domain_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('domain', 'organisation_id', name=op.f('pk_organisation_domain'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['agent.id'], name=op.f('fk_document_added_by_id_agent')),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_document_affiliation_id_affiliation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_affiliation_id'), ['affiliation_id'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('function', sa.String(length=120), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['affiliation.id'], name=op.f('fk_invitation_invited_by_id_affiliation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_invitation_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index('ix_invitation_organisation_id', ['organisation_id'], unique=False)

    op.create_table('mandate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('commits', sa.Boolean(), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('scope_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('motive', sa.Text(), nullable=False),
    sa.Column('deliberation_number', sa.String(length=60), nullable=False),
    sa.Column('deliberation_on', sa.Date(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_because', sa.Text(), nullable=False),
    sa.CheckConstraint("(scope = 'everything') = (scope_id = 0)", name=op.f('ck_mandate_scope')),
    sa.CheckConstraint("role <> 'referent' OR (ends_at IS NULL AND scope = 'everything')", name=op.f('ck_mandate_referent')),
    sa.CheckConstraint('ends_at IS NULL OR ends_at > starts_at', name=op.f('ck_mandate_period')),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_mandate_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['agent.id'], name=op.f('fk_mandate_ended_by_id_agent')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['agent.id'], name=op.f('fk_mandate_granted_by_id_agent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate'))
    )
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.create_index('ix_mandate_affiliation_id', ['affiliation_id'], unique=False)

    op.create_table('mandate_request',
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('deliberation_number', sa.String(length=60), nullable=False),
    sa.Column('deliberation_on', sa.Date(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_mandate_request_affiliation_id_affiliation')),
    sa.PrimaryKeyConstraint('affiliation_id', name=op.f('pk_mandate_request'))
    )
    op.create_table('official_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('sent_to', sa.String(length=254), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_official_code_affiliation_id_affiliation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_code'))
    )
    with op.batch_alter_table('official_code', schema=None) as batch_op:
        batch_op.create_index('ix_official_code_affiliation_id', ['affiliation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_code_sent_to'), ['sent_to'], unique=False)

    op.create_table('affiliation_proof',
    sa.Column('affiliation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('proven_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proven_by_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_because', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['affiliation_id'], ['affiliation.id'], name=op.f('fk_affiliation_proof_affiliation_id_affiliation')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_affiliation_proof_document_id_document')),
    sa.ForeignKeyConstraint(['proven_by_id'], ['agent.id'], name=op.f('fk_affiliation_proof_proven_by_id_agent')),
    sa.PrimaryKeyConstraint('affiliation_id', 'kind', name=op.f('pk_affiliation_proof'))
    )
    for statement in MOVES:
        op.execute(statement)
    op.drop_table('verified_domain')
    with op.batch_alter_table('affiliation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('suspended_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('lapses_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ended_by_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_affiliation_mandate_by_id_agent'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_affiliation_ended_by_id_agent'), 'agent', ['ended_by_id'], ['id'])
        batch_op.drop_column('mandate_at')
        batch_op.drop_column('mandate_by_id')
        batch_op.drop_column('mandate_asked_at')



def downgrade() -> None:
    with op.batch_alter_table('affiliation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mandate_asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('mandate_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('mandate_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('fk_affiliation_ended_by_id_agent'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_affiliation_mandate_by_id_agent'), 'agent', ['mandate_by_id'], ['id'])
        batch_op.drop_column('ended_by_id')
        batch_op.drop_column('lapses_at')
        batch_op.drop_column('suspended_at')

    op.create_table('verified_domain',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_verified_domain_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('domain', 'organisation_id', name=op.f('pk_verified_domain'))
    )
    for statement in BACK:
        op.execute(statement)
    op.drop_table('affiliation_proof')
    with op.batch_alter_table('official_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_official_code_sent_to'))
        batch_op.drop_index('ix_official_code_affiliation_id')

    op.drop_table('official_code')
    op.drop_table('mandate_request')
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.drop_index('ix_mandate_affiliation_id')

    op.drop_table('mandate')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('ix_invitation_organisation_id')

    op.drop_table('invitation')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_affiliation_id'))

    op.drop_table('document')
    op.drop_table('organisation_domain')
    with op.batch_alter_table('official_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_official_contact_email'))

    op.drop_table('official_contact')
    with op.batch_alter_table('assisted_act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assisted_act_organisation_id'))

    op.drop_table('assisted_act')
