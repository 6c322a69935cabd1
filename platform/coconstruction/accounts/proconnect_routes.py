"""The way to ProConnect and back. The way back is an address that the browser merely visits: it writes nothing; the
person then says « continuer », and only that opens a session."""

from datetime import UTC, datetime
from secrets import compare_digest, token_urlsafe
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts import actions, identities, proconnect, sign_in
from coconstruction.accounts.current import browser_name, current_agent, open_session, signed_in_agent, wear
from coconstruction.accounts.models import Agent, Role
from coconstruction.accounts.proconnect import Person
from coconstruction.database import db
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.settings import Settings
from coconstruction.territories.queries import organisation_by_siren
from coconstruction.web import access, limits
from coconstruction.web.paths import local_path

blueprint = Blueprint("proconnect", __name__)
LONGEST_NEXT = 500
LASTS_SECONDS = 600
STATE = "_state_proconnect_"  # the library's, one for each time the link is followed
ASKED, FOUND, LEAVING = "proconnect_asked", "proconnect_found", "proconnect_leaving"


@blueprint.get("/connexion/proconnect")
@access.public
def depart() -> ResponseReturnValue:
    _refuse_unconfigured()
    acr = proconnect.MFA if request.args.get("niveau") == "mfa" else _settings().proconnect_acr
    agent = current_agent()
    for_agent = agent.id if agent and request.args.get("attacher") == "oui" else 0
    for name in [each for each in session if each.startswith(STATE)]:
        session.pop(name)  # the last departure is the one that comes back; together they would outgrow the cookie
    session[ASKED] = {"acr": acr, "next": _next(), "for": for_agent}
    return proconnect.depart(_outside(url_for("proconnect.arrive")), acr)


@blueprint.get("/connexion/proconnect/retour")
@access.public
def arrive() -> ResponseReturnValue:
    _refuse_unconfigured()
    asked = session.pop(ASKED, None)
    session.pop(FOUND, None)
    if asked is None:
        raise _over()
    if request.args.get("error"):
        raise proconnect.declined()
    person, id_token = proconnect.arrive(asked["acr"])
    told = {"person": person.as_json(), "id_token": id_token, "at": clock.now().timestamp()}
    session[FOUND] = {**told, "next": asked["next"], "for": asked["for"]}
    return redirect(url_for("proconnect.confirm"), 303)


@blueprint.get("/connexion/proconnect/suite")
@access.public
def confirm() -> ResponseReturnValue:
    found = _found()
    person = Person.of(found["person"])
    known = identities.agent_of(db.session(), person)
    attaching = known is None and bool(found["for"])
    taken = known is None and not attaching and identities.is_taken(db.session(), person.email)
    page = {"person": person, "attaching": attaching, "taken": taken}
    return render_template("accounts/proconnect.html", **page)


@blueprint.post("/connexion/proconnect/suite")
@access.public
@limits.sign_in
def enter() -> ResponseReturnValue:
    found = _found()
    session.pop(FOUND)
    here, before, person = db.session(), current_agent(), Person.of(found["person"])
    if identities.served_since(here, person, datetime.fromtimestamp(found["at"], UTC)):
        raise _over()
    agent = identities.agent_of(here, person) or _attaching(found["for"]) or sign_in.newcomer_at(here, person.email)
    if agent is None:
        sign_in.send_link(here, person.email, found["next"], identity=person.as_json())
        return render_template("accounts/link_sent.html", email=person.email)
    if not identities.attach(here, agent, person):
        raise _over()
    if before is not None:
        sign_in.end_session(here, before.session_key)
    strong, id_token = person.strong, found["id_token"]
    key = sign_in.start_session(here, agent, browser=browser_name(), second_factor=strong, id_token=id_token)
    open_session(agent, key)
    return redirect(settle(agent, person, found["next"]), 303)


def _attaching(for_agent: int) -> Agent | None:
    """The one who asked, from their account, that this identity be theirs, and is still there."""
    if not for_agent:
        return None
    agent = current_agent()
    if agent is None or agent.id != for_agent:
        raise _over()
    if refusal := identities.refusal_to_attach(db.session(), agent):
        raise refusal
    return agent


def settle(agent: Agent, person: Person, next_path: str) -> str:
    """For which organisation the person now acts, or why for none; where to go next."""
    organisation = organisation_by_siren(db.session(), person.siret[:9]) if person.siret else None
    if organisation is None:
        label = person.organisation or person.siret or _("non précisée")
        flash(
            _(
                "ProConnect vous rattache à une organisation (%(label)s) qui n’est pas dans notre annuaire. "
                "Choisissez la vôtre ci-dessous, ou écrivez à l’équipe pour l’ajouter.",
                label=label,
            ),
            "info",
        )
        return url_for("ties.new", next=next_path or None)
    tie = actions.prove_by_siret(db.session(), agent, organisation, person.siret, Role.AGENT)
    if not tie.live:
        flash(
            _(
                "Une personne a mis fin à votre rattachement à %(name)s, ou l’a refusé : "
                "demandez qu’on vous l’accorde de nouveau.",
                name=organisation.name,
            ),
            "warning",
        )
        return url_for("ties.proof", affiliation_id=tie.id)
    wear(tie)
    flash(_("Vous êtes connecté et vous agissez pour %(name)s.", name=organisation.name), "success")
    return next_path or "/"


@blueprint.post("/compte/identites/<number>/retrait")
@access.signed_in
def detach(number: str) -> ResponseReturnValue:
    identities.detach(db.session(), signed_in_agent(), number)
    flash(_("Cette identité ProConnect n’ouvre plus votre compte."), "success")
    return redirect("/compte", 303)


@blueprint.get("/deconnexion/retour")
@access.public
def left() -> ResponseReturnValue:
    """Where ProConnect sends back whoever signed out of it from here."""
    expected = session.pop(LEAVING, "")
    if not expected or not compare_digest(expected.encode(), request.args.get("state", "").encode()):
        raise _over()
    flash(_("Vous êtes déconnecté, de ProConnect aussi."), "success")
    return redirect("/", 303)


def leave_by(id_token: str) -> str | None:
    """After the session here is closed: where to close the one at ProConnect."""
    if not id_token or not proconnect.configured():
        return None
    state = token_urlsafe(32)
    session[LEAVING] = state
    return proconnect.farewell(id_token, state, _outside(url_for("proconnect.left")))


def _found() -> dict[str, Any]:
    found: dict[str, Any] | None = session.get(FOUND)
    if found is None or clock.now().timestamp() - found["at"] > LASTS_SECONDS:
        raise _over()
    return found


def _next() -> str:
    path = local_path(request.args.get("next"), "")
    return path if len(path) <= LONGEST_NEXT else ""  # half an address leads nowhere


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _outside(path: str) -> str:
    return _settings().base_url.rstrip("/") + path


def _refuse_unconfigured() -> None:
    if not proconnect.configured():
        raise NotFound


def _over() -> Refused:
    return Refused(
        "proconnect_over",
        _l("Cette connexion par ProConnect est finie ou n’a pas commencé ici. Recommencez."),
        Link(str(_l("Me connecter")), "/connexion"),
        status=400,
    )
