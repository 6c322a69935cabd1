import click
from flask.cli import AppGroup

from coconstruction.database import db
from coconstruction.journal import JournalEntry, first_flaw, last_line

journal_commands = AppGroup("journal", help="Le journal : qui a fait quoi, pour qui.")


@journal_commands.command("verify")
def verify() -> None:
    """Recalcule toute la chaîne ; statut 1 et le numéro de la première ligne fautive si elle est rompue."""
    session = db.session()
    seq, head_hash = last_line(session)
    # The site goes on writing: what comes after the head just read is for the next time.
    lines = session.query(JournalEntry).where(JournalEntry.seq <= seq).order_by(JournalEntry.seq).yield_per(1000)
    flaw = first_flaw(lines, seq, head_hash)
    if flaw is not None:
        raise click.ClickException(f"La chaîne est rompue à la ligne {flaw}.")
    click.echo(f"Journal intact : {seq} lignes, dernière empreinte {head_hash}.")
