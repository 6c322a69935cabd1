"""What curators answer to needs, and when they first did."""

import sqlalchemy as sa
from alembic import op

from coconstruction import clock
from coconstruction.database import UtcDateTime

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

MOTIVES = (
    ('Matériel ou réseau', 'decline', '', 'Le programme finance des services numériques. L’achat de matériel, la fibre, '
     'le wifi ou les antennes n’en relèvent pas : l’agence Société numérique peut vous orienter.'),
    ('Formation seule', 'decline', '', 'Le programme finance des services numériques. Une formation des agents, sans '
     'service à construire, n’en relève pas.'),
    ('Recrutement', 'decline', '', 'Le programme finance des services numériques. Il ne paie pas de poste.'),
    ('Projet d’un territoire', 'redirect', 'axis_two', 'Plusieurs collectivités d’un même territoire portent ce projet '
     'avec un outil qui existe : l’axe deux le finance mieux et plus vite que la construction d’un service.'),
    ('Projet d’une collectivité', 'redirect', 'axis_three', 'Le besoin est celui d’une seule collectivité : le guichet de '
     'la préfecture finance ces projets.'),
    ('Raccordement à FranceConnect', 'redirect', 'franceconnect', 'Le raccordement d’un service existant à '
     'FranceConnect a son propre forfait, de 5 000 € par projet.'),
    ('Sécurité informatique', 'redirect', 'anssi', 'Les parcours de cybersécurité de l’ANSSI répondent à ce besoin : '
     'diagnostic, plan d’action, financement.'),
    ('Préciser le besoin', 'ask', '', 'Pour examiner votre besoin, il nous manque : qui fait quoi aujourd’hui, combien '
     'de fois par mois, et ce que cela coûte. Modifiez le texte du besoin : nous le relirons.'),
    ('Recevable', 'keep', '', 'Ce besoin relève du programme. Il attend des soutiens et des engagements d’autres '
     'collectivités.'),
)


def upgrade() -> None:
    with op.batch_alter_table('need') as batch_op:
        batch_op.add_column(sa.Column('first_answer_at', UtcDateTime(timezone=True), nullable=True))
    op.execute(
        'UPDATE need SET first_answer_at = (SELECT MIN(at) FROM shortlisting WHERE shortlisting.need_id = need.id)'
    )
    _answers()
    _appeals()
    _desk()


def _answers() -> None:
    op.create_table(
        'batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('action', sa.String(20), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('undone_at', UtcDateTime(timezone=True), nullable=True),
        sa.Column('told_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_batch_curator_id_agent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    )
    op.create_index(op.f('ix_batch_curator_id'), 'batch', ['curator_id'])
    op.create_index(op.f('ix_batch_told_at'), 'batch', ['told_at'])
    for table, key, columns in (
        ('decision_draft', 'need_id', ()),
        (
            'decision',
            'id',
            (
                sa.Column('batch_id', sa.Integer(), nullable=False),
                sa.Column('left_state', sa.String(20), nullable=False),
                sa.Column('new_state', sa.String(20), nullable=False),
                sa.Column('undone_at', UtcDateTime(timezone=True), nullable=True),
                sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_decision_batch_id_batch')),
            ),
        ),
    ):
        need = sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False)
        op.create_table(
            table,
            *((need,) if key == 'need_id' else (sa.Column('id', sa.Integer(), nullable=False), need)),
            sa.Column('kind', sa.String(20), nullable=False),
            sa.Column('destination', sa.String(20), nullable=False),
            sa.Column('solution_id', sa.Integer(), nullable=True),
            sa.Column('motive', sa.Text(), nullable=False),
            sa.Column('curator_id', sa.Integer(), nullable=False),
            sa.Column('at', UtcDateTime(timezone=True), nullable=False),
            *columns,
            sa.CheckConstraint("(kind = 'redirect') = (destination <> '')", name=op.f(f'ck_{table}_destination')),
            sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f(f'fk_{table}_need_id_need')),
            sa.ForeignKeyConstraint(['solution_id'], ['solution.id'], name=op.f(f'fk_{table}_solution_id_solution')),
            sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f(f'fk_{table}_curator_id_agent')),
            sa.PrimaryKeyConstraint(key, name=op.f(f'pk_{table}')),
        )
    op.create_index('ix_decision_need_id', 'decision', ['need_id'])
    op.create_index('ix_decision_batch_id', 'decision', ['batch_id'])


def _appeals() -> None:
    op.create_table(
        'appeal',
        sa.Column('decision_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('affiliation_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('answered_at', UtcDateTime(timezone=True), nullable=True),
        sa.Column('curator_id', sa.Integer(), nullable=True),
        sa.Column('upheld', sa.Boolean(), nullable=True),
        sa.Column('motive', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_appeal_decision_id_decision')),
        sa.ForeignKeyConstraint(
            ['affiliation_id'], ['affiliation.id'], name=op.f('fk_appeal_affiliation_id_affiliation')
        ),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_appeal_curator_id_agent')),
        sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_appeal')),
    )
    op.create_index(op.f('ix_appeal_answered_at'), 'appeal', ['answered_at'])


def _desk() -> None:
    op.create_table(
        'assignment',
        sa.Column('need_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_assignment_need_id_need')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_assignment_curator_id_agent')),
        sa.PrimaryKeyConstraint('need_id', name=op.f('pk_assignment')),
    )
    op.create_index(op.f('ix_assignment_curator_id'), 'assignment', ['curator_id'])
    op.create_table(
        'triage_note',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_triage_note_need_id_need')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_triage_note_curator_id_agent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_triage_note')),
    )
    op.create_index(op.f('ix_triage_note_need_id'), 'triage_note', ['need_id'])
    op.create_table(
        'saved_view',
        sa.Column('curator_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('name', sa.String(60), nullable=False),
        sa.Column('query', sa.String(300), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_saved_view_curator_id_agent')),
        sa.PrimaryKeyConstraint('curator_id', 'name', name=op.f('pk_saved_view')),
    )
    templates = op.create_table(
        'motive_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('kind', sa.String(20), nullable=False),
        sa.Column('destination', sa.String(20), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=True),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_motive_template_curator_id_agent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_motive_template')),
        sa.UniqueConstraint('name', name=op.f('uq_motive_template_name')),
    )
    rows = [
        {'name': name, 'kind': kind, 'destination': where, 'text': text, 'at': clock.now(), 'active': True}
        for name, kind, where, text in MOTIVES
    ]
    op.bulk_insert(templates, rows)


def downgrade() -> None:
    tables = ('motive_template', 'saved_view', 'triage_note', 'assignment', 'appeal', 'decision', 'decision_draft', 'batch')
    for table in tables:
        op.drop_table(table)
    with op.batch_alter_table('need') as batch_op:
        batch_op.drop_column('first_answer_at')
