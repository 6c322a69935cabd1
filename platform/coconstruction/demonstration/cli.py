import click
from flask.cli import AppGroup

from coconstruction.database import transaction
from coconstruction.demonstration.loader import count_steps, is_loaded, load

demonstration_commands = AppGroup("demonstration", help="La démonstration : des personnages et une histoire.")


@demonstration_commands.command("load")
def load_command() -> None:
    """Joue l’histoire de la démonstration, une seule fois."""
    with transaction() as session:
        if is_loaded(session):
            click.echo("La démonstration est déjà en place.")
            return
        with click.progressbar(length=count_steps(), label="Démonstration") as bar:
            load(session, bar.update)
