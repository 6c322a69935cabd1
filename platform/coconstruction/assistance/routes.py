from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts import queries as accounts
from coconstruction.accounts.current import acting_or_none, renew_session, signed_in_agent, wear
from coconstruction.assistance import actions, policy, queries
from coconstruction.assistance.forms import AssistanceForm, ContestForm
from coconstruction.assistance.wording import assisted_act_label
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.territories.queries import organisation_by_code
from coconstruction.web import access

blueprint = Blueprint("assistance", __name__)
blueprint.add_app_template_filter(assisted_act_label)


@blueprint.route("/curation/organisations/<code>/saisie", methods=["GET", "POST"])
@access.curator
def start(code: str) -> ResponseReturnValue:
    organisation, form = organisation_by_code(db.session(), code), AssistanceForm()
    if organisation is None:
        raise NotFound
    present = bool(accounts.people_of(db.session(), organisation.id))
    if refusal := policy.refusal_to_assist(organisation, has_agents=present):
        raise refusal
    if form.validate_on_submit():
        hat = actions.start(db.session(), signed_in_agent(), organisation, form.request())
        wear(hat)
        renew_session(signed_in_agent())
        flash(_("Vous écrivez pour %(name)s pendant quatre heures au plus.", name=organisation.name), "success")
        return redirect("/besoins", 303)
    contacts = accounts.official_contacts(db.session(), organisation.id)
    page = {"form": form, "organisation": organisation, "contacts": contacts}
    return render_template("assistance/start.html", **page), 422 if form.errors else 200


@blueprint.post("/curation/saisie/fin")
@access.curator
def stop() -> ResponseReturnValue:
    hat = acting_or_none()
    if hat is not None and hat.assisted:
        actions.stop(db.session(), signed_in_agent(), hat.id)
        flash(_("La saisie pour %(name)s est finie.", name=hat.organisation.name), "success")
    return redirect("/curation", 303)


@blueprint.route("/contester/<token>", methods=["GET", "POST"])
@access.public
def contest(token: str) -> ResponseReturnValue:
    """The link in a letter to an official address: no account is needed, and opening it does nothing."""
    act, form = queries.act_by_token(db.session(), token), ContestForm()
    if act is None or act.contested_at is not None:
        raise policy.contest_spent()
    if form.validate_on_submit():
        actions.contest(db.session(), token, form.because.data or "")
        flash(_("C’est noté : cet acte est marqué comme contesté, et l’équipe va l’examiner."), "success")
        return redirect(f"/organisations/{act.organisation.code}", 303)
    entry = queries.entry_of(db.session(), act)
    return render_template("assistance/contest.html", act=act, entry=entry, form=form), 422 if form.errors else 200
