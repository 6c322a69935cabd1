"""Priority programmes, the scoring grid and its first version, blind reviews and declared interests."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from coconstruction.database import UtcDateTime

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

# The first edition published its criteria in words, without notes nor weights: effect on daily life, portage, team,
# deployment on many territories, priority programmes, open code.
FIRST_GRID = (
    (
        'portage',
        'Portage',
        3,
        'Personne ne porte le besoin au nom de sa collectivité.',
        'Un agent le porte, sans l’accord de sa direction ni d’un élu.',
        'La direction du porteur le soutient, sans engagement écrit.',
        'Un élu ou une direction générale s’engage par écrit.',
        'Plusieurs assemblées ont délibéré, et un chef de file est désigné.',
    ),
    (
        'equipe',
        'Équipe',
        2,
        'Personne n’est disponible pour y travailler.',
        'Une personne y travaille quand elle le peut.',
        'Un référent est nommé, avec du temps prévu.',
        'Une équipe d’au moins deux collectivités a du temps prévu chaque semaine.',
        'Une équipe complète est nommée : référent, métier, numérique, avec un calendrier.',
    ),
    (
        'impact_direct',
        'Impact direct',
        3,
        'Aucun effet visible pour les habitants ni pour les agents.',
        'Un confort pour quelques personnes.',
        'Un gain de temps réel, pour une démarche peu fréquente.',
        'Un gain mesurable, pour une démarche courante.',
        'Un gain mesurable pour la vie quotidienne de la plupart des habitants ou des agents.',
    ),
    (
        'impact_induit',
        'Impact induit',
        2,
        'Rien ne change au-delà du service lui-même.',
        'Des effets possibles, que rien n’étaye.',
        'Un effet probable sur un autre service ou sur l’environnement.',
        'Des effets étayés sur l’organisation, le territoire ou l’environnement.',
        'Des effets étayés et mesurables sur plusieurs de ces plans.',
    ),
    (
        'deploiement',
        'Déploiement rapide sur de nombreux territoires',
        3,
        'La réponse ne vaut que pour un territoire.',
        'Quelques territoires semblables, après une adaptation de chacun.',
        'De nombreux territoires, en plus de deux ans.',
        'De nombreux territoires de tailles différentes, en moins de deux ans.',
        'Toute collectivité peut s’en servir en quelques semaines, sans développement.',
    ),
    (
        'programmes',
        'Lien avec Action cœur de ville, Petites villes de demain ou les quartiers prioritaires',
        2,
        'Aucun membre n’en relève.',
        'Des communes d’un membre en relèvent, sans être elles-mêmes membres.',
        'Un membre en relève.',
        'Plusieurs membres en relèvent.',
        'Plusieurs membres en relèvent, et le besoin répond à leur programme.',
    ),
    (
        'code_ouvert',
        'Code ouvert',
        2,
        'Le service est fermé, ou son éditeur refuse d’ouvrir le code.',
        'L’ouverture du code est évoquée, sans engagement.',
        'Le code sera publié, sous une licence encore à choisir.',
        'Le code est publié sous une licence libre, sans contributeur extérieur.',
        'Le code est publié sous une licence libre et déjà réutilisé ou enrichi par d’autres.',
    ),
)


def upgrade() -> None:
    op.create_table(
        'organisation_programme',
        sa.Column('organisation_id', sa.Integer(), nullable=False),
        sa.Column('programme', sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_programme_organisation_id_organisation')
        ),
        sa.PrimaryKeyConstraint('organisation_id', 'programme', name=op.f('pk_organisation_programme')),
    )
    grid = op.create_table(
        'scoring_grid',
        sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('criteria', sa.JSON(), nullable=False),
        sa.Column('motive', sa.Text(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=True),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint('version > 0', name=op.f('ck_scoring_grid_version')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_scoring_grid_curator_id_agent')),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_scoring_grid')),
    )
    criteria = [
        {'code': code, 'label': label, 'weight': weight, 'levels': levels} for code, label, weight, *levels in FIRST_GRID
    ]
    first = {'version': 1, 'criteria': criteria, 'motive': '', 'at': datetime(2026, 11, 1, tzinfo=UTC)}
    op.bulk_insert(grid, [first])
    op.create_table(
        'review',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('grid_version', sa.Integer(), nullable=False),
        sa.Column('notes', sa.JSON(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('saved_at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('submitted_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_review_need_id_need')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_review_curator_id_agent')),
        sa.ForeignKeyConstraint(
            ['grid_version'], ['scoring_grid.version'], name=op.f('fk_review_grid_version_scoring_grid')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
        sa.UniqueConstraint(
            'need_id', 'curator_id', 'grid_version', name=op.f('uq_review_need_id_curator_id_grid_version')
        ),
    )
    op.create_index('ix_review_curator_id', 'review', ['curator_id'])
    op.create_table(
        'review_correction',
        sa.Column('review_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('notes', sa.JSON(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('motive', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_correction_review_id_review')),
        sa.PrimaryKeyConstraint('review_id', 'number', name=op.f('pk_review_correction')),
    )
    op.create_table(
        'interest',
        sa.Column('need_id', sa.Integer(), nullable=False),
        sa.Column('curator_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_at', UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_interest_need_id_need')),
        sa.ForeignKeyConstraint(['curator_id'], ['agent.id'], name=op.f('fk_interest_curator_id_agent')),
        sa.PrimaryKeyConstraint('need_id', 'curator_id', name=op.f('pk_interest')),
    )
    op.create_index('ix_interest_curator_id', 'interest', ['curator_id'])


def downgrade() -> None:
    for table in ('interest', 'review_correction', 'review', 'scoring_grid', 'organisation_programme'):
        op.drop_table(table)
