"""Two entries of one body beside the official referential: one is kept, the other no longer acts, and nothing moves."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import join, leave
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.territories.actions import add_organisation
from coconstruction.territories.models import Lineage, Organisation
from coconstruction.territories.queries import suggest
from tests import cast
from tests.reading import Page, PageClient, words

CURATOR, HERS, THEIRS = "curator@demo.example", "agent@syndicat.example", "other@syndicat.example"
KEPT, TWICE = "/organisations/syndicat-energie", "/organisations/syndicat-energies"
DECLARE = f"/curation{TWICE}/doublon"
MOTIVE = "Même SIREN, même siège : appel au président."


@pytest.fixture
def curator(app: Flask) -> Iterator[PageClient]:
    with app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
        for email, code, name in (
            (HERS, "syndicat-energie", "Syndicat d’énergie du Pays"),
            (THEIRS, "syndicat-energies", "Syndicat des énergies du Pays"),
        ):
            body = {"reference": f"syndicat:{code}", "code": code, "kind": "syndicat_mixte", "name": name}
            add_organisation(session, **body)
            cast.agent(session, email, body["reference"], mandate=True)
    client = PageClient(app)
    cast.sign_in(client, CURATOR)
    return client


def declare(curator: PageClient, original: str = "syndicat-energie", motive: str = MOTIVE) -> Page:
    return curator.send(DECLARE, {"original": original, "motive": motive})


def code_of(page: Page) -> str:
    found = page.soup.select_one("[data-refusal]")
    return str(found["data-refusal"]) if found else ""


def is_active(session: Session, code: str) -> bool:
    return session.scalars(select(Organisation.active).where(Organisation.code == code)).one()


def suggested(app: Flask) -> list[str]:
    with app.app_context(), transaction() as session:
        return [each.organisation.code for each in suggest(session, "syndicat pays")]


def test_a_duplicate_leads_to_the_one_that_is_kept_and_is_no_longer_suggested(
    app: Flask, curator: PageClient, session: Session
) -> None:
    search = curator.page(f"{DECLARE}?q=syndicat énergie pays")
    confirm = curator.page(search.links()["Syndicat d’énergie du Pays"])
    assert "N’agira plus Syndicat des énergies du Pays" in confirm.text
    page = declare(curator)
    assert "inscrite deux fois" in page.text
    assert page.links()["Syndicat d’énergie du Pays"] == KEPT
    assert suggested(app) == ["syndicat-energie"]
    assert "Syndicat des énergies du Pays (doublon)" not in PageClient(app).page(KEPT).text
    line = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert line is not None
    assert (line.action, line.payload["motive"]) == ("organisation.declared_duplicate", MOTIVE)
    letter = session.scalars(select(Letter).where(Letter.template == "organisation_duplicate")).one()
    assert letter.recipient == THEIRS


def test_its_agents_no_longer_act_for_it_and_its_acts_stay_its_own(app: Flask, curator: PageClient) -> None:
    client = PageClient(app)
    cast.sign_in(client, THEIRS)
    client.send("/besoins/nouveau", {"title": cast.CONTENT.title, "problem": "x", "theme": "procedures"})
    declare(curator)
    refused = client.send("/besoins/nouveau", {"title": "Un autre", "problem": "x", "theme": "procedures"})
    assert (refused.status, code_of(refused)) == (409, "organisation_gone")
    assert f"Besoins portés {cast.CONTENT.title}" in client.page(TWICE).text
    assert cast.CONTENT.title not in client.page(KEPT).text


def test_the_declaration_is_undone(app: Flask, curator: PageClient, session: Session) -> None:
    declare(curator)
    assert curator.page(DECLARE).title == "Annuler un doublon"
    assert curator.send(f"{DECLARE}/annulation", {"motive": ""}).status == 422
    page = curator.send(f"{DECLARE}/annulation", {"motive": "Deux sièges différents."})
    assert "de nouveau agir" in page.text
    assert is_active(session, "syndicat-energies")
    assert session.scalars(select(Lineage)).all() == []
    assert set(suggested(app)) == {"syndicat-energie", "syndicat-energies"}
    again = curator.send(f"{DECLARE}/annulation", {"motive": "Encore."})
    assert (again.status, code_of(again)) == (409, "not_a_duplicate")


@pytest.mark.parametrize(
    ("original", "status", "code"),
    [("syndicat-energies", 422, "same_organisation"), ("nulle-part", 404, "not_found")],
)
def test_a_wrong_choice_is_refused(
    curator: PageClient, session: Session, original: str, status: int, code: str
) -> None:
    page = declare(curator, original)
    assert (page.status, code_of(page)) == (status, code)
    assert is_active(session, "syndicat-energies")


def test_one_that_no_longer_exists_keeps_nobody(curator: PageClient, session: Session) -> None:
    declare(curator)
    page = curator.send(f"/curation{KEPT}/doublon", {"original": "syndicat-energies", "motive": MOTIVE})
    assert (page.status, code_of(page)) == (409, "original_gone")
    again = declare(curator)
    assert (again.status, code_of(again)) == (409, "organisation_gone")
    assert is_active(session, "syndicat-energie")


def test_the_official_referential_has_no_duplicate(curator: PageClient, session: Session) -> None:
    page = curator.send("/curation/organisations/213500051/doublon", {"original": "syndicat-energie", "motive": MOTIVE})
    assert (page.status, code_of(page)) == (409, "official_organisation")
    assert "Déclarer que c’est un doublon" not in curator.page("/organisations/213500051").links()
    assert curator.page(TWICE).links()["Déclarer que c’est un doublon"] == DECLARE


def test_a_decision_needs_its_reasons(curator: PageClient, session: Session) -> None:
    assert declare(curator, motive=" ").status == 422
    assert is_active(session, "syndicat-energies")


def test_two_that_count_for_one_need_are_first_told_apart(app: Flask, curator: PageClient, session: Session) -> None:
    """Else one body would weigh twice in a threshold."""
    with app.app_context(), transaction() as writing:
        need_id = cast.posted_need(writing, cast.affiliation(writing, "vern@demo.example", cast.VERN))
        for email, code in ((HERS, "syndicat-energie"), (THEIRS, "syndicat-energies")):
            join(writing, cast.affiliation(writing, email, f"syndicat:{code}"), need_id, "contributeur", [])
    page = declare(curator)
    assert (page.status, code_of(page)) == (409, "acts_in_common")
    assert cast.CONTENT.title in page.text
    with app.app_context(), transaction() as writing:
        leave(writing, cast.affiliation(writing, THEIRS, "syndicat:syndicat-energies"), need_id)
    assert declare(curator).status == 200
    assert not is_active(session, "syndicat-energies")


def test_only_curators_decide(app: Flask, curator: PageClient, session: Session) -> None:
    client = PageClient(app)
    cast.sign_in(client, HERS)
    assert client.send(DECLARE, {"original": "syndicat-energie", "motive": MOTIVE}).status == 403
    assert words(client.page(TWICE).soup.h1) == "Syndicat des énergies du Pays"
    assert "Déclarer que c’est un doublon" not in client.page(TWICE).links()
    assert is_active(session, "syndicat-energies")
