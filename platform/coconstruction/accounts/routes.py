"""Coming in and going out; one's own account: name, organisations, the hat worn."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts import actions, identities, policy, proconnect, queries, sign_in
from coconstruction.accounts.current import (
    affiliations,
    browser_name,
    close_session,
    current_agent,
    open_session,
    renew_session,
    signed_in_agent,
    wear,
)
from coconstruction.accounts.forms import ProfileForm, SignInForm
from coconstruction.accounts.proconnect import Person
from coconstruction.accounts.proconnect_routes import leave_by, settle
from coconstruction.database import db
from coconstruction.territories.queries import successors
from coconstruction.web import access, limits
from coconstruction.web.addresses import whole_number
from coconstruction.web.paths import local_path

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/connexion", methods=["GET", "POST"])
@access.public
@limits.sign_in
def ask_link() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next", ""))
    if current_agent() is not None:
        return redirect(form.next_path("/compte"), 303)
    if form.validate_on_submit():
        sign_in.send_link(db.session(), form.address(), form.next_path(""))
        return render_template("accounts/link_sent.html", email=form.address())
    page = {"form": form, "by_proconnect": proconnect.configured()}
    return render_template("accounts/ask_link.html", **page), 422 if form.errors else 200


@blueprint.get("/connexion/<token>")
@access.public
def open_link(token: str) -> ResponseReturnValue:
    return render_template("accounts/open_link.html", link=sign_in.invited(db.session(), token), token=token)


@blueprint.post("/connexion/<token>")
@access.public
def use_link(token: str) -> ResponseReturnValue:
    before = current_agent()
    entered = sign_in.sign_in(db.session(), token, browser_name())
    if before is not None:
        sign_in.end_session(db.session(), before.session_key)
    open_session(entered.agent, entered.key)
    if entered.identity:
        person = Person.of(entered.identity)
        if refusal := identities.refusal_to_attach(db.session(), entered.agent):
            flash(refusal.sentence, "warning")
        elif identities.attach(db.session(), entered.agent, person):
            return redirect(settle(entered.agent, person, entered.next_path), 303)
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
    id_token = sign_in.end_session(db.session(), agent.session_key)
    close_session()
    if place := leave_by(id_token):
        return redirect(place, 303)
    flash(_("Vous êtes déconnecté."), "success")
    return redirect("/", 303)


@blueprint.get("/compte")
@access.signed_in
def account() -> ResponseReturnValue:
    ties = queries.affiliations_of(db.session(), signed_in_agent().id)
    own = identities.of(db.session(), signed_in_agent().id)
    named = [(each, identities.public_number(each)) for each in own]
    gone = [tie.organisation_id for tie in ties if not tie.organisation.active]
    heirs = {key: [line.successor for line in successors(db.session(), key)] for key in gone}
    page = {"ties": ties, "heirs": heirs, "identities": named, "by_proconnect": proconnect.configured()}
    return render_template("accounts/account.html", **page)


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


@blueprint.get("/compte/agir")
@access.signed_in
def hats() -> ResponseReturnValue:
    """From the header of any page, for whoever has several; each leads back to that page."""
    return render_template("accounts/hats.html", next_path=local_path(request.args.get("next"), "/compte"))


@blueprint.post("/compte/agir")
@access.signed_in
def act_for() -> ResponseReturnValue:
    affiliation = queries.own_affiliation(
        db.session(), signed_in_agent().id, whole_number(request.form.get("affiliation")) or 0
    )
    gone = policy.refusal_to_ask_affiliation(affiliation.organisation)
    if refusal := policy.refusal_to_wear(affiliation) or gone:
        raise refusal
    wear(affiliation)
    renew_session(signed_in_agent())
    flash(_("Vous agissez maintenant pour %(organisation)s.", organisation=affiliation.organisation.name), "success")
    return redirect(local_path(request.form.get("next"), "/compte"), 303)
