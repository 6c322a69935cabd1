"""The committee's first decision: motivated, public, undone until a round has taken the need in."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import join
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import PageClient
from tests.selection import CURATOR

MOTIVE = "Cinq collectivités de tailles différentes le portent ensemble."
MEMBERS = ("commune:35077", cast.ARBRISSEL, cast.RENNES_METROPOLE, cast.ILLE_ET_VILAINE)


@pytest.fixture
def need_id(app: Flask) -> int:
    """Past its threshold, as five organisations of which a whole département made it."""
    with app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
        vern = cast.affiliation(session, "maire@vern.example", cast.VERN)
        posted = cast.posted_need(session, vern)
        hats = [vern, *(cast.affiliation(session, f"{ref[-4:]}@members.example", ref) for ref in MEMBERS)]
        for hat in hats:
            join(session, hat, posted, "contributeur", [])
        return posted


@pytest.fixture
def curator(need_id: int, client: PageClient) -> PageClient:
    cast.sign_in(client, CURATOR)
    return client


def test_what_crossed_its_threshold_waits_for_the_committee(curator: PageClient, need_id: int) -> None:
    page = curator.page("/curation")
    assert f"Présélectionner « {cast.CONTENT.title} »" in [
        str(link.get("aria-label")) for link in page.soup.select("#a-preselectionner a")
    ]


def test_a_decision_is_public_and_told_to_every_member_once(
    curator: PageClient, need_id: int, app: Flask, session: Session
) -> None:
    curator.send(f"/curation/besoins/{need_id}/preselection", {"motive": MOTIVE})
    seen = PageClient(app).page(f"/besoins/{need_id}").text
    assert "Présélectionné" in seen
    assert MOTIVE in seen
    told = session.scalars(select(Letter.recipient).where(Letter.template == "shortlisted")).all()
    assert sorted(told) == sorted({"maire@vern.example", *(f"{ref[-4:]}@members.example" for ref in MEMBERS)})
    lines = session.scalars(select(JournalEntry).where(JournalEntry.action == "need.shortlisted")).all()
    assert [(line.subject_id, line.payload["motive"]) for line in lines] == [(need_id, MOTIVE)]


@pytest.mark.parametrize("motive", ["", "   ", "x" * 2001])
def test_a_decision_without_a_fair_motive_is_sent_back(
    curator: PageClient, need_id: int, session: Session, motive: str
) -> None:
    assert curator.send(f"/curation/besoins/{need_id}/preselection", {"motive": motive}).status == 422
    assert session.get_one(Need, need_id).state == State.QUALIFIED


def test_the_same_decision_is_not_taken_twice(curator: PageClient, need_id: int, session: Session) -> None:
    path = f"/curation/besoins/{need_id}/preselection"
    curator.send(path, {"motive": MOTIVE})
    again = curator.send(path, {"motive": MOTIVE})
    assert again.status == 409
    assert "n’est pas déjà présélectionné" in again.text
    assert len(session.scalars(select(Letter.id).where(Letter.template == "shortlisted")).all()) == len(MEMBERS) + 1


def test_a_decision_undone_gives_the_need_back_to_its_coalition(
    curator: PageClient, need_id: int, session: Session
) -> None:
    curator.send(f"/curation/besoins/{need_id}/preselection", {"motive": MOTIVE})
    curator.send(f"/curation/besoins/{need_id}/preselection/annulation", {"motive": "Double d’un autre besoin."})
    assert session.get_one(Need, need_id).state == State.QUALIFIED
    assert "Double d’un autre besoin." in curator.page(f"/besoins/{need_id}").text
    assert len(session.scalars(select(Letter.id).where(Letter.template == "unshortlisted")).all()) == len(MEMBERS) + 1


def test_nothing_leaves_or_changes_the_text_once_shortlisted(
    curator: PageClient, need_id: int, app: Flask, session: Session
) -> None:
    curator.send(f"/curation/besoins/{need_id}/preselection", {"motive": MOTIVE})
    member = PageClient(app)
    cast.sign_in(member, "maire@vern.example")
    for action in ("modification", "retrait"):
        page = member.send(f"/besoins/{need_id}/{action}", {"motive": "Je retire.", "title": "Autre chose"})
        assert page.status == 409
        assert "Le texte de ce besoin ne change plus" in page.text
    need = session.get_one(Need, need_id)
    assert (need.state, need.title, need.members_count) == (State.SHORTLISTED, cast.CONTENT.title, len(MEMBERS) + 1)


def test_a_need_below_its_threshold_is_not_shortlisted(app: Flask, curator: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        young = cast.posted_need(writing, cast.affiliation(writing, "maire@vern.example", cast.VERN))
    page = curator.send(f"/curation/besoins/{young}/preselection", {"motive": MOTIVE})
    assert page.status == 409
    assert "qui a franchi le seuil" in page.text
    assert session.get_one(Need, young).state == State.OPEN
