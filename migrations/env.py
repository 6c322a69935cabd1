"""Runs migrations with the application's own engine and settings."""

from alembic import context
from flask import current_app

from coconstruction.database import UtcDateTime, db, schema_change

configure = current_app.extensions["migrate"].configure_args


def render(kind: str, thing: object, _context: object) -> str | bool:
    """A migration outlives the code: it names the column's type, not our class."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def run() -> None:
    with schema_change() as session:
        context.configure(connection=session.connection(), target_metadata=db.metadata, render_item=render, **configure)
        with context.begin_transaction():
            context.run_migrations()


run()
