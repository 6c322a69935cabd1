"""One ballot per organisation, replaceable until the close, sealed until the publication."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.rounds.models import Ballot, BallotVersion, Round
from tests import cast
from tests.reading import PageClient
from tests.selection import BALLOT, CLOSES, CURATOR, OPENS, RESULT, ROUND, TITLES, VOTING, deposit, prepare

VERN, METRO, DEP = "vern@demo.example", "metro@demo.example", "dep@demo.example"


@pytest.fixture
def candidates(app: Flask) -> list[int]:
    return prepare(app)


@pytest.fixture
def voting() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(VOTING, tick=False) as hand:
        yield hand


pytestmark = pytest.mark.usefixtures("voting")


def test_a_ballot_is_reviewed_then_deposited_and_gives_a_receipt(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    cast.sign_in(client, VERN)
    assert "Rien n’est déposé avant votre confirmation" in client.page(BALLOT).text
    review = client.send(BALLOT, {"choices": candidates[:2], "version": 0, "step": "review"})
    assert "110 000 €" in review.text
    assert session.scalar(select(Ballot.version)) is None
    receipt = client.send(BALLOT, {"choices": candidates[:2], "version": 0, "step": "deposit"})
    assert receipt.title == "Reçu de notre bulletin"
    assert session.scalars(select(Ballot.receipt)).one() in receipt.text
    assert TITLES[0] in receipt.text
    assert TITLES[2] not in receipt.text


def test_the_running_cost_is_worked_out_without_javascript(client: PageClient, candidates: list[int]) -> None:
    cast.sign_in(client, VERN)
    page = client.send(BALLOT, {"choices": candidates, "version": 0, "step": "recount"})
    assert page.status == 200
    assert "150 000 €" in page.text
    assert "dépasse l’enveloppe" in page.text
    assert len(page.soup.select("input[name=choices][checked]")) == 3


def test_a_ballot_may_be_replaced_until_the_close_and_keeps_its_versions(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    deposit(client, VERN, candidates[:1])
    deposit(client, VERN, candidates[1:], version=1)
    assert session.scalars(select(Ballot)).one().choices == sorted(candidates[1:])
    assert [each.version for each in session.scalars(select(BallotVersion).order_by(BallotVersion.version))] == [1, 2]
    assert "version 2" in client.page(BALLOT).text


def test_the_same_form_sent_twice_gives_the_same_receipt(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    first = deposit(client, VERN, candidates[:1])
    again = deposit(client, VERN, candidates[:1])
    assert again.text.replace(first.text, "") == ""
    assert session.scalars(select(Ballot)).one().version == 1
    assert len(_lines(session, "ballot.cast")) == 1


def test_two_agents_of_one_organisation_do_not_overwrite_each_other(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, "second@demo.example", cast.VERN, mandate=True)
    deposit(client, VERN, candidates[:1])
    refused = deposit(client, "second@demo.example", candidates[1:])
    assert refused.status == 409
    assert "vern a déposé la version 1" in refused.text
    assert session.scalars(select(Ballot)).one().choices == candidates[:1]


def test_the_other_agents_of_the_organisation_are_told_without_the_choices(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, "second@demo.example", cast.VERN)
    deposit(client, VERN, candidates[:1])
    letter = session.scalars(select(Letter).where(Letter.template == "ballot_cast")).one()
    assert letter.recipient == "second@demo.example"
    assert TITLES[0] not in str(letter.context)


def test_a_ballot_a_second_before_the_close_is_taken_and_at_the_close_refused(
    client: PageClient, candidates: list[int], session: Session, voting: time_machine.Traveller
) -> None:
    voting.move_to(CLOSES - timedelta(seconds=1), tick=False)
    assert deposit(client, VERN, candidates[:1]).title == "Reçu de notre bulletin"
    voting.move_to(CLOSES, tick=False)
    refused = deposit(client, METRO, candidates[:1])
    assert refused.status == 409
    assert "Le vote est clos" in refused.text
    assert len(session.scalars(select(Ballot)).all()) == 1


def test_the_vote_opens_at_its_hour_and_not_before(
    client: PageClient, candidates: list[int], voting: time_machine.Traveller
) -> None:
    voting.move_to(OPENS - timedelta(seconds=1), tick=False)
    refused = deposit(client, VERN, candidates[:1])
    assert refused.status == 409
    assert "Le vote ouvrira le lundi 5 avril 2027 à 9 h" in refused.text
    voting.move_to(OPENS, tick=False)
    assert deposit(client, VERN, candidates[:1]).title == "Reçu de notre bulletin"


def test_once_closed_the_page_says_what_was_cast_by_whom_and_when_results_come(
    client: PageClient, candidates: list[int], voting: time_machine.Traveller
) -> None:
    deposit(client, VERN, candidates[:1])
    voting.move_to(CLOSES + timedelta(hours=1), tick=False)
    cast.sign_in(client, VERN)
    text = client.page(BALLOT).text
    assert TITLES[0] in text
    assert "vern a déposé la version 1 du bulletin (Vern-sur-Seiche)" in text
    assert "lundi 10 mai 2027 à 10 h" in text


def test_a_blank_ballot_counts_as_one(client: PageClient, candidates: list[int], session: Session) -> None:
    assert "bulletin blanc" in deposit(client, VERN, []).text
    assert session.scalars(select(Ballot)).one().choices == []


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [(cast.ARBRISSEL, "il faut un mandat"), (None, "rattaché à une collectivité")],
)
def test_without_a_mandate_one_is_told_how_to_get_it(
    app: Flask, client: PageClient, candidates: list[int], session: Session, reference: Any, sentence: str
) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, "someone@demo.example", reference)
    cast.sign_in(client, "someone@demo.example")
    assert sentence in client.page(BALLOT).text
    refused = client.send(BALLOT, {"choices": candidates[:1], "version": 0, "step": "deposit"})
    assert refused.status == 403
    assert sentence in refused.text
    assert session.scalar(select(Ballot.version)) is None


def test_a_visitor_is_invited_to_sign_in(client: PageClient, candidates: list[int]) -> None:
    page = client.page(BALLOT)
    assert "Me connecter" in page.links()
    assert not page.soup.select("input[name=choices]")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"choices": ["999999"]}, 422),
        ({"choices": ["un"]}, 422),
        ({"choices": ["-1"]}, 422),
        ({"choices": ["9" * 30]}, 422),
        ({"choices": ["1.5"]}, 422),
        ({"choices": [], "version": "deux"}, 422),
        ({"choices": [], "version": ""}, 422),
        ({"choices": [], "version": "7"}, 409),
        ({"choices": [], "note": "x" * 2_100_000}, 413),
    ],
)
def test_a_bad_ballot_is_answered_by_a_sentence_and_changes_nothing(
    client: PageClient, candidates: list[int], session: Session, form: dict[str, Any], status: int
) -> None:
    cast.sign_in(client, VERN)
    before = len(session.scalars(select(JournalEntry)).all())
    session.rollback()
    page = client.send(BALLOT, {"version": 0, "step": "deposit", **form})
    assert page.status == status
    assert len(page.text) > 40
    assert session.scalar(select(Ballot.version)) is None
    assert session.scalars(select(Round.frozen_at)).one() is None
    assert len(session.scalars(select(JournalEntry)).all()) == before


def test_a_candidate_of_another_round_is_not_a_choice(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    cast.sign_in(client, VERN)
    page = client.send(BALLOT, {"choices": [*candidates, max(candidates) + 1], "version": 0, "step": "deposit"})
    assert page.status == 422
    assert "n’est pas candidat à ce tour" in page.text


@pytest.mark.parametrize("path", ["/tours/inconnu", "/tours/inconnu/bulletin", "/tours/inconnu/resultats.json"])
def test_an_unknown_round_is_no_page(client: PageClient, path: str) -> None:
    assert client.page(path).status == 404


def test_no_channel_tells_a_count_before_the_publication(
    app: Flask, client: PageClient, candidates: list[int], session: Session, voting: time_machine.Traveller
) -> None:
    pages = [ROUND, BALLOT, RESULT, f"{RESULT}.json", "/", "/besoins", "/tours", "/curation/tours", "/curation/journal"]

    def crawl() -> list[str]:
        cast.sign_in(client, CURATOR)
        return [_without_tokens(client.get(path, follow_redirects=True).get_data(as_text=True)) for path in pages[:-1]]

    before = crawl()
    deposit(client, VERN, candidates[:1])
    deposit(client, METRO, candidates[:2])
    deposit(client, DEP, candidates[:2])
    # The first ballot freezes the round: its fingerprint appears, and nothing else.
    fingerprint = session.scalars(select(Round.setup_hash)).one()
    assert [text.replace(fingerprint, "fixée au premier bulletin") for text in crawl()] == before
    assert client.get(f"{RESULT}.json").status_code == 403
    assert client.page(RESULT).title == "Le résultat n’est pas encore publié"
    for line in _lines(session, "ballot.cast"):
        assert set(line.payload) == {"version", "receipt", "under"}


def test_an_organisation_page_does_not_show_a_sealed_ballot(client: PageClient, candidates: list[int]) -> None:
    deposit(client, VERN, candidates[:1])
    cast.sign_in(client, METRO)
    vern = client.get("/organisations/commune-35352", follow_redirects=True).get_data(as_text=True)
    assert TITLES[0] in vern  # it bears that need
    assert RESULT not in vern


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf" not in line)


def _lines(session: Session, action: str) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.action == action)))
