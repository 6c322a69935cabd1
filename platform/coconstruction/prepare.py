"""`python -m coconstruction.prepare`: everything between an installation and a site to serve.

Each step looks at what is there and leaves it alone, so that a second call is quick and loses nothing.
"""

import os
import sys

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import upgrade
from sqlalchemy import select

from coconstruction.app import create_app
from coconstruction.database import Base, db
from coconstruction.needs.models import Need
from coconstruction.settings import Settings, SettingsError
from coconstruction.territories.models import Organisation


def prepare(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
    filled = _fill(app, Organisation, "territories", "import")
    if settings.demo:
        filled |= _fill(app, Need, "demonstration", "load")
    if filled or not settings.search_index_dir.exists():
        _command(app, "search", "rebuild")


def _fill(app: Flask, model: type[Base], *command: str) -> bool:
    """Runs the command if the table it fills is empty; tells whether it ran."""
    with app.app_context():
        if db.session.scalar(select(select(model).exists())):
            return False
    _command(app, *command)
    return True


def _command(app: Flask, *words: str) -> None:
    click.echo(f"→ flask {' '.join(words)}")
    app.cli.main(list(words), prog_name="flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    try:
        prepare(Settings.from_env(os.environ))
    except SettingsError as error:
        sys.exit(str(error))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
