"""What everyone sees of the curators' work: how long it takes, and the way to ask that another of them look again."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import acting
from coconstruction.database import db
from coconstruction.needs.queries import public_need
from coconstruction.needs.themes import THEMES
from coconstruction.triage import appeals, policy, queries
from coconstruction.triage.forms import AppealForm
from coconstruction.web import access, limits

blueprint = Blueprint("answers", __name__)


@blueprint.get("/delais")
@access.public
def delays() -> ResponseReturnValue:
    return render_template("triage/delays.html", delays=queries.delays(db.session()), themes=THEMES)


@blueprint.route("/besoins/<key:need_id>/recours", methods=["GET", "POST"])
@access.acting
@limits.posting
def appeal(need_id: int) -> ResponseReturnValue:
    session, form = db.session(), AppealForm()
    need = public_need(session, need_id, acting())
    decision = queries.standing(session, [need.id]).get(need.id)
    former = queries.appeal_of(session, decision.id) if decision else None
    if refusal := policy.refusal_to_appeal(need, acting(), decision, former, clock.now()):
        raise refusal
    if form.validate_on_submit():
        appeals.appeal(session, acting(), need_id, form.text.data or "")
        flash(
            _("Votre demande est transmise. Une autre personne de l’équipe vous répond, et sa réponse est publique."),
            "success",
        )
        return redirect(need.path, 303)
    return render_template("triage/appeal.html", need=need, decision=decision, form=form), 422 if form.errors else 200
