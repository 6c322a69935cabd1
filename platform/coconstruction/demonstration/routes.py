"""The demonstration's people in one click, and its letters. Registered only when DEMO=1, on this machine alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts import queries, sign_in
from coconstruction.accounts.current import browser_name, current_agent, open_session
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import db
from coconstruction.demonstration.content import read
from coconstruction.demonstration.links import with_links
from coconstruction.errors import NotFound
from coconstruction.notifications.carrier import render
from coconstruction.notifications.queries import latest_letters, letter
from coconstruction.web import access

blueprint = Blueprint("demonstration", __name__, url_prefix="/demonstration")


@dataclass(frozen=True)
class Character:
    agent: Agent
    hats: Sequence[Affiliation]
    showcase: Any


@blueprint.get("")
@access.public
def people() -> ResponseReturnValue:
    everyone = _characters()
    front = [each for each in everyone if each.showcase]
    others = [each for each in everyone if not each.showcase]
    return render_template("demonstration/people.html", front=front, others=others)


@blueprint.post("/entrer/<key:agent_id>")
@access.public
def enter(agent_id: int) -> ResponseReturnValue:
    agent = next((each.agent for each in _characters() if each.agent.id == agent_id), None)
    if agent is None:
        raise NotFound
    if (before := current_agent()) is not None:
        sign_in.end_session(db.session(), before.session_key)
    # The click stands for the mailbox and the second factor: a newcomer plays the curator too.
    key = sign_in.start_session(db.session(), agent, browser=browser_name(), second_factor=True)
    open_session(agent, key)
    flash(_("Vous êtes maintenant %(name)s.", name=agent.name), "success")
    return redirect("/curation" if agent.is_curator else "/", 303)


@blueprint.get("/courriels")
@access.public
def letters() -> ResponseReturnValue:
    settings = current_app.extensions["settings"]
    kept = [each for each in latest_letters(db.session()) if each.context]  # carried outside the demonstration: emptied
    written = [(each, render(each, settings)["Subject"]) for each in kept]
    return render_template("demonstration/letters.html", letters=written)


@blueprint.get("/courriels/<key:letter_id>")
@access.public
def read_letter(letter_id: int) -> ResponseReturnValue:
    settings, found = current_app.extensions["settings"], letter(db.session(), letter_id)
    if found is None or not found.context:
        raise NotFound
    message = render(found, settings)
    pieces = with_links(message.get_content(), settings.base_url)
    return render_template("demonstration/letter.html", letter=found, subject=message["Subject"], pieces=pieces)


def _characters() -> list[Character]:
    """In the order of the content."""
    told = {person["email"]: person for person in read("people")}
    agents = {agent.email: agent for agent in queries.agents_at(db.session(), list(told))}
    hats = queries.hats_of(db.session(), [agent.id for agent in agents.values()])
    known = [email for email in told if email in agents]
    return [Character(agents[email], hats[agents[email].id], told[email].get("showcase")) for email in known]
