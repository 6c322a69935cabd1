"""Coming in and going out; one's own account: name, organisations, the hat worn."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts import actions, policy, queries, sign_in
from coconstruction.accounts.current import (
    affiliations,
    close_session,
    current_agent,
    open_session,
    signed_in_agent,
    wear,
)
from coconstruction.accounts.forms import AffiliationForm, EndForm, ProfileForm, SignInForm
from coconstruction.accounts.models import Role
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.territories.kinds import NAMES
from coconstruction.territories.queries import Suggestion, organisation_by_code, suggest
from coconstruction.web import access
from coconstruction.web.addresses import whole_number
from coconstruction.web.fields import clean
from coconstruction.web.filters import number
from coconstruction.web.paths import local_path

blueprint = Blueprint("accounts", __name__)
LONGEST_SEARCH = 100
SUGGESTIONS = 12


@blueprint.route("/connexion", methods=["GET", "POST"])
@access.public
def ask_link() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next", ""))
    if current_agent() is not None:
        return redirect(form.next_path("/compte"), 303)
    if form.validate_on_submit():
        sign_in.send_link(db.session(), form.address(), form.next_path(""))
        return render_template("accounts/link_sent.html", email=form.address())
    return render_template("accounts/ask_link.html", form=form), 422 if form.errors else 200


@blueprint.get("/connexion/<token>")
@access.public
def open_link(token: str) -> ResponseReturnValue:
    return render_template("accounts/open_link.html", link=sign_in.invited(db.session(), token), token=token)


@blueprint.post("/connexion/<token>")
@access.public
def use_link(token: str) -> ResponseReturnValue:
    before = current_agent()
    entered = sign_in.sign_in(db.session(), token)
    if before is not None:
        sign_in.end_session(db.session(), before.session_key)
    open_session(entered.agent, entered.key)
    if not entered.agent.name:
        return redirect(url_for("accounts.profile", next=entered.next_path or None), 303)
    return redirect(entered.next_path or "/", 303)


@blueprint.route("/deconnexion", methods=["GET", "POST"])
@access.public
def sign_out() -> ResponseReturnValue:
    agent = current_agent()
    if agent is None:
        return redirect("/", 303)
    if request.method == "GET":
        return render_template("accounts/sign_out.html")
    sign_in.end_session(db.session(), agent.session_key)
    close_session()
    flash(_("Vous êtes déconnecté."), "success")
    return redirect("/", 303)


@blueprint.get("/compte")
@access.signed_in
def account() -> ResponseReturnValue:
    ties = queries.affiliations_of(db.session(), signed_in_agent().id)
    return render_template("accounts/account.html", ties=ties)


@blueprint.route("/compte/profil", methods=["GET", "POST"])
@access.signed_in
def profile() -> ResponseReturnValue:
    agent = signed_in_agent()
    form = ProfileForm(name=agent.name, next=request.args.get("next", ""))
    if form.validate_on_submit():
        actions.introduce(db.session(), agent, form.name.data or "")
        flash(_("Votre nom est enregistré."), "success")
        return redirect(form.next_path("/compte" if affiliations() else "/compte/organisations/nouvelle"), 303)
    return render_template("accounts/profile.html", form=form), 422 if form.errors else 200


@blueprint.post("/compte/agir")
@access.signed_in
def act_for() -> ResponseReturnValue:
    affiliation = queries.own_affiliation(
        db.session(), signed_in_agent().id, whole_number(request.form.get("affiliation")) or 0
    )
    if refusal := policy.refusal_to_wear(affiliation):
        raise refusal
    wear(affiliation)
    flash(_("Vous agissez maintenant pour %(organisation)s.", organisation=affiliation.organisation.name), "success")
    return redirect(local_path(request.form.get("next"), "/compte"), 303)


@blueprint.route("/compte/organisations/nouvelle", methods=["GET", "POST"])
@access.signed_in
def new_affiliation() -> ResponseReturnValue:
    chosen = clean(request.values.get("organisation", ""))
    if not chosen:
        return _choose_organisation()
    body = organisation_by_code(db.session(), chosen)
    if body is None:
        raise NotFound
    if refusal := policy.refusal_to_ask_affiliation(body):
        raise refusal
    form = AffiliationForm(organisation=body.code, next=_next())
    if form.validate_on_submit():
        told = {"function": form.function.data or "", "motive": form.motive.data or ""}
        outcome = actions.ask_affiliation(db.session(), signed_in_agent(), body, Role(form.role.data), **told)
        flash(_sentence(outcome, body.name), "success" if outcome is actions.Outcome.PROVEN else "info")
        return redirect(form.next_path("/compte") if outcome is actions.Outcome.PROVEN else "/compte", 303)
    vouched = queries.vouches_for(db.session(), signed_in_agent().email, body.id)
    page = render_template("accounts/new_affiliation.html", form=form, organisation=body, vouched=vouched)
    return page, 422 if form.errors else 200


@blueprint.post("/compte/organisations/<key:affiliation_id>/mandat")
@access.signed_in
def ask_mandate(affiliation_id: int) -> ResponseReturnValue:
    actions.ask_mandate(db.session(), signed_in_agent(), affiliation_id)
    flash(_("Votre demande de mandat est transmise. Vous recevrez la réponse par courriel."), "success")
    return redirect("/compte", 303)


@blueprint.route("/compte/organisations/<key:affiliation_id>/fin", methods=["GET", "POST"])
@access.signed_in
def end_affiliation(affiliation_id: int) -> ResponseReturnValue:
    affiliation = queries.own_affiliation(db.session(), signed_in_agent().id, affiliation_id)
    if refusal := policy.refusal_to_end(affiliation, signed_in_agent(), ""):
        raise refusal
    form = EndForm()
    if form.validate_on_submit():
        actions.end_affiliation(db.session(), affiliation_id, signed_in_agent(), form.motive.data or "")
        flash(_("Votre rattachement est terminé. Ce que vous avez fait pour cette organisation reste."), "success")
        return redirect("/compte", 303)
    return render_template(
        "accounts/end_affiliation.html", affiliation=affiliation, form=form
    ), 422 if form.errors else 200


def _choose_organisation() -> str:
    typed = clean(request.args.get("q", ""))[:LONGEST_SEARCH]
    found = [_choice(each) for each in suggest(db.session(), typed, SUGGESTIONS)]
    return render_template("accounts/choose_organisation.html", typed=typed, found=found, next_path=_next())


def _choice(suggestion: Suggestion) -> Mapping[str, str]:
    body = suggestion.organisation
    people = ngettext("%(people)s habitant", "%(people)s habitants", body.population, people=number(body.population))
    return {
        "name": suggestion.label,
        "detail": f"{NAMES[body.kind]} · {people}" if body.population else str(NAMES[body.kind]),
        "url": url_for("accounts.new_affiliation", organisation=body.code, next=_next() or None),
    }


def _next() -> str:
    return local_path(request.values.get("next"), "")


def _sentence(outcome: actions.Outcome, name: str) -> str:
    sentences = {
        actions.Outcome.PROVEN: _(
            "Votre adresse électronique le prouve : vous pouvez dès maintenant agir pour %(organisation)s.",
            organisation=name,
        ),
        actions.Outcome.PENDING: _(
            "Votre demande pour %(organisation)s est transmise à l’équipe. Vous recevrez la réponse par courriel.",
            organisation=name,
        ),
        actions.Outcome.ALREADY_LIVE: _(
            "Vous êtes déjà rattaché à %(organisation)s : rien n’a changé.", organisation=name
        ),
        actions.Outcome.ALREADY_ASKED: _(
            "Votre demande pour %(organisation)s attend déjà une réponse : rien n’a changé.", organisation=name
        ),
    }
    return sentences[outcome]
