"""Every cell of « kind × action », really tried: an agent of an organisation of that kind sends the form."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.eligibility import ACTIONS, may, right_label
from coconstruction.coalitions.models import Membership
from coconstruction.database import transaction
from coconstruction.needs.models import Need, Support
from coconstruction.rounds.models import Ballot
from coconstruction.territories.actions import add_organisation
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import KINDS, Organisation
from tests import cast, selection
from tests.reading import Page, PageClient, words

AGENT = "someone@kind.example"
# No route offers to be a pilot yet: the page says so.
TRIED = tuple(action for action in ACTIONS if action != "pilot")
LEFT_BY = {"contribute": Need, "support": Support, "join": Membership, "vote": Ballot}
REFUSED = (403, "kind_not_eligible")


@pytest.fixture(autouse=True)
def voting() -> Iterator[None]:
    with time_machine.travel(selection.VOTING, tick=False):
        yield


@pytest.fixture
def others_need(app: Flask) -> int:
    """Beside a round where one votes."""
    selection.prepare(app)
    with app.app_context(), transaction() as session:
        return cast.posted_need(session, cast.affiliation(session, "vern@demo.example", cast.VERN))


def body_of(session: Session, kind: str) -> Organisation:
    """A real one where the referential has any; Vern and Rennes Métropole have other things to do here."""
    busy = Organisation.reference.not_in((cast.VERN, cast.RENNES_METROPOLE))
    real = session.scalars(
        select(Organisation).where(Organisation.kind == kind, busy).order_by(Organisation.id)
    ).first()
    return real or add_organisation(
        session, reference=f"test:{kind}", code=f"test-{kind}", kind=kind, name=f"Un {kind}"
    )


def send(client: PageClient, action: str, need_id: int) -> Page:
    content = {name: value for name, value in asdict(replace(cast.CONTENT, title="Un autre besoin")).items() if value}
    if action == "contribute":
        return client.send("/besoins/nouveau", content)
    if action == "support":
        return client.send(f"/besoins/{need_id}/soutien")
    if action == "join":
        return client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"})
    return client.send(selection.BALLOT, {"choices": [], "version": 0, "step": "deposit"})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_does_what_its_row_says_and_is_refused_the_rest(
    app: Flask, client: PageClient, session: Session, others_need: int, kind: str
) -> None:
    with app.app_context(), transaction() as writing:
        body = body_of(writing, kind)
        cast.agent(writing, AGENT, body.reference, mandate=True)
        key = body.id
    cast.sign_in(client, AGENT)
    done, allowed = {}, {action: may(kind, action) for action in TRIED}
    for action in TRIED:
        page = send(client, action, others_need)
        told = page.soup.select_one(
            ".fr-alert[data-refusal]"
        )  # the page of a need says others where their buttons were
        answer = (page.status, str(told["data-refusal"]) if told else "")
        assert answer == ((200, "") if allowed[action] else REFUSED), (action, page.text)
        left = LEFT_BY[action]
        done[action] = session.scalar(select(left).where(left.organisation_id == key)) is not None
    assert done == allowed


def test_the_page_shows_each_cell_and_says_why_not_and_what_to_do_instead(client: PageClient) -> None:
    page = client.page("/qui-peut-faire-quoi")
    rows = {
        cells[0]: cells[1:]
        for row in page.soup.select("tbody tr")
        if (cells := [words(cell) for cell in row.find_all(["th", "td"])])
    }
    with client.application.test_request_context():
        assert rows == {
            kind_label(kind): ["oui" if may(kind, action) else "non" for action in ACTIONS] for kind in KINDS
        }
        for kind in KINDS:
            told = page.soup.select_one(f"#{kind}")
            assert told is not None
            block = told.find_parent("section")
            assert block is not None
            refused = [words(each).rstrip(".") for each in block.select("li strong")]
            assert refused == [right_label(action) for action in ACTIONS if not may(kind, action)], kind
    assert "Les candidatures ne sont pas ouvertes" in page.text


def test_nothing_offers_to_be_a_pilot_yet(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if "pilote" in rule.rule] == []
