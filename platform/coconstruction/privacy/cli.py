import click
from flask import current_app
from flask.cli import AppGroup

from coconstruction import clock
from coconstruction.database import transaction
from coconstruction.privacy.retention import purge

privacy_commands = AppGroup("privacy", help="Les données personnelles.")


@privacy_commands.command("purge")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait effacé, sans rien effacer.")
def purge_command(dry_run: bool) -> None:
    """Efface ce dont la durée de conservation est passée. À lancer chaque jour ; deux fois ne change rien de plus."""
    with transaction() as session:
        counts = purge(session, current_app.extensions["settings"].retention, clock.now())
        if dry_run:
            session.rollback()
    for name, number in counts.items():
        click.echo(f"{name} : {number}")
