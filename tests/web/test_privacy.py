"""A person may read and take away what is held of them, be forgotten, and is forgotten in time; what their organisation
did stays."""

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.documents import Upload, keep
from coconstruction.accounts.models import Affiliation, Agent, Document
from coconstruction.accounts.queries import without_referent
from coconstruction.coalitions.models import Membership
from coconstruction.database import Base, transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from coconstruction.needs.models import Need, Support
from coconstruction.notifications.models import Letter
from coconstruction.privacy.retention import purge
from coconstruction.privacy.traces import SECRETS, linked_tables
from coconstruction.settings import Retention
from tests import cast
from tests.reading import PageClient

MIREILLE, NAME = "mireille.unique@arbrissel.example", "Mireille Introuvable"
ERASE = "/compte/suppression"


@pytest.fixture
def secretary(app: Flask, client: PageClient) -> PageClient:
    """Somebody who has done much."""
    with app.app_context(), transaction() as session:
        tie = cast.affiliation(session, MIREILLE, cast.ARBRISSEL)
        tie.agent.name, tie.function = NAME, "Secrétaire de mairie introuvable"
        keep(session, tie, tie.agent, Upload(f"{NAME}.pdf", b"%PDF-1.7"))
        cast.posted_need(session, tie)
    cast.sign_in(client, MIREILLE)
    client.send("/besoins/1/rejoindre", {"role": "pilote", "euros": "100"})
    return client


def dump(session: Session) -> str:
    """Every value of every table."""
    rows = (row for table in Base.metadata.sorted_tables for row in session.execute(select(*table.c)))
    return "\n".join(json.dumps([str(value) for value in row], ensure_ascii=False) for row in rows)


def test_one_takes_away_all_that_is_held_and_nothing_that_opens(secretary: PageClient) -> None:
    assert "Télécharger mes données" in secretary.page("/compte/donnees").buttons()
    answer = secretary.get("/compte/donnees.json")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=mes-donnees-")
    data = json.loads(answer.data)["data"]
    assert data["agent"][0]["name"] == NAME
    held = {"affiliation", "affiliation_proof", "mandate", "document", "agent_session", "need", "membership", "pledge"}
    assert held | {"support_agent", "journal_entry"} <= set(data)
    assert not {name for rows in data.values() for row in rows for name in row} & SECRETS


def test_nobody_takes_away_what_is_held_of_another(app: Flask, secretary: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, "maire@vern.example", cast.VERN)
    other = PageClient(app)
    cast.sign_in(other, "maire@vern.example")
    assert NAME not in other.get("/compte/donnees.json").get_data(as_text=True)


def test_every_table_that_names_a_person_is_in_the_export() -> None:
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name in ("agent", "affiliation") for key in table.foreign_keys)
    }
    assert named <= linked_tables()


def test_once_erased_nothing_personal_is_left_and_the_organisation_keeps_its_acts(
    app: Flask, secretary: PageClient, session: Session
) -> None:
    assert NAME in dump(session)
    assert secretary.send(ERASE).status == 422, "without the box ticked, nothing"
    secretary.send(ERASE, {"sure": "y"})
    assert secretary.get("/compte").status_code == 302
    left = dump(session)
    for word in (NAME, MIREILLE, "introuvable", "Introuvable"):
        assert word not in left
    arbrissel = cast.organisation(session, cast.ARBRISSEL).id
    assert session.scalars(select(Need.organisation_id)).all() == [arbrissel]
    assert session.scalars(select(Support.organisation_id)).all() == [arbrissel]
    assert session.scalars(select(Membership.organisation_id)).all() == [arbrissel]
    with app.app_context(), transaction() as writing:
        entries = writing.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
        assert first_flaw(entries, *last_line(writing)) is None


def test_the_last_referent_hands_over_before_leaving_for_good(app: Flask, client: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        cast.referent(writing, MIREILLE, cast.ARBRISSEL)
        cast.affiliation(writing, "adjoint@arbrissel.example", cast.ARBRISSEL)
    cast.sign_in(client, MIREILLE)
    assert "dernier référent" in client.page(ERASE).text
    assert client.send(ERASE, {"sure": "y"}).status == 409
    assert session.scalars(select(Agent.email).where(Agent.email == MIREILLE)).all() == [MIREILLE]


def test_alone_one_may_leave_for_good_and_the_team_knows(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as writing:
        cast.referent(writing, MIREILLE, cast.ARBRISSEL)
    cast.sign_in(client, MIREILLE)
    client.send(ERASE, {"sure": "y"})
    with app.app_context(), transaction() as writing:
        assert [each.name for each in without_referent(writing)] == ["Arbrissel"]


def test_the_only_curator_stays(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, "chloe@incubateur.example", curator=True)
    cast.sign_in(client, "chloe@incubateur.example")
    assert client.send(ERASE, {"sure": "y"}).status == 409


def test_the_purge_clears_what_is_past_its_time_and_nothing_twice(
    app: Flask, secretary: PageClient, session: Session
) -> None:
    later = clock.now() + timedelta(days=400)
    with app.app_context(), transaction() as writing:
        assert purge(writing, Retention(), clock.now()) == dict.fromkeys(purge(writing, Retention(), clock.now()), 0)
        counts = purge(writing, Retention(), later)
    assert (counts["documents"], counts["sessions"]) == (1, 1)
    assert session.scalar(select(func.count(Document.id))) == 0
    with app.app_context(), transaction() as writing:
        before = last_line(writing)
        assert not any(purge(writing, Retention(), later).values())
        assert last_line(writing) == before


def test_an_account_long_away_is_warned_then_forgotten_unless_it_comes_back(
    app: Flask, secretary: PageClient, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, "revient@vern.example", cast.VERN)
    warned, forgotten = clock.now() + timedelta(days=1070), clock.now() + timedelta(days=1101)
    with app.app_context(), transaction() as writing:
        purge(writing, Retention(), warned)
    to = select(Letter.recipient).where(Letter.template == "account_away").order_by(Letter.recipient)
    assert session.scalars(to).all() == [MIREILLE, "revient@vern.example"]
    with time_machine.travel(warned + timedelta(days=1)), app.app_context(), transaction() as writing:
        cast.agent(writing, "revient@vern.example").seen_at = clock.now()
    with app.app_context(), transaction() as writing:
        assert purge(writing, Retention(), forgotten)["accounts"] == 1
    assert session.scalars(select(Agent.email).where(Agent.email == "revient@vern.example")).one()
    assert NAME not in dump(session)
    assert session.scalars(select(Affiliation.ended_at).where(Affiliation.agent_id == 1)).one() is not None


def test_the_command_says_what_it_would_do(app: Flask, secretary: PageClient, session: Session) -> None:
    runner = app.test_cli_runner()
    with time_machine.travel(clock.now() + timedelta(days=400)):
        said = runner.invoke(args=["privacy", "purge", "--dry-run"]).output
    assert "documents : 1" in said
    assert session.scalar(select(func.count(Document.id))) == 1


def test_the_page_of_personal_data_gives_the_periods_in_force(client: PageClient) -> None:
    text = client.page("/donnees-personnelles").text
    assert "Une pièce jointe, après la décision 365 jours" in text
    assert "1 095 jours" in text.replace("\u202f", " ")
