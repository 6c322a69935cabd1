import click
from flask import current_app
from flask.cli import AppGroup

from coconstruction.database import db
from coconstruction.search.documents import count_documents
from coconstruction.search.updates import rebuild

search_commands = AppGroup("search", help="L’index de recherche.")


@search_commands.command("rebuild")
def rebuild_command() -> None:
    """Refait tout l’index à côté de celui qui sert, puis les échange."""
    session = db.session()
    with click.progressbar(length=count_documents(session), label="Index de recherche") as bar:
        total = rebuild(current_app.extensions["search"], session, bar.update)
    click.echo(f"{total} fiches indexées.")
