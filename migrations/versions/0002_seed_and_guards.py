"""The chain's head, the first threshold rule, and a journal that refuses to be rewritten."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GENESIS = "0" * 64
# DESIGN 2.4: the second wave's "300,000 inhabitants or one département", and enough organisations to be a coalition.
FIRST_RULE = {"all": [{"any": [{"inhabitants": 300000}, {"departements": 1}]}, {"organisations": 5}]}


def upgrade() -> None:
    op.execute(sa.text(f"INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')"))  # noqa: S608
    rule = sa.table(
        "threshold_rule",
        sa.column("version", sa.Integer),
        sa.column("tree", sa.JSON),
        sa.column("in_force_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(rule, [{"version": 1, "tree": FIRST_RULE, "in_force_at": datetime(2021, 1, 25, tzinfo=UTC)}])
    for table in ("journal_entry", "pledge", "ballot_version"):
        _refuse_rewriting(table)


def downgrade() -> None:
    for table in ("journal_entry", "pledge", "ballot_version"):
        _allow_rewriting(table)
    op.execute("DELETE FROM threshold_rule")
    op.execute("DELETE FROM journal_head")


def _refuse_rewriting(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def _allow_rewriting(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP FUNCTION {table}_append_only()")
