"""A round: its page, its dates, its candidates, and what no longer changes once someone voted."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.rounds.models import Candidate, Round
from coconstruction.rounds.queries import current_round
from coconstruction.rounds.routes import phase_line
from tests import cast
from tests.reading import Page, PageClient, words
from tests.selection import (
    CALENDAR,
    CLOSES,
    CURATOR,
    OPENS,
    PREPARING,
    PUBLISHED,
    RESULT,
    ROUND,
    STARTS,
    TITLES,
    VOTING,
    deposit,
    prepare,
    shortlisted,
)

PREPARATION = "/curation/tours"


@pytest.fixture
def candidates(app: Flask) -> list[int]:
    return prepare(app)


def dates(**changed: str) -> dict[str, str]:
    """The calendar as its form sends it, in the time of Paris."""
    typed = {phase.value: start.astimezone(clock.PARIS).strftime("%Y-%m-%dT%H:%M") for phase, start in STARTS.items()}
    return {**typed, **changed}


def as_curator(client: PageClient, path: str, form: dict[str, Any]) -> Page:
    """Opens the page, fills its form and sends it."""
    cast.sign_in(client, CURATOR)
    seen = client.page(f"{PREPARATION}{path}").soup.find("input", attrs={"name": "seen"})
    return client.send(f"{PREPARATION}{path}", {"seen": seen["value"] if isinstance(seen, Tag) else "", **form})


def the_round(session: Session) -> Round:
    session.rollback()
    return session.scalars(select(Round)).one()


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (STARTS["collecting"] - timedelta(days=1), "Le tour « Tour 2027 » commence le lundi 4 janvier à 9 h"),
        (PREPARING, "Le comité présélectionne les besoins jusqu’au lundi 5 avril à 9 h, heure de Paris."),
        (VOTING, "Le vote est ouvert jusqu’au vendredi 30 avril à 18 h, heure de Paris."),
        (CLOSES, "Le vote est clos. Le résultat sera publié le lundi 10 mai à 10 h, heure de Paris."),
        (PUBLISHED, "Le résultat du tour est publié. Les pilotes commencent le mercredi 1er septembre à 9 h"),
        (STARTS["piloting"], "la phase des pilotes a commencé"),
    ],
)
def test_every_page_says_where_the_round_stands(
    client: PageClient, candidates: list[int], moment: Any, sentence: str
) -> None:
    with time_machine.travel(moment, tick=False):
        text = words(client.page("/accessibilite").soup)
    assert sentence in text


def test_the_line_costs_one_statement_and_is_nothing_without_a_round(app: Flask) -> None:
    with app.test_request_context():
        assert phase_line() is None
        assert current_round(db.session()) is None


def test_a_visitor_sees_what_is_at_stake(client: PageClient, candidates: list[int]) -> None:
    with time_machine.travel(VOTING, tick=False):
        page = client.page("/tours")
    assert page.title == "Tour 2027"
    assert "100 000 €" in page.text
    for title in TITLES:
        assert title in page.text
    assert "Loto du 3 avril 2027" in page.text


def test_candidates_stand_in_the_order_drawn_from_the_seed(app: Flask, candidates: list[int], session: Session) -> None:
    ranks = session.execute(select(Candidate.lot_rank).order_by(Candidate.lot_rank)).scalars().all()
    assert ranks == [1, 2, 3]


def test_a_curator_makes_a_round_and_rolls_a_shortlisted_need_in(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    with time_machine.travel(PREPARING, tick=False):
        with app.app_context(), transaction() as writing:
            need_id = shortlisted(writing, "Gérer les files d’attente")
        form = {"title": "Tour 2028", "envelope": "8 000 000", "seed": "Loto", **dates()}
        page = as_curator(client, "/nouveau", form)
        assert page.title == "Tour 2028"
        made = session.scalars(select(Round).where(Round.slug == "tour-2028")).one()
        assert made.envelope == 800_000_000
        assert "Donnez un prix." in as_curator(client, f"/{made.id}", {"need": need_id, "price": ""}).text
        page = as_curator(client, f"/{made.id}", {"need": need_id, "price": "200 000"})
        assert "Gérer les files d’attente" in page.text
        assert "200 000 €" in page.text
    session.rollback()
    assert session.get_one(Need, need_id).state == State.IN_ROUND
    copied = session.scalars(select(Candidate).where(Candidate.need_id == need_id)).one().snapshot
    assert copied["title"] == "Gérer les files d’attente"


def test_what_the_need_says_later_does_not_change_the_candidate(
    client: PageClient, candidates: list[int], app: Flask
) -> None:
    with app.app_context(), transaction() as session:
        session.scalars(select(Need).where(Need.title == TITLES[0])).one().title = "Tout autre chose"
    with time_machine.travel(VOTING, tick=False):
        assert TITLES[0] in client.page(ROUND).text


def test_a_late_change_of_date_is_journaled_and_shown(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    with time_machine.travel(VOTING, tick=False):
        page = as_curator(client, f"/{the_round(session).id}/calendrier", dates(counting="2027-05-03T12:00"))
        assert page.status == 200
        text = client.page(ROUND).text
    assert "1 changement de dates" in text
    assert "du vendredi 30 avril 2027 à 18 h au lundi 3 mai 2027 à 12 h" in text
    line = session.scalars(select(JournalEntry).where(JournalEntry.action == "round.calendar_moved")).one()
    assert line.payload["before"]["counting"].startswith("2027-04-30T16:00")
    assert line.payload["after"]["counting"].startswith("2027-05-03T10:00")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"counting": "2027-04-01T12:00"}, "Cette phase doit commencer après la précédente"),
        ({"counting": ""}, "Donnez une date et une heure"),
        ({"counting": "demain"}, "Donnez une date et une heure"),
        ({"counting": "0001-01-01T00:00"}, "Donnez une date et une heure"),
        ({"counting": "9999-12-31T23:59"}, "Donnez une date et une heure"),
    ],
)
def test_a_bad_calendar_is_sent_back_with_what_was_typed(
    client: PageClient, candidates: list[int], session: Session, changed: dict[str, str], sentence: str
) -> None:
    with time_machine.travel(VOTING, tick=False):
        page = as_curator(client, f"/{the_round(session).id}/calendrier", dates(**changed))
    assert page.status == 422
    assert sentence in page.text
    assert page.field("published") == "2027-05-10T10:00"


def test_after_the_first_ballot_nothing_but_dates_changes(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    round_id = the_round(session).id
    with time_machine.travel(VOTING, tick=False):
        deposit(client, "vern@demo.example", candidates[:1])
        with app.app_context(), transaction() as writing:
            need_id = shortlisted(writing, "Gérer les files d’attente")
        frozen = [
            as_curator(client, f"/{round_id}/modification", {"title": "Autre", "envelope": "1", "seed": "x"}),
            as_curator(client, f"/{round_id}", {"need": need_id, "price": "1000"}),
            as_curator(client, f"/{round_id}/candidats/{candidates[0]}/prix", {"price": "1000"}),
        ]
        for page in frozen:
            assert page.status == 409
            assert "Un premier bulletin a été déposé" in page.text
        unopened = as_curator(client, f"/{round_id}/calendrier", dates(voting="2027-04-20T09:00"))
        assert unopened.status == 409
        assert as_curator(client, f"/{round_id}/calendrier", dates(counting="2027-05-03T12:00")).status == 200
    kept = the_round(session)
    assert (kept.title, kept.envelope, kept.seed) == ("Tour 2027", 10_000_000, "Loto du 3 avril 2027")
    assert session.scalar(select(Candidate.price).where(Candidate.id == candidates[0])) == 6_000_000


def test_a_closed_vote_does_not_reopen_and_a_published_result_stays(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    path = f"/{the_round(session).id}/calendrier"
    with time_machine.travel(CLOSES, tick=False):
        assert as_curator(client, path, dates(counting="2027-05-03T12:00")).status == 409
        assert as_curator(client, path, dates(published="2027-05-12T12:00")).status == 200
    with time_machine.travel(PUBLISHED + timedelta(days=5), tick=False):
        assert as_curator(client, path, dates(published="2027-06-12T12:00")).status == 409
        assert client.page(RESULT).title == "Résultat du tour « Tour 2027 »"


def test_once_the_vote_is_open_no_need_enters(
    app: Flask, client: PageClient, candidates: list[int], session: Session
) -> None:
    with time_machine.travel(OPENS, tick=False):
        with app.app_context(), transaction() as writing:
            need_id = shortlisted(writing, "Gérer les files d’attente")
        page = as_curator(client, f"/{the_round(session).id}", {"need": need_id, "price": "1000"})
    assert page.status == 409
    assert "plus aucun besoin n’entre dans ce tour" in page.text


@pytest.mark.parametrize(
    "form", [{"need": "999999", "price": "10"}, {"need": "x", "price": "10"}, {"need": "", "price": "-5"}]
)
def test_a_need_that_is_not_shortlisted_is_not_offered(
    client: PageClient, candidates: list[int], session: Session, form: dict[str, str]
) -> None:
    with time_machine.travel(PREPARING, tick=False):
        assert as_curator(client, f"/{the_round(session).id}", form).status == 422
    assert len(session.scalars(select(Candidate)).all()) == 3


def test_two_curators_do_not_write_over_each_other(client: PageClient, candidates: list[int], session: Session) -> None:
    path, form = f"/{the_round(session).id}/modification", {"title": "Tour 2027", "seed": "Loto du 3 avril 2027"}
    with time_machine.travel(PREPARING, tick=False):
        cast.sign_in(client, CURATOR)
        opened = client.page(f"{PREPARATION}{path}").field("seen")
        as_curator(client, path, {**form, "envelope": "200 000"})
        page = as_curator(client, path, {**form, "envelope": "100 000", "seed": "Autre phrase", "seen": opened})
    assert page.status == 409
    assert "Une autre personne a changé ceci" in page.text
    assert (the_round(session).envelope, the_round(session).seed) == (20_000_000, "Loto du 3 avril 2027")


def test_two_rounds_do_not_share_a_name(client: PageClient, candidates: list[int], session: Session) -> None:
    with time_machine.travel(PREPARING, tick=False):
        form = {"title": "TOUR 2027", "envelope": "8 000 000", "seed": "Loto", **dates()}
        page = as_curator(client, "/nouveau", form)
    assert page.status == 409
    assert "Un tour porte déjà ce nom" in page.text
    assert the_round(session).envelope == 10_000_000


def test_what_voters_read_changes_only_after_the_opening_is_postponed(
    client: PageClient, candidates: list[int], session: Session
) -> None:
    path, form = f"/{the_round(session).id}", {"title": "Tour 2027", "envelope": "200 000", "seed": "Loto"}
    with time_machine.travel(VOTING, tick=False):
        refused = as_curator(client, f"{path}/modification", form)
        assert refused.status == 409
        assert "reporter l’ouverture" in refused.text
        assert as_curator(client, f"{path}/candidats/{candidates[0]}/prix", {"price": "1000"}).status == 409
        assert as_curator(client, f"{path}/calendrier", dates(voting="2027-04-20T09:00")).status == 200
        assert as_curator(client, f"{path}/modification", form).status == 200
    assert the_round(session).envelope == 20_000_000


@pytest.mark.parametrize("phase", ["counting", "published"])
def test_the_close_and_the_publication_are_never_set_in_the_past(
    client: PageClient, candidates: list[int], session: Session, phase: str
) -> None:
    early = dates(voting="2027-04-05T09:00", counting="2027-04-06T09:00", published="2027-04-07T09:00")
    with time_machine.travel(VOTING, tick=False):
        deposit(client, "vern@demo.example", candidates[:1])
        moved = {"counting": early["counting"]} | ({"published": early["published"]} if phase == "published" else {})
        page = as_curator(client, f"/{the_round(session).id}/calendrier", dates(**moved))
    assert page.status == 422
    assert "ne se fixent pas dans le passé" in page.text
    assert the_round(session).frozen_at is not None


def test_a_round_is_not_created_over(client: PageClient, candidates: list[int], session: Session) -> None:
    with time_machine.travel(PUBLISHED, tick=False):
        page = as_curator(client, "/nouveau", {"title": "Trop tard", "envelope": "1", "seed": "x", **dates()})
    assert page.status == 422
    assert the_round(session).title == "Tour 2027"


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("/nouveau", {"title": "Tour 2028", "seed": "Loto", "envelope": "", **dates()}, "Donnez le montant"),
        ("/nouveau", {"title": "Tour 2028", "seed": "Loto", "envelope": "  ", **dates()}, "Donnez un montant entre"),
        ("/{id}/modification", {"title": "Tour", "seed": "Loto", "envelope": ""}, "Donnez le montant"),
        ("/{id}/modification", {"title": "Tour", "seed": "Loto", "envelope": "0"}, "Donnez un montant entre"),
        ("/{id}/modification", {"title": "Tour", "seed": "Loto", "envelope": "1,234"}, "Donnez un montant en euros"),
        ("/{id}/candidats/1/prix", {"price": ""}, "Donnez un prix."),
        ("/{id}/candidats/1/prix", {"price": "10 000 000 000"}, "Donnez un montant entre"),
    ],
)
def test_a_missing_or_absurd_amount_is_sent_back(
    client: PageClient, candidates: list[int], session: Session, path: str, form: dict[str, str], sentence: str
) -> None:
    with time_machine.travel(PREPARING, tick=False):
        page = as_curator(client, path.format(id=the_round(session).id), form)
    assert page.status == 422
    assert sentence in page.text
    assert the_round(session).envelope == 10_000_000
    assert session.scalar(select(Candidate.price).where(Candidate.id == 1)) == 6_000_000


def test_preparing_rounds_is_for_curators(client: PageClient, candidates: list[int], session: Session) -> None:
    with time_machine.travel(PREPARING, tick=False):
        cast.sign_in(client, "vern@demo.example")
        assert client.page(PREPARATION).status == 403
        assert client.send(f"{PREPARATION}/nouveau", {"title": "Le mien"}).status == 403
    assert session.scalars(select(Agent).where(Agent.is_curator)).one().email == CURATOR


def test_the_clock_exists_in_the_demonstration_only(app: Flask, demo_app: Flask, candidates: list[int]) -> None:
    assert "clock" not in app.cli.commands
    assert app.test_client().get("/demonstration/horloge").status_code == 404
    with time_machine.travel(PREPARING, tick=False):
        shown = demo_app.test_cli_runner().invoke(args=["clock"])
        assert "→ shortlisting" in shown.output
        moved = demo_app.test_cli_runner().invoke(args=["clock", "voting"])
        assert "→ voting" in moved.output
        refused = demo_app.test_cli_runner().invoke(args=["clock", "hier"])
    assert refused.exit_code == 2


def test_dates_still_move_by_their_form_after_the_clock_was_turned(demo_app: Flask, candidates: list[int]) -> None:
    client = PageClient(demo_app, use_cookies=True)
    path = f"{PREPARATION}/1/calendrier"
    with time_machine.travel(PREPARING + timedelta(seconds=42.5), tick=False):
        demo_app.test_cli_runner().invoke(args=["clock", "counting"])
        cast.sign_in(client, CURATOR)
        shown = client.page(path)
        typed = {phase.value: shown.field(phase.value) for phase in STARTS}
        moved = client.send(path, {**typed, "piloting": "2028-01-10T09:00"})
    assert moved.status == 200
    assert "lundi 10 janvier 2028 à 9 h" in moved.text


def test_a_button_of_the_demonstration_moves_the_calendar(
    demo_app: Flask, candidates: list[int], session: Session
) -> None:
    client = PageClient(demo_app, use_cookies=True)
    with time_machine.travel(PREPARING, tick=False):
        client.page("/demonstration/horloge")
        token = client.page("/demonstration/horloge").field("csrf_token")
        page = client.send("/demonstration/horloge", {"phase": "counting", "csrf_token": token})
        assert "Le vote est clos" in page.soup.get_text()
        assert client.send("/demonstration/horloge", {"phase": "hier", "csrf_token": token}).status == 422
    line = session.scalars(select(JournalEntry).where(JournalEntry.action == "round.calendar_moved")).one()
    assert line.payload["before"] == {phase.value: start.isoformat() for phase, start in CALENDAR.starts.items()}
