"""The table of contents: what the application is made of, from the ground up."""

import sys
from typing import Any

import click
from flask import Flask
from flask_babel import get_locale
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from coconstruction import database, worker
from coconstruction.accounts import cli as accounts_cli
from coconstruction.accounts import current, proconnect, proconnect_routes, sessions, ties
from coconstruction.accounts import routes as accounts
from coconstruction.assistance import routes as assistance
from coconstruction.board import routes as board
from coconstruction.coalitions import cli as coalitions_cli
from coconstruction.coalitions import routes as coalitions
from coconstruction.curation import routes as curation
from coconstruction.curation import threshold
from coconstruction.database import db
from coconstruction.demonstration import cli as demonstration_cli
from coconstruction.demonstration import routes as demonstration
from coconstruction.discussions import routes as discussions
from coconstruction.dossier import organisations, team
from coconstruction.dossier import routes as dossier
from coconstruction.following import routes as following
from coconstruction.funding import routes as funding
from coconstruction.grouping import routes as grouping
from coconstruction.home import routes as home
from coconstruction.journal_cli import journal_commands
from coconstruction.needs import routes as needs
from coconstruction.outreach import routes as outreach
from coconstruction.papers import routes as papers
from coconstruction.privacy import cli as privacy_cli
from coconstruction.privacy import routes as privacy
from coconstruction.rounds import routes as rounds
from coconstruction.rounds.cli import clock_command
from coconstruction.scoring import routes as scoring
from coconstruction.search import cli as search_cli
from coconstruction.search import routes as search
from coconstruction.search.engines import open_index
from coconstruction.server import serve
from coconstruction.settings import ROOT, Settings, SettingsError
from coconstruction.solutions import routes as solutions
from coconstruction.translations.cli import translation_commands
from coconstruction.triage import bench_routes, public_routes
from coconstruction.triage import routes as triage
from coconstruction.web import (
    access,
    addresses,
    failures,
    filters,
    keeping,
    languages,
    limits,
    pages,
    security,
    uploads,
)
from coconstruction.web.application import Application

BLUEPRINTS = (
    home.blueprint,
    needs.blueprint,
    dossier.blueprint,
    coalitions.blueprint,
    papers.blueprint,
    outreach.blueprint,
    following.blueprint,
    funding.blueprint,
    discussions.blueprint,
    organisations.blueprint,
    team.blueprint,
    solutions.blueprint,
    rounds.blueprint,
    curation.blueprint,
    threshold.blueprint,
    triage.blueprint,
    grouping.blueprint,
    board.blueprint,
    bench_routes.blueprint,
    public_routes.blueprint,
    scoring.blueprint,
    assistance.blueprint,
    search.blueprint,
    accounts.blueprint,
    ties.blueprint,
    sessions.blueprint,
    proconnect_routes.blueprint,
    privacy.blueprint,
    pages.blueprint,
)
DEMONSTRATION = (demonstration.blueprint, rounds.clock_blueprint)


def create_app(settings: Settings) -> Flask:
    app = Application(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    # A second request of a page, answered late, would bring back a cookie from before the news kept in it since.
    app.config.update(SECRET_KEY=settings.secret_key, WTF_CSRF_TIME_LIMIT=None, SESSION_REFRESH_EACH_REQUEST=False)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    addresses.init_app(app)
    failures.init_app(app)
    database.init_app(app, settings.database_url)
    languages.init_app(app)
    filters.init_app(app)
    uploads.init_app(app)
    CSRFProtect(app)
    for blueprint in BLUEPRINTS + (DEMONSTRATION if settings.demo else ()):
        app.register_blueprint(blueprint)
    security.init_app(app, settings)
    current.init_app(app)
    limits.init_app(app, settings)
    proconnect.init_app(app, settings)
    access.protect(app, current.CHECKS)
    keeping.init_app(app, rounds.phases)
    with app.app_context():
        app.extensions["search"] = open_index(settings, db.engine)
    app.context_processor(lambda: page_context(settings))
    _add_commands(app, settings)
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=3600)  # type: ignore[method-assign]
    return app


def page_context(settings: Settings) -> dict[str, Any]:
    """What every page may use."""
    return {"settings": settings, "locale": str(get_locale()), "phase_line": rounds.phase_line}


def _add_commands(app: Flask, settings: Settings) -> None:
    groups = (
        coalitions_cli.territories,
        accounts_cli.accounts_commands,
        search_cli.search_commands,
        journal_commands,
        translation_commands,
        privacy_cli.privacy_commands,
    )
    for group in groups:
        app.cli.add_command(group)
    if settings.demo:
        app.cli.add_command(demonstration_cli.demonstration_commands)
        app.cli.add_command(clock_command)
    app.cli.add_command(click.Command("worker", callback=lambda: worker.run(app, settings)))
    app.cli.add_command(_serve_command(settings))


def _serve_command(settings: Settings) -> click.Command:
    def run(processes: int) -> None:
        try:
            sys.exit(serve(settings, processes))
        except SettingsError as error:
            raise click.ClickException(str(error)) from error

    option = click.Option(["--processes"], type=click.IntRange(1, 64), default=2, show_default=True)
    return click.Command("serve", params=[option], callback=run, help="Sert le site, avec le travailleur à côté.")
