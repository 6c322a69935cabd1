"""The people of an organisation: seen by colleagues, looked after by its référents, helped by the team."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts import actions, mandating
from coconstruction.accounts import queries as accounts
from coconstruction.accounts.current import (
    acting,
    acting_or_none,
    browser_name,
    current_agent,
    open_session,
    require_second_factor,
    signed_in_agent,
)
from coconstruction.accounts.forms import EndForm
from coconstruction.accounts.mandating import Terms
from coconstruction.accounts.models import Affiliation, Authority, Mandate, MandateRole, Role
from coconstruction.accounts.policy import refusal_to_rule
from coconstruction.accounts.sign_in import end_session, start_session
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.needs import queries as needs
from coconstruction.rounds.queries import summaries
from coconstruction.teams import actions as teams
from coconstruction.teams import policy, queries
from coconstruction.teams.forms import GrantForm, InvitationForm, ReasonForm
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import organisation_by_code
from coconstruction.web import access, limits
from coconstruction.web.addresses import whole_number

blueprint = Blueprint("teams", __name__)
TEAM = "/organisations/<code>/equipe"


@blueprint.get(TEAM)
@access.signed_in
def show(code: str) -> ResponseReturnValue:
    organisation = _seen(code)
    session = db.session()
    return render_template(
        "teams/show.html",
        organisation=organisation,
        people=accounts.people_of(session, organisation.id),
        asked=accounts.pending_affiliations(session, organisation.id),
        invitations=queries.invitations_of(session, organisation.id, clock.now()),
        authority=_authority(organisation),
        has_referent=bool(accounts.named_referents(session, organisation.id)),
        form=ReasonForm(),
    )


@blueprint.post(f"{TEAM}/demandes/<key:affiliation_id>")
@access.signed_in
def decide(code: str, affiliation_id: int) -> ResponseReturnValue:
    tie, form = _colleague(code, affiliation_id), ReasonForm()
    motive = (form.motive.data or "") if form.validate() else ""
    if request.form.get("decision") == "refuser":
        actions.refuse_affiliation(db.session(), tie.id, signed_in_agent(), motive)
        flash(_("La demande est refusée. La personne en est prévenue."), "success")
    else:
        terms = Terms() if request.form.get("mandat") else None
        actions.approve_affiliation(db.session(), tie.id, signed_in_agent(), motive, terms=terms)
        flash(_("La demande est accordée. La personne en est prévenue."), "success")
    return _back(code)


@blueprint.route(f"{TEAM}/personnes/<key:affiliation_id>/mandat", methods=["GET", "POST"])
@access.signed_in
def grant(code: str, affiliation_id: int) -> ResponseReturnValue:
    tie = _colleague(code, affiliation_id)
    _refuse_to_rule(tie)
    form = GrantForm(data=_wished(tie))
    form.scope.choices = _scopes(tie.organisation)
    if form.validate_on_submit():
        mandating.grant_mandate(db.session(), tie.id, signed_in_agent(), form.terms(), form.motive.data or "")
        flash(_("Le mandat est donné. La personne en est prévenue."), "success")
        return _back(code)
    return render_template("teams/grant.html", form=form, tie=tie), 422 if form.errors else 200


@blueprint.post(f"{TEAM}/personnes/<key:affiliation_id>/mandat/refus")
@access.signed_in
def refuse_mandate(code: str, affiliation_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    motive = (form.motive.data or "") if form.validate() else ""
    mandating.refuse_mandate(db.session(), _colleague(code, affiliation_id).id, signed_in_agent(), motive)
    flash(_("La demande de mandat est refusée. La personne en est prévenue."), "success")
    return _back(code)


@blueprint.route(f"{TEAM}/mandats/<key:mandate_id>/fin", methods=["GET", "POST"])
@access.signed_in
def end_mandate(code: str, mandate_id: int) -> ResponseReturnValue:
    mandate = db.session().get(Mandate, mandate_id)
    if mandate is None:
        raise NotFound
    tie, form = _colleague(code, mandate.affiliation_id), EndForm()
    if tie.agent_id != signed_in_agent().id:
        _refuse_to_rule(tie)
    if form.validate_on_submit():
        mandating.end_mandate(db.session(), mandate.id, signed_in_agent(), form.motive.data or "")
        flash(_("Le mandat est terminé. Ce qui a été fait sous lui reste."), "success")
        return _back(code)
    return render_template("teams/end_mandate.html", form=form, tie=tie, mandate=mandate), 422 if form.errors else 200


@blueprint.route(f"{TEAM}/personnes/<key:affiliation_id>/fin", methods=["GET", "POST"])
@access.signed_in
def end(code: str, affiliation_id: int) -> ResponseReturnValue:
    tie, form = _colleague(code, affiliation_id), EndForm()
    _refuse_to_rule(tie)
    if form.validate_on_submit():
        actions.end_affiliation(db.session(), tie.id, signed_in_agent(), form.motive.data or "")
        flash(_("Le rattachement est terminé. Ce qui a été fait pour l’organisation reste."), "success")
        return _back(code)
    return render_template("teams/end.html", form=form, tie=tie, suspending=False), 422 if form.errors else 200


@blueprint.route(f"{TEAM}/personnes/<key:affiliation_id>/suspension", methods=["GET", "POST"])
@access.curator
def suspend(code: str, affiliation_id: int) -> ResponseReturnValue:
    tie, form = _colleague(code, affiliation_id), EndForm()
    if form.validate_on_submit():
        actions.suspend_affiliation(db.session(), tie.id, signed_in_agent(), form.motive.data or "")
        flash(_("Le rattachement est suspendu : cette personne n’agit plus pour l’organisation."), "success")
        return _back(code)
    return render_template("teams/end.html", form=form, tie=tie, suspending=True), 422 if form.errors else 200


@blueprint.post(f"{TEAM}/relais")
@access.acting
def hand_over(code: str) -> ResponseReturnValue:
    hat = acting()
    tie = _colleague(code, whole_number(request.form.get("personne")) or 0)
    if hat.organisation_id != tie.organisation_id:
        raise NotFound
    mandating.hand_over(db.session(), signed_in_agent(), hat.id, tie.id)
    flash(_("%(name)s est maintenant référent à votre place.", name=tie.agent.name or tie.agent.email), "success")
    return _back(code)


@blueprint.route(f"{TEAM}/invitations/nouvelle", methods=["GET", "POST"])
@access.acting
@limits.posting
def invite(code: str) -> ResponseReturnValue:
    organisation, form = _seen(code), InvitationForm()
    if acting().organisation_id != organisation.id:
        raise NotFound
    if refusal := policy.refusal_to_invite(acting(), 0):
        raise refusal
    if form.validate_on_submit():
        role, function = Role(form.role.data), form.function.data or ""
        teams.invite(db.session(), acting(), form.address(), role, function)
        flash(_("L’invitation part vers %(email)s. Elle sert pendant quatorze jours.", email=form.address()), "success")
        return _back(code)
    return render_template("teams/invite.html", form=form, organisation=organisation), 422 if form.errors else 200


@blueprint.post(f"{TEAM}/invitations/<key:invitation_id>/annulation")
@access.acting
def cancel(code: str, invitation_id: int) -> ResponseReturnValue:
    if acting().organisation_id != _seen(code).id:
        raise NotFound
    teams.cancel(db.session(), acting(), invitation_id)
    flash(_("L’invitation est retirée."), "success")
    return _back(code)


@blueprint.get("/invitations/<token>")
@access.public
def open_invitation(token: str) -> ResponseReturnValue:
    return render_template("teams/invitation.html", invitation=teams.invited(db.session(), token), token=token)


@blueprint.post("/invitations/<token>")
@access.public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Whoever holds the link reads the mailbox it was sent to: accepting signs in."""
    agent, tie = teams.accept(db.session(), token)
    if (before := current_agent()) is not None:
        end_session(db.session(), before.session_key)
    open_session(agent, start_session(db.session(), agent, browser=browser_name()))
    flash(_("Bienvenue : vous pouvez maintenant agir pour %(name)s.", name=tie.organisation.name), "success")
    return redirect("/compte" if agent.name else url_for("accounts.profile"), 303)


