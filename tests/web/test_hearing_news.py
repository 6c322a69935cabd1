"""Hearing of a need and no more, news once a week, and a text that changes after others have joined."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import Decision, engage, join, leave
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.actions import edit, support
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need
from coconstruction.notifications.models import Letter
from coconstruction.privacy.erasure import erase
from coconstruction.settings import Settings
from coconstruction.worker import run_once
from tests import cast
from tests.reading import Page, PageClient

LEAD, PILOT, VOICE, ONLOOKER = "chef@vern.example", "dsi@metropole.example", "sec@arbrissel.example", "visite@c.example"
MONDAY = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))
OTHER_TEXT = replace(cast.CONTENT, problem="Chaque rentrée, il faut tout recommencer sur papier.", estimated_cost=60000)


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as travelled:
        yield travelled


@pytest.fixture
def need(app: Flask, now: time_machine.Traveller) -> int:
    """Vern-sur-Seiche bears and leads, Rennes Métropole has joined, Arbrissel supports; somebody else looks on."""
    with app.app_context(), transaction() as session:
        own = cast.affiliation(session, LEAD, cast.VERN)
        number = cast.posted_need(session, own)
        join(session, own, number, "porteur", [])
        join(session, cast.affiliation(session, PILOT, cast.RENNES_METROPOLE), number, "pilote", [])
        support(session, cast.affiliation(session, VOICE, cast.ARBRISSEL), number)
        cast.affiliation(session, ONLOOKER, cast.ILLE_ET_VILAINE)
    now.shift(timedelta(hours=1))
    return number


@pytest.fixture
def enter(app: Flask, need: int) -> Callable[[str], PageClient]:
    def entered(email: str) -> PageClient:
        client = PageClient(app, use_cookies=True)
        cast.sign_in(client, email)
        client.page("/compte")
        return client

    return entered


@pytest.fixture
def work(app: Flask, worker_settings: Settings, tmp_path: Path) -> Callable[[], None]:
    settings = replace(worker_settings, mail_url=f"file://{tmp_path}/letters")

    def worked() -> None:
        assert run_once(app, settings)

    return worked


def letters(session: Session, template: str) -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).where(Letter.template == template).order_by(Letter.id)))


def told(session: Session, template: str = "coalition_news") -> list[str]:
    return sorted(each.recipient for each in letters(session, template))


def read(folder: Path, recipient: str) -> str:
    """The last letter to them, as it left."""
    files = sorted((folder / "letters").glob("*.eml"), key=lambda each: int(each.stem))
    mails = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    return next(str(each.get_content()) for each in reversed(mails) if each["To"] == recipient)


def tell(client: PageClient, need: int, title: str = "L’essai commence", text: str = "En **mars**.") -> Page:
    return client.send(f"/besoins/{need}/nouvelles/ecrire", {"title": title, "text": text})


def rewrite(app: Flask, need: int, content: NeedContent) -> None:
    with app.app_context(), transaction() as session:
        own = cast.affiliation(session, LEAD, cast.VERN)
        edit(session, own, need, content, session.get_one(Need, need).version)


def test_one_follows_and_stops_in_one_click(need: int, enter: Callable[[str], PageClient]) -> None:
    onlooker = enter(ONLOOKER)
    assert "Recevoir les nouvelles par courriel" in onlooker.page(f"/besoins/{need}").text
    page = onlooker.send(f"/besoins/{need}/suivi", {"choix": "suivre"})
    assert "Vous recevrez les nouvelles de ce besoin." in page.text
    assert "Ne plus recevoir de nouvelles" in page.text
    assert cast.CONTENT.title in onlooker.page("/compte/suivis").text
    page = onlooker.send(f"/besoins/{need}/suivi", {"choix": "arreter", "next": "/compte/suivis"})
    assert "Vous ne suivez aucun besoin" in page.text


@pytest.mark.parametrize("email", [LEAD, PILOT, VOICE])
def test_those_who_acted_follow_unless_they_say_no(need: int, enter: Callable[[str], PageClient], email: str) -> None:
    client = enter(email)
    assert cast.CONTENT.title in client.page("/compte/suivis").text
    assert (
        "Vous ne suivez aucun besoin"
        in client.send(f"/besoins/{need}/suivi", {"choix": "arreter", "next": "/compte/suivis"}).text
    )


def test_news_are_public_at_once_and_sent_an_hour_later(
    need: int,
    enter: Callable[[str], PageClient],
    client: PageClient,
    now: time_machine.Traveller,
    work: Callable[[], None],
    session: Session,
) -> None:
    enter(ONLOOKER).send(f"/besoins/{need}/suivi", {"choix": "suivre"})
    lead = enter(LEAD)
    assert "4 personnes les recevront" in lead.page(f"/besoins/{need}/nouvelles/ecrire").text
    assert "La nouvelle est publiée." in tell(lead, need).text
    assert "L’essai commence" in client.page(f"/besoins/{need}").text
    page = client.page(f"/besoins/{need}/nouvelles")
    assert page.soup.select_one(".co-said strong").text == "mars"
    work()
    assert told(session) == []
    now.shift(timedelta(minutes=61))
    work()
    work()
    assert told(session) == sorted([LEAD, PILOT, VOICE, ONLOOKER])


def test_one_letter_a_week_gathers_all_the_news(
    need: int,
    enter: Callable[[str], PageClient],
    now: time_machine.Traveller,
    work: Callable[[], None],
    session: Session,
    tmp_path: Path,
) -> None:
    tell(enter(LEAD), need, "Première")
    now.shift(timedelta(hours=2))
    work()
    for title in ("Deuxième", "Troisième"):
        now.shift(timedelta(days=1))
        tell(enter(LEAD), need, title)
        work()
    assert len(letters(session, "coalition_news")) == 3
    now.shift(timedelta(days=6))
    work()
    assert len(letters(session, "coalition_news")) == 6
    assert [title in read(tmp_path, VOICE) for title in ("Première", "Deuxième", "Troisième")] == [False, True, True]


def test_what_is_taken_back_within_the_hour_is_never_sent(
    need: int,
    enter: Callable[[str], PageClient],
    now: time_machine.Traveller,
    work: Callable[[], None],
    session: Session,
) -> None:
    lead = enter(LEAD)
    tell(lead, need, text="Trop vite.")
    page = lead.send(f"/besoins/{need}/nouvelles/1/retrait")
    assert "La nouvelle est retirée." in page.text
    assert "Nouvelle retirée le 4 janvier 2027." in page.text
    assert "Trop vite" not in page.text
    now.shift(timedelta(hours=2))
    work()
    assert told(session) == []
    assert lead.send(f"/besoins/{need}/nouvelles/1/retrait").status == 409


def test_whoever_reads_the_letter_stops_the_next_without_signing_in(
    need: int,
    enter: Callable[[str], PageClient],
    client: PageClient,
    now: time_machine.Traveller,
    work: Callable[[], None],
    session: Session,
    tmp_path: Path,
) -> None:
    tell(enter(LEAD), need)
    now.shift(timedelta(hours=2))
    work()
    path = "/suivis/" + read(tmp_path, VOICE).split("/suivis/")[1].split()[0]
    assert "Ne plus recevoir de nouvelles" in client.page(path).text
    assert "Vous ne recevrez plus de nouvelles" in client.send(path).text
    now.shift(timedelta(days=8))
    tell(enter(LEAD), need)
    now.shift(timedelta(hours=2))
    work()
    assert told(session).count(VOICE) == 1
    assert told(session).count(PILOT) == 2


@pytest.mark.parametrize("path", ["/suivis/x", "/suivis/WzEsMV0.faux"])
def test_a_link_nobody_wrote_stops_nothing(client: PageClient, path: str) -> None:
    for page in (client.page(path), client.send(path)):
        assert page.status == 410
        assert "Ce lien n’est pas entier" in page.text


@pytest.mark.parametrize("email", [PILOT, VOICE, ONLOOKER])
def test_those_who_lead_give_the_news(need: int, enter: Callable[[str], PageClient], email: str) -> None:
    client = enter(email)
    for page in (client.page(f"/besoins/{need}/nouvelles/ecrire"), tell(client, need)):
        assert page.status == 403
        assert "Le porteur du besoin, le chef de file et les co-porteurs" in page.text
    assert "Donner des nouvelles" not in client.page(f"/besoins/{need}/nouvelles").text


def test_news_said_badly_are_sent_back_whole(need: int, enter: Callable[[str], PageClient]) -> None:
    page = tell(enter(LEAD), need, title="", text="Un texte")
    assert page.status == 422
    assert "Dites la nouvelle en une phrase." in page.text
    assert page.field("text").strip() == "Un texte"


def test_members_are_told_of_a_text_that_says_something_else(
    app: Flask,
    need: int,
    enter: Callable[[str], PageClient],
    now: time_machine.Traveller,
    work: Callable[[], None],
    session: Session,
) -> None:
    rewrite(app, need, OTHER_TEXT)
    work()
    assert told(session, "need_changed") == [PILOT]
    page = enter(PILOT).page(f"/besoins/{need}")
    assert "Ce besoin a changé depuis votre engagement" in page.text
    assert "pas encore confirmé depuis" in page.text
    page = enter(PILOT).page(f"/besoins/{need}/accord")
    assert [each.text.strip() for each in page.soup.select("main del")][-1] == "Avant : 28\u202f000\xa0€"
    assert "tout recommencer" in page.text
    assert "Ce besoin a changé" not in enter(LEAD).page(f"/besoins/{need}").text
    rewrite(app, need, replace(OTHER_TEXT, estimated_cost=70000))
    work()
    assert told(session, "need_changed") == [PILOT]


def test_a_member_confirms_or_leaves(
    app: Flask, need: int, enter: Callable[[str], PageClient], work: Callable[[], None], session: Session
) -> None:
    rewrite(app, need, OTHER_TEXT)
    pilot = enter(PILOT)
    page = pilot.page(f"/besoins/{need}/accord")
    assert f"/besoins/{need}/quitter" in page.links().values()
    assert "confirme son engagement" in pilot.send(f"/besoins/{need}/accord", {"version": "2"}).text
    assert "Ce besoin a changé" not in pilot.page(f"/besoins/{need}").text
    assert "pas encore confirmé" not in pilot.page(f"/besoins/{need}").text
    pilot.send(f"/besoins/{need}/accord", {"version": "2"})
    lines = select(JournalEntry.payload).where(JournalEntry.action == "coalition.agreed")
    assert [each["version"] for each in session.scalars(lines)] == [2]
    rewrite(app, need, replace(OTHER_TEXT, title="Un tout autre besoin"))
    work()
    assert told(session, "need_changed").count(PILOT) == 1  # the first edit was confirmed before its letter
    assert "Ce besoin a changé" in pilot.page(f"/besoins/{need}").text


def test_what_was_read_must_be_the_last_version(app: Flask, need: int, enter: Callable[[str], PageClient]) -> None:
    rewrite(app, need, OTHER_TEXT)
    pilot = enter(PILOT)
    rewrite(app, need, replace(OTHER_TEXT, title="Un tout autre besoin"))
    page = pilot.send(f"/besoins/{need}/accord", {"version": "2"})
    assert page.status == 409
    assert "Le besoin a encore changé pendant que vous lisiez." in page.text


@pytest.mark.parametrize("field", ["frequency", "theme"])
def test_what_commits_nobody_to_more_is_not_told(
    app: Flask,
    need: int,
    enter: Callable[[str], PageClient],
    work: Callable[[], None],
    session: Session,
    field: str,
) -> None:
    rewrite(app, need, replace(cast.CONTENT, **{field: "culture"}))
    work()
    assert told(session, "need_changed") == []
    page = enter(PILOT).page(f"/besoins/{need}/accord")
    assert "Rien qui touche à votre engagement" in page.text


@pytest.mark.parametrize("act", ["engage", "come back"])
def test_acting_after_the_change_is_agreeing_to_it(
    app: Flask, need: int, enter: Callable[[str], PageClient], now: time_machine.Traveller, act: str
) -> None:
    rewrite(app, need, OTHER_TEXT)
    now.shift(timedelta(hours=1))
    with app.app_context(), transaction() as session:
        pilot = cast.affiliation(session, PILOT, cast.RENNES_METROPOLE)
        if act == "engage":
            engage(session, pilot, need, Decision("2027-003", date(2027, 1, 4)))
        else:
            leave(session, pilot, need)
            join(session, pilot, need, "pilote", [])
    assert "Ce besoin a changé" not in enter(PILOT).page(f"/besoins/{need}").text


def test_only_members_confirm(app: Flask, need: int, enter: Callable[[str], PageClient]) -> None:
    rewrite(app, need, OTHER_TEXT)
    for page in (enter(VOICE).page(f"/besoins/{need}/accord"), enter(VOICE).send(f"/besoins/{need}/accord")):
        assert page.status == 409
        assert "ne fait pas partie de cette coalition" in page.text


def test_the_versions_show_what_changed(app: Flask, need: int, client: PageClient) -> None:
    rewrite(app, need, OTHER_TEXT)
    page = client.page(f"/besoins/{need}/versions")
    assert "28\u202f000\xa0€" in page.soup.select("del")[-1].text
    assert "60\u202f000\xa0€" in page.soup.select("ins")[-1].text


def test_whoever_is_forgotten_follows_nothing(app: Flask, need: int, enter: Callable[[str], PageClient]) -> None:
    enter(ONLOOKER).send(f"/besoins/{need}/suivi", {"choix": "suivre"})
    assert "following" in enter(ONLOOKER).get("/compte/donnees.json").get_data(as_text=True)
    with app.app_context(), transaction() as session:
        person = cast.agent(session, ONLOOKER)
        erase(session, person)
        assert session.connection().exec_driver_sql("SELECT count(*) FROM following").scalar() == 0
