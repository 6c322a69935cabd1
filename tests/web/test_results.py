"""The result: right at its hour with or without the worker, explained, and counted again by anyone."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from coconstruction.rounds.actions import publish as publish_round
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.models import Candidate, Round, RoundPhase, RoundResult
from coconstruction.worker import publish_due_results
from tests.reading import PageClient
from tests.selection import PUBLISHED, RESULT, STARTS, TITLES, VOTING, deposit, prepare
from tests.stranger import fingerprint, recount

VERN, METRO, DEP = "vern@demo.example", "metro@demo.example", "dep@demo.example"


@pytest.fixture
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(VOTING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def published(app: Flask, client: PageClient, hand: time_machine.Traveller) -> list[int]:
    """Three ballots: the first candidate has 3 voices and costs 60 %, the second 2 and 50 %, the third 1 and 40 %."""
    candidates = prepare(app)
    deposit(client, VERN, candidates)
    deposit(client, METRO, candidates[:2])
    deposit(client, DEP, candidates[:1])
    hand.move_to(PUBLISHED, tick=False)
    return candidates


def publish(app: Flask) -> None:
    with app.app_context():
        publish_due_results()


def test_the_result_is_public_at_its_hour_though_the_worker_is_stopped(
    client: PageClient, published: list[int], session: Session, hand: time_machine.Traveller
) -> None:
    hand.move_to(PUBLISHED - timedelta(seconds=1), tick=False)
    assert client.page(RESULT).title == "Le résultat n’est pas encore publié"
    hand.move_to(PUBLISHED, tick=False)
    page = client.page(RESULT)
    assert page.title == "Résultat du tour « Tour 2027 »"
    assert "2 besoins sont retenus sur 3" in page.text
    assert session.scalar(select(RoundResult.round_id)) is None


def test_the_worker_stores_the_very_bytes_that_were_computed(
    app: Flask, client: PageClient, published: list[int], session: Session
) -> None:
    computed = client.get(f"{RESULT}.json").data
    publish(app)
    assert session.scalar(select(RoundResult.round_id)) is not None
    assert client.get(f"{RESULT}.json").data == computed


def test_a_stranger_counts_the_same_result(client: PageClient, published: list[int]) -> None:
    document = json.loads(client.get(f"{RESULT}.json").data)
    kept, spent = recount(document)
    assert kept == document["outcome"]["selected"] == [published[0], published[2]]
    assert spent == document["outcome"]["spent"] == 10_000_000


def test_a_receipt_is_worked_out_again_from_the_published_ballot(client: PageClient, published: list[int]) -> None:
    document = json.loads(client.get(f"{RESULT}.json").data)
    for ballot in document["ballots"]:
        content = {
            "round": document["round"]["slug"],
            "organisation": ballot["organisation"]["code"],
            "setup": document["setup_hash"],
            **{name: ballot[name] for name in ("version", "choices", "cast_at", "salt")},
        }
        assert fingerprint(content) == ballot["receipt"]


def test_a_stranger_draws_the_same_lots_and_finds_every_fingerprint(client: PageClient, published: list[int]) -> None:
    """As docs/counting.md tells, with nothing of the product."""
    document = json.loads(client.get(f"{RESULT}.json").data)
    assert fingerprint({name: value for name, value in document.items() if name != "hash"}) == document["hash"]
    seed, candidates = document["seed"], document["candidates"]
    drawn = sorted(candidates, key=lambda each: hashlib.sha256(f"{seed}:{each['need']}".encode()).hexdigest())
    assert [each["id"] for each in drawn] == document["lot_order"]
    assert all(fingerprint(each["snapshot"]) == each["snapshot_hash"] for each in candidates)
    frozen = [{name: value for name, value in each.items() if name != "snapshot"} for each in candidates]
    setting = {name: document[name] for name in ("envelope", "rule", "seed", "voters")}
    assert fingerprint({**setting, "round": document["round"]["slug"], "candidates": frozen}) == document["setup_hash"]


def test_each_candidate_is_told_its_fate_in_a_sentence(client: PageClient, published: list[int]) -> None:
    text = client.page(RESULT).text
    assert "3 voix, rang 1. Retenu : son prix de 60 000 € tenait dans les 100 000 € qui restaient." in text
    assert "Non retenu : son prix de 50 000 € dépassait les 40 000 € qui restaient." in text


def test_ballots_are_listed_by_organisation_with_their_receipts(client: PageClient, published: list[int]) -> None:
    page = client.page(RESULT)
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("#bulletins tbody tr")]
    assert [row.split(" (")[0] for row in rows] == [
        "Département d’Ille-et-Vilaine",
        "Rennes Métropole",
        "Vern-sur-Seiche",
    ]
    assert TITLES[2] not in rows[0]
    assert TITLES[2] in rows[2]
    turnout = [row.get_text(" ", strip=True) for row in page.soup.select("#participation-nature tbody tr")]
    assert any(row.startswith("Métropole 1 ") for row in turnout)


def test_needs_learn_their_fate_once_and_people_get_one_letter_each(
    app: Flask, published: list[int], session: Session
) -> None:
    publish(app)
    publish(app)
    needs = session.execute(select(Candidate.id, Need.state).join(Need, Need.id == Candidate.need_id)).all()
    states = {candidate: state for candidate, state in needs}
    assert [states[each] for each in published] == [State.SELECTED, State.NOT_SELECTED, State.SELECTED]
    actions = list(session.scalars(select(JournalEntry.action).where(JournalEntry.action.like("%selected"))))
    assert sorted(actions) == ["need.not_selected", "need.selected", "need.selected"]
    letters = session.scalars(select(Letter).where(Letter.template == "round_published")).all()
    assert [each.recipient for each in letters] == [VERN]
    assert len(letters[0].context["needs"]) == 3


def test_a_blank_or_unapproved_candidate_is_never_taken(
    app: Flask, client: PageClient, hand: time_machine.Traveller
) -> None:
    candidates = prepare(app)
    deposit(client, VERN, [candidates[0]])
    hand.move_to(PUBLISHED, tick=False)
    assert "Non retenu : aucune collectivité ne l’approuve." in client.page(RESULT).text


def test_a_round_without_ballots_still_has_a_result(
    app: Flask, client: PageClient, hand: time_machine.Traveller
) -> None:
    prepare(app)
    hand.move_to(PUBLISHED, tick=False)
    computed = client.page(RESULT).text
    assert "Aucun besoin n’est retenu" in computed
    publish(app)
    assert client.page(RESULT).text == computed


def test_the_published_ballot_stands_on_the_organisation_page(
    app: Flask, client: PageClient, published: list[int]
) -> None:
    assert RESULT in client.page("/organisations/departement-35").links().values()


def test_a_page_of_ballots_beyond_the_last_shows_the_last(client: PageClient, published: list[int]) -> None:
    assert "Aucun bulletin n’a été déposé" not in client.page(f"{RESULT}?page=99").text


def test_a_publication_postponed_at_the_last_minute_waits(
    app: Flask, client: PageClient, published: list[int], session: Session
) -> None:
    """The worker saw the round due, then waited for the curator who holds it."""
    round_id = session.scalars(select(Round.id)).one()
    later = Calendar({**STARTS, Phase.PUBLISHED: PUBLISHED + timedelta(days=7)})
    with app.app_context(), transaction() as writing:
        for phase, start in later.starts.items():
            writing.merge(RoundPhase(round_id=round_id, phase=phase, starts_at=start))
    with app.app_context(), transaction() as writing:
        assert publish_round(writing, round_id, PUBLISHED) is False
    assert client.page(RESULT).title == "Le résultat n’est pas encore publié"