def _seen(code: str) -> Organisation:
    organisation = organisation_by_code(db.session(), code)
    if organisation is None:
        raise NotFound
    if refusal := policy.refusal_to_see(organisation, signed_in_agent(), acting_or_none()):
        raise refusal
    return organisation


def _colleague(code: str, affiliation_id: int) -> Affiliation:
    """Somebody of this organisation; of another one, nobody."""
    organisation = _seen(code)
    tie = accounts.affiliation(db.session(), affiliation_id)
    if tie.organisation_id != organisation.id:
        raise NotFound
    if tie.agent_id != signed_in_agent().id:
        _authority(organisation)
    return tie


def _authority(organisation: Organisation) -> Authority | None:
    """In whose name the person decides here; as a curator, only with a second factor."""
    found = accounts.authority_over(db.session(), signed_in_agent(), organisation.id)
    if found is Authority.CURATOR and request.method == "POST":
        require_second_factor(signed_in_agent())
    return found


def _refuse_to_rule(tie: Affiliation) -> None:
    """Before the form is shown; its reasons are asked for in it."""
    if refusal := refusal_to_rule(tie, signed_in_agent(), _authority(tie.organisation), "…"):
        raise refusal


def _wished(tie: Affiliation) -> dict[str, object]:
    if (asked := tie.mandate_request) is None:
        return {"role": MandateRole.ELU if tie.role == Role.ELU else MandateRole.AGENT}
    number, on = asked.deliberation_number, asked.deliberation_on
    return {"role": asked.role, "deliberation_number": number, "deliberation_on": on}


def _scopes(organisation: Organisation) -> list[tuple[str, str]]:
    session = db.session()
    rounds = [(f"round:{each.id}", each.title) for each in summaries(session, clock.now()) if not each.is_published]
    near = {
        each.id: each
        for each in (*needs.borne_by(session, organisation.id), *needs.supported_by(session, organisation.id))
    }
    return [
        ("everything", _("Tout ce qui engage l’organisation")),
        *rounds,
        *((f"need:{key}", each.title) for key, each in near.items()),
    ]


def _back(code: str) -> ResponseReturnValue:
    return redirect(url_for("teams.show", code=code), 303)
