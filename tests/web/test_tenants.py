"""Whatever one organisation owns, an agent of another cannot touch: every address that writes, by what it names.

A new address fails here until somebody says whose it is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.actions import ask_affiliation
from coconstruction.accounts.documents import Upload, keep
from coconstruction.accounts.models import Affiliation, AgentSession, Mandate, Role
from coconstruction.accounts.sign_in import public_number
from coconstruction.coalitions.actions import Offer, join
from coconstruction.coalitions.leading import offer_lead
from coconstruction.coalitions.models import Pledge
from coconstruction.database import Base, transaction
from coconstruction.discussions.actions import Words, say
from coconstruction.discussions.voices import Voice
from coconstruction.following.actions import tell
from coconstruction.needs.actions import save_draft
from coconstruction.teams.actions import invite
from coconstruction.web.access import Access, access_of
from tests import cast, selection
from tests.reading import PageClient

OWNER, COLLEAGUE, ASKER = "referente@vern.example", "adjoint@vern.example", "nouvelle@vern.example"
STRANGER = "referent@arbrissel.example"
WRITTEN = {
    "title": "Une salle",
    "text": "Faux",
    "motive": "Pour voir.",
    "decision": "accorder",
    "role": "agent",
    "scope": "everything",
}
TEAM = "/organisations/{vern}/equipe"
MESSAGE = "/besoins/{need}/discussion/{message}"

# What belongs to Vern-sur-Seiche, and how an address names it. The form holds what would go through if it were let in.
OWNED = {
    "/besoins/<key:need_id>/modification": "/besoins/{need}/modification",
    "/besoins/<key:need_id>/retrait": "/besoins/{need}/retrait",
    "/besoins/<key:need_id>/reouverture": "/besoins/{need}/reouverture",
    "/besoins/<key:need_id>/recours": "/besoins/{need}/recours",
    "/besoins/brouillons/<key:need_id>/suppression": "/besoins/brouillons/{draft}/suppression",
    "/besoins/<key:need_id>/discussion/<key:message_id>/modification": MESSAGE + "/modification",
    "/besoins/<key:need_id>/discussion/<key:message_id>/retrait": MESSAGE + "/retrait",
    "/besoins/<key:need_id>/nouvelles/<key:news_id>/retrait": "/besoins/{need}/nouvelles/{news}/retrait",
    "/compte/agir": "/compte/agir",
    "/compte/organisations/<key:affiliation_id>/fin": "/compte/organisations/{tie}/fin",
    "/compte/organisations/<key:affiliation_id>/mandat": "/compte/organisations/{tie}/mandat",
    "/compte/organisations/<key:affiliation_id>/preuve/adresse": "/compte/organisations/{asked}/preuve/adresse",
    "/compte/organisations/<key:affiliation_id>/preuve/code": "/compte/organisations/{asked}/preuve/code",
    "/compte/organisations/<key:affiliation_id>/preuve/document": "/compte/organisations/{asked}/preuve/document",
    "/compte/organisations/<key:affiliation_id>/preuve/envoi": "/compte/organisations/{asked}/preuve/envoi",
    "/compte/organisations/<key:affiliation_id>/referent": "/compte/organisations/{tie}/referent",
    "/compte/sessions/<number>/fin": "/compte/sessions/{opened}/fin",
    "/organisations/<code>/equipe/demandes/<key:affiliation_id>": TEAM + "/demandes/{asked}",
    "/organisations/<code>/equipe/invitations/<key:invitation_id>/annulation": TEAM
    + "/invitations/{invitation}/annulation",
    "/organisations/<code>/equipe/invitations/nouvelle": TEAM + "/invitations/nouvelle",
    "/organisations/<code>/equipe/mandats/<key:mandate_id>/fin": TEAM + "/mandats/{mandate}/fin",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/fin": TEAM + "/personnes/{colleague}/fin",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/mandat": TEAM + "/personnes/{colleague}/mandat",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/mandat/refus": TEAM
    + "/personnes/{colleague}/mandat/refus",
    "/organisations/<code>/equipe/relais": TEAM + "/relais",
}  # fmt: skip
# One acts on one's own account, or in one's own organisation's name, whatever the address says.
OWN_ONLY = {
    "/besoins/<key:need_id>/quitter": "leaving: one's own membership, which the stranger has not",
    "/besoins/<key:need_id>/rejoindre": "open to every organisation",
    "/besoins/<key:need_id>/accord": "one's own membership, which the stranger has not: see below",
    "/besoins/<key:need_id>/nouvelles/ecrire": "those who lead: see below",
    "/besoins/<key:need_id>/suivi": "oneself",
    "/suivis/<token>": "whoever holds the key",
    "/besoins/<key:need_id>/engagement": "one's own membership: see below",
    "/besoins/<key:need_id>/engagements/<key:pledge_id>/tenu": "one's own pledge: see below",
    "/besoins/<key:need_id>/inviter": "the coalition's: see below",
    "/besoins/<key:need_id>/financements": "the lead's: see below",
    "/besoins/<key:need_id>/besoin-commun": "one's own voice in it: see below",
    "/besoins/<key:need_id>/relais": "the lead's: see below",
    "/besoins/<key:need_id>/relais/reponse": "whoever it is offered to: see below",
    "/besoins/<key:need_id>/discussion": "open to every organisation",
    "/besoins/<key:need_id>/discussion/<key:message_id>/reponse": "open to every organisation",
    "/besoins/<key:need_id>/discussion/<key:message_id>/signalement": "open to everyone, once",
    "/besoins/<key:need_id>/soutien": "open to every organisation",
    "/besoins/<key:need_id>/soutien/retrait": "one's own voice",
    "/besoins/brouillons": "one's own draft, or the one named in the form: see below",
    "/besoins/nouveau": "one's own need, or the draft named in the form: see below",
    "/tours/<slug>/bulletin": "one's own organisation's ballot",
    "/compte/organisations/nouvelle": "asked for oneself, granted by proof or people",
    "/compte/identites/<number>/retrait": "a place in one's own list",
    "/compte/profil": "oneself",
    "/compte/second-facteur": "oneself",
    "/compte/second-facteur/ajout": "oneself",
    "/compte/second-facteur/codes": "oneself",
    "/compte/second-facteur/retrait": "oneself",
    "/compte/second-facteur/verification": "oneself",
    "/compte/sessions/autres/fin": "oneself",
    "/compte/suppression": "oneself",
    "/deconnexion": "oneself",
    "/connexion": "nobody yet",
    "/connexion/<token>": "whoever holds the key",
    "/connexion/proconnect/suite": "whoever came back from ProConnect",
    "/compte/invitations": "what one's own organisation receives",
    "/contester/<token>": "whoever holds the key",
    "/invitations/<token>": "whoever holds the key",
    "/rejoindre/<token>": "whoever holds the key",
}
NOT_COMPARED = {"agent_session"}


@dataclass(frozen=True)
class Things:
    """Of Vern-sur-Seiche."""

    vern: str
    need: int
    draft: int
    tie: int
    asked: int
    colleague: int
    mandate: int
    invitation: int
    pledge: int
    message: int
    news: int
    opened: str

    def address(self, pattern: str) -> str:
        return pattern.format(**{each.name: getattr(self, each.name) for each in fields(self)})

    @property
    def form(self) -> dict[str, object]:
        return {**WRITTEN, "affiliation": self.tie, "personne": self.colleague, "draft": self.draft, "code": "12345678"}


@pytest.fixture
def things(app: Flask) -> Iterator[Things]:
    selection.prepare(app)
    with time_machine.travel(selection.VOTING, tick=False), app.app_context():
        with transaction() as session:
            own = cast.affiliation(session, OWNER, cast.VERN)
            cast.referent(session, OWNER, cast.VERN)
            colleague = cast.affiliation(session, COLLEAGUE, cast.VERN)
            body = own.organisation
            told = {"function": "Agente", "motive": "Appelez la mairie."}
            asked, _ = ask_affiliation(session, cast.agent(session, ASKER), body, Role.AGENT, **told)
            keep(session, asked, asked.agent, Upload("arrete.pdf", b"%PDF-1.7"))
            need, draft = cast.posted_need(session, own), save_draft(session, own, None, cast.CONTENT).id
            join(session, own, need, "porteur", [Offer("euros", 500)])
            other = cast.affiliation(session, "metro@demo.example", cast.RENNES_METROPOLE)
            join(session, other, need, "pilote", [])
            offer_lead(session, own, need, other.organisation_id)
            pledge = session.scalars(select(Pledge.id)).one()
            news = tell(session, own, need, "Une nouvelle", "Voilà.").id
            message = say(session, Voice(own.agent, own), need, Words("Une question")).id
            invitation = invite(session, own, "invitee@vern.example", Role.AGENT, "Agente").id
            cast.session_key(session, OWNER)
            opened = session.scalars(select(AgentSession).where(AgentSession.agent_id == own.agent_id)).first()
            mandate = session.scalars(select(Mandate.id).where(Mandate.affiliation_id == colleague.id)).one()
            cast.affiliation(session, STRANGER, cast.ARBRISSEL)
            cast.referent(session, STRANGER, cast.ARBRISSEL)
            assert opened
            number = public_number(opened)
            numbers = (need, draft, own.id, asked.id, colleague.id, mandate, invitation, pledge, message, news)
            made = Things(body.code, *numbers, number)
        yield made


@pytest.fixture
def rows(session: Session) -> Callable[[], dict[str, list[object]]]:
    kept = [each for each in Base.metadata.sorted_tables if each.name not in NOT_COMPARED]
    return lambda: {each.name: list(session.execute(select(each).order_by(*each.primary_key))) for each in kept}


@pytest.fixture
def stranger(app: Flask, things: Things) -> PageClient:
    """A référent with a mandate, of another commune."""
    client = PageClient(app, use_cookies=True)
    cast.sign_in(client, STRANGER)
    client.page("/compte")
    return client


def test_every_address_that_writes_says_whose_it_is(app: Flask) -> None:
    curators = {
        rule.rule for rule in app.url_map.iter_rules() if access_of(app.view_functions[rule.endpoint]) is Access.CURATOR
    }
    written = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert written - curators == OWNED.keys() | OWN_ONLY.keys()


def test_another_organisations_agent_is_refused_and_nothing_changes(
    things: Things, stranger: PageClient, rows: Callable[[], object]
) -> None:
    before = rows()
    answers = {rule: stranger.send(things.address(pattern), things.form).status for rule, pattern in OWNED.items()}
    assert {rule: status for rule, status in answers.items() if status not in (403, 404)} == {}
    assert rows() == before


def test_ones_own_organisation_with_anothers_number_names_nothing(
    things: Things, stranger: PageClient, session: Session, rows: Callable[[], object]
) -> None:
    code, before = cast.organisation(session, cast.ARBRISSEL).code, rows()
    crossed = [pattern.replace("{vern}", code) for rule, pattern in OWNED.items() if re.search(r"<code>.*<key:", rule)]
    answers = {pattern: stranger.send(things.address(pattern), things.form).status for pattern in crossed}
    assert answers == dict.fromkeys(crossed, 404)
    assert rows() == before


@pytest.mark.parametrize("path", ["/besoins/brouillons", "/besoins/nouveau"])
def test_anothers_draft_named_in_a_form_does_not_exist(
    things: Things, stranger: PageClient, rows: Callable[[], object], path: str
) -> None:
    before = rows()
    form = {**cast.CONTENT.as_json(), "draft": things.draft, "estimated_cost": "28000"}
    assert stranger.send(path, form).status == 404
    assert rows() == before


def test_leaving_a_coalition_one_is_not_in_changes_nothing(
    things: Things, stranger: PageClient, rows: Callable[[], object]
) -> None:
    before = rows()
    assert stranger.send(f"/besoins/{things.need}/quitter").status == 409
    assert stranger.send(f"/besoins/{things.need}/soutien/retrait").status == 200
    assert rows() == before


@pytest.mark.parametrize(
    "path",
    [
        "engagement",
        "engagements/{pledge}/tenu",
        "relais",
        "relais/reponse",
        "inviter",
        "accord",
        "nouvelles/ecrire",
        "financements",
        "besoin-commun",
    ],
)
def test_what_a_member_says_is_not_said_for_it(
    things: Things, stranger: PageClient, rows: Callable[[], object], path: str
) -> None:
    before = rows()
    deliberation = {"number": "2026-042", "taken_on": "2027-01-05"}
    form = {**WRITTEN, **deliberation, "to": "1", "reponse": "accepter", "picked": things.vern, "method": "equal"}
    answer = stranger.send(f"/besoins/{things.need}/{path.format(pledge=things.pledge)}", form)
    assert answer.status in (403, 409)
    assert rows() == before


@pytest.mark.parametrize("path", [TEAM, "/besoins/brouillons/{draft}", "/compte/organisations/{asked}/preuve"])
def test_what_is_not_ones_own_is_not_shown_either(things: Things, stranger: PageClient, path: str) -> None:
    page = stranger.page(things.address(path))
    assert page.status in (403, 404)
    assert "vern.example" not in page.text


def test_a_hat_taken_off_since_does_nothing_any_more(app: Flask, things: Things, session: Session) -> None:
    """The session stays, the tie does not."""
    client = PageClient(app, use_cookies=True)
    cast.sign_in(client, COLLEAGUE)
    client.page("/compte")
    with app.app_context(), transaction() as writing:
        tie = writing.get_one(Affiliation, things.colleague)
        tie.ended_at = clock.now() - timedelta(minutes=1)
    page = client.send(f"/besoins/{things.need}/soutien")
    assert (page.status, page.soup.select_one("[data-refusal]")["data-refusal"]) == (403, "affiliation_ended")
