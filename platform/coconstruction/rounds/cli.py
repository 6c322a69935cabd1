"""`flask clock`: the demonstration’s hand on the calendar. Registered in the demonstration only."""

import click
from flask.cli import with_appcontext

from coconstruction.database import db, transaction
from coconstruction.errors import Refused
from coconstruction.rounds import actions, queries
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.wording import PHASES, moment


@click.command("clock")
@click.argument("phase", required=False, type=click.Choice([each.value for each in Phase]))
@with_appcontext
def clock_command(phase: str | None) -> None:
    """Sans PHASE, affiche le calendrier du tour ; avec, fait commencer cette phase il y a une minute."""
    round_ = queries.current_round(db.session())
    if round_ is None:
        raise click.ClickException("Aucun tour n’existe : chargez la démonstration.")
    if phase is not None:
        _turn(round_.id, Phase(phase))
    summary = queries.summary(db.session(), queries.round_by_id(db.session(), round_.id))
    click.echo(summary.title)
    for each, start in summary.calendar.starts.items():
        mark = "→" if each is summary.phase else " "
        click.echo(f"{mark} {each.value:13} {str(PHASES[each]):26} {moment(start)}")


def _turn(round_id: int, phase: Phase) -> None:
    try:
        with transaction() as session:
            actions.set_demonstration_clock(session, round_id, phase)
    except Refused as refusal:
        raise click.ClickException(str(refusal.sentence)) from refusal
