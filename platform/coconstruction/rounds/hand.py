"""The demonstration’s hand on the calendar, as a page. Registered in the demonstration only."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.database import db
from coconstruction.errors import NotFound, Refused
from coconstruction.rounds import actions, queries
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.queries import RoundSummary
from coconstruction.rounds.wording import PHASES
from coconstruction.web import access
from coconstruction.web.paths import local_path

blueprint = Blueprint("clock", __name__, url_prefix="/demonstration/horloge")


@blueprint.get("")
@access.public
def show() -> ResponseReturnValue:
    return render_template("rounds/clock.html", round=_current(), phases=list(PHASES.items()))


@blueprint.post("")
@access.public
def turn() -> ResponseReturnValue:
    asked = request.form.get("phase", "")
    if asked not in list(Phase):
        raise Refused("unknown_phase", _("Cette phase n’existe pas : choisissez-en une de la page."), status=422)
    actions.set_demonstration_clock(db.session(), _current().id, Phase(asked))
    flash(_("Le calendrier est déplacé : la phase « %(phase)s » commence.", phase=PHASES[Phase(asked)]), "success")
    return redirect(local_path(request.form.get("next"), url_for("clock.show")), 303)


def _current() -> RoundSummary:
    found = queries.current_round(db.session())
    if found is None:
        raise NotFound
    return found
