"""Every address of the site, asked by everyone: who is let in, who is told why not, and what stays untouched."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from coconstruction.accounts.actions import ask_affiliation
from coconstruction.accounts.models import Affiliation, Mandate, Role
from coconstruction.database import Base, transaction
from coconstruction.discussions.actions import Words, say
from coconstruction.discussions.voices import Voice
from coconstruction.journal import SYSTEM
from coconstruction.needs.actions import save_draft
from coconstruction.solutions.actions import enter
from coconstruction.solutions.content import SolutionContent
from coconstruction.web.access import Access, access_of
from tests import cast, selection
from tests.reading import PageClient

VISITOR, NEWCOMER, STRANGER, BEARER, CURATOR = "visitor", "newcomer", "stranger", "bearer", "curator"
EMAILS = {
    NEWCOMER: "newcomer@demo.example",
    STRANGER: "stranger@demo.example",
    BEARER: "vern@demo.example",
    CURATOR: selection.CURATOR,
}
LET_IN = {
    Access.PUBLIC: {VISITOR, NEWCOMER, STRANGER, BEARER, CURATOR},
    Access.SIGNED_IN: {NEWCOMER, STRANGER, BEARER, CURATOR},
    Access.ACTING: {STRANGER, BEARER},
    Access.CURATOR: {CURATOR},
}
SPENT_BY_ASKING = {"/deconnexion", "/langue/<code>"}  # they answer by a cookie, and change nothing else


NUMBERS = ("0", "-1", "999999", "2147483648", "9" * 30, "1e3", "١", "%00", "1'--", "a")
NOT_COMPARED = {"organisation", "territory", "place_name", "name_word", "alias", "loaded_referential", "agent_session"}


@dataclass(frozen=True)
class Stage:
    need: int
    draft: int
    candidate: int
    pending: int
    solution: int
    mandate: int
    message: int

    def address(self, rule: Rule) -> str:
        values = {
            "need_id": self.draft if "brouillons" in rule.rule else self.need,
            "candidate_id": self.candidate,
            "affiliation_id": self.pending,
            "solution_id": self.solution,
            "round_id": 1,
            "slug": "tour-2027",
            "code": "en" if "langue" in rule.rule else "213503527",
            "token": "x" * 43,
            "mandate_id": self.mandate,
            "invitation_id": 1,
            "document_id": 1,
            "membership_id": 1,
            "pledge_id": 1,
            "message_id": self.message,
            "news_id": 1,
            "decision_id": 1,
            "batch_id": 1,
            "template_id": 1,
            "attachment_id": 1,
            "domain": "demo.example",
            "number": "x" * 16,
            "filename": "css/site.css",
        }
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)


@pytest.fixture
def stage(app: Flask) -> Iterator[Stage]:
    candidate = selection.prepare(app)[0]
    with time_machine.travel(selection.VOTING, tick=False):
        with app.app_context(), transaction() as session:
            for role in (NEWCOMER, STRANGER):
                cast.agent(session, EMAILS[role], cast.ARBRISSEL if role == STRANGER else None, mandate=True)
            vern = cast.affiliation(session, EMAILS[BEARER], cast.VERN)
            need, draft = cast.posted_need(session, vern), save_draft(session, vern, None, cast.CONTENT).id
            told = {"function": "Secrétaire", "motive": "Je travaille à la mairie."}
            asking = cast.agent(session, EMAILS[BEARER])
            ask_affiliation(session, asking, cast.organisation(session, cast.BRETAGNE), Role.AGENT, **told)
            pending = select(Affiliation.id).where(Affiliation.proven_at.is_(None))
            content = SolutionContent("Solution", "Payer la cantine", ["procedures"], "perenne", "https://x.example")
            solution = enter(session, SYSTEM, content).id
            held = session.scalars(select(Mandate.id).where(Mandate.affiliation_id == vern.id)).one()
            message = say(session, Voice(vern.agent, vern), need, Words("Une question")).id
            made = Stage(need, draft, candidate, session.scalars(pending).one(), solution, held, message)
        yield made


@pytest.fixture
def rows(session: Session) -> Callable[[], dict[str, list[object]]]:
    """Everything the database holds, but for the referential and who is signed in."""
    kept = [each for each in Base.metadata.sorted_tables if each.name not in NOT_COMPARED]
    return lambda: {each.name: list(session.execute(select(each).order_by(*each.primary_key))) for each in kept}


@pytest.fixture(params=[VISITOR, NEWCOMER, STRANGER, BEARER, CURATOR])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(app: Flask, stage: Stage, role: str) -> PageClient:
    client = PageClient(app)
    if role in EMAILS:
        cast.sign_in(client, EMAILS[role])
    return client


def test_reading_any_page_lets_in_whom_it_should_and_writes_nothing(
    app: Flask, stage: Stage, role: str, visit: PageClient, rows: Callable[[], object]
) -> None:
    before, wrong = rows(), {}
    for rule, access in _addresses(app, "GET"):
        response = visit.get(stage.address(rule))
        if role in LET_IN[access] or rule.rule in SPENT_BY_ASKING:
            fine = response.status_code < 500 and "/connexion?" not in response.headers.get("Location", "")
        elif role == VISITOR:
            fine = response.status_code == 302 and response.headers["Location"].startswith("/connexion?next=%2F")
        else:
            fine = response.status_code == 403
        if not fine:
            wrong[rule.rule] = response.status_code
    assert wrong == {}
    assert rows() == before


def test_sending_any_form_without_the_right_to_is_refused_and_writes_nothing(
    app: Flask, stage: Stage, role: str, visit: PageClient, rows: Callable[[], object]
) -> None:
    before = rows()
    refused = [rule for rule, access in _addresses(app, "POST") if role not in LET_IN[access]]
    answers = {rule.rule: visit.send(stage.address(rule)).status for rule in refused}
    assert answers == dict.fromkeys(answers, 403)
    assert rows() == before


def test_any_form_without_its_token_is_refused_and_writes_nothing(
    app: Flask, stage: Stage, visit: PageClient, rows: Callable[[], object]
) -> None:
    before = rows()
    sent = [stage.address(rule) for rule, _access in _addresses(app, "POST")]
    answers = {
        address: visit.post(address, data={"csrf_token": "made up", "title": "Une salle", "motive": "Pour voir."})
        for address in sent
    }
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(sent, 400)
    assert rows() == before


def test_any_form_sent_empty_is_answered_by_a_page(app: Flask, stage: Stage, role: str, visit: PageClient) -> None:
    for rule, _access in _addresses(app, "POST"):
        answer = visit.send(stage.address(rule))
        assert answer.status < 500, rule.rule
        assert answer.title, rule.rule


def test_a_number_that_names_nothing_is_no_page(app: Flask, stage: Stage, client: PageClient) -> None:
    cast.sign_in(client, EMAILS[CURATOR])
    token = client.token()
    for number, method in product(NUMBERS, ("GET", "POST")):
        for rule, access in _addresses(app, method):
            if "<key:" not in rule.rule or access == Access.ACTING:
                continue
            address = re.sub(r"<key:\w+>", number, rule.rule.replace("<slug>", "x"))
            data = {"csrf_token": token} if method == "POST" else None
            answer = client.open(address, method=method, data=data, follow_redirects=True)
            assert answer.status_code in (404, 405), address


def _addresses(app: Flask, method: str) -> list[tuple[Rule, Access]]:
    found = [(rule, access_of(app.view_functions[rule.endpoint])) for rule in app.url_map.iter_rules()]
    return [(rule, access) for rule, access in found if access is not None and method in (rule.methods or ())]
