"""The words organisations are found by, their other references, and which referential is loaded."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Byte order, so that a prefix is a range of the index whatever the server's language.
KEY = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("organisation", "place_name"):
            op.alter_column(table, "name_key", type_=KEY)
    op.create_table(
        "name_word",
        sa.Column("word", KEY, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_name_word_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("word", "organisation_id", name=op.f("pk_name_word")),
    )
    op.create_table(
        "alias",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alias_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_alias")),
    )
    op.create_table(
        "loaded_referential",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("vintage", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_loaded_referential_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loaded_referential")),
    )


def downgrade() -> None:
    for table in ("loaded_referential", "alias", "name_word"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("organisation", "place_name"):
            op.alter_column(table, "name_key", type_=sa.String(length=200, collation="default"))
