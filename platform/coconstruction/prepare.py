"""`python -m coconstruction.prepare`: everything between an installation and a site to serve.

Each step looks at what is there and leaves it alone, so that a second call is quick and loses nothing.
"""

import json
import os
import sys

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import upgrade
from sqlalchemy import select

from coconstruction.app import create_app
from coconstruction.database import db
from coconstruction.needs.models import Need
from coconstruction.settings import Settings, SettingsError
from coconstruction.territories.models import LoadedReferential
from coconstruction.territories.referential import FOLDER


def prepare(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
    if not _referential_is_loaded(app):
        _command(app, "territories", "import")
    if settings.demo and not _someone_has_posted(app):
        _command(app, "demonstration", "load")
    if app.extensions["search"].watermark() == 0:  # afterwards the worker keeps it up to date
        _command(app, "search", "rebuild")


def _referential_is_loaded(app: Flask) -> bool:
    installed = json.loads((FOLDER.parent / "package.json").read_bytes())["version"]
    with app.app_context():
        return bool(db.session.scalar(select(LoadedReferential.version)) == installed)


def _someone_has_posted(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(select(Need).exists())))


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
