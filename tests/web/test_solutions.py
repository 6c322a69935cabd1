"""The catalogue of solutions, entered by curators and read by everyone."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.solutions.models import Solution
from tests import cast
from tests.reading import Page, PageClient
from tests.selection import CURATOR

FORM: dict[str, Any] = {
    "name": "Réserve-salle",
    "summary": "Réserver une salle communale depuis son téléphone",
    "description": "Un calendrier partagé.\nDes clés suivies.",
    "themes": ["heritage_facilities", "procedures"],
    "lifecycle": "acceleration",
    "licence": "AGPL-3.0-or-later",
    "url": "https://salles.example",
    "repository": "https://code.example/salles",
    "bearer": "Syndicat numérique d’Ille-et-Vilaine",
    "audience": "Les petites communes",
}


@pytest.fixture
def curator(app: Flask, client: PageClient) -> PageClient:
    with app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
    cast.sign_in(client, CURATOR)
    return client


def edit(curator: PageClient, number: int, **change: Any) -> Page:
    seen = curator.page(f"/solutions/{number}/modification").field("seen")
    return curator.send(f"/solutions/{number}/modification", {**FORM, "seen": seen, **change})


def test_a_solution_entered_is_read_by_everyone(curator: PageClient, app: Flask, session: Session) -> None:
    assert "La solution est au catalogue." in curator.send("/solutions/nouvelle", FORM).text
    page = PageClient(app).page("/solutions/1")
    assert page.title == "Réserve-salle"
    for told in (FORM["summary"], "Des clés suivies.", FORM["bearer"], FORM["licence"], "Patrimoine"):
        assert told in page.text
    assert page.links()["Aller au service"] == "https://salles.example"
    assert page.links()["Voir le code source"] == "https://code.example/salles"
    assert session.scalars(select(JournalEntry.action)).all()[-1] == "solution.entered"


def test_the_list_is_narrowed_by_theme_and_by_stage(curator: PageClient) -> None:
    curator.send("/solutions/nouvelle", FORM)
    curator.send(
        "/solutions/nouvelle", {**FORM, "name": "Suivi-voirie", "themes": ["mobility"], "lifecycle": "perenne"}
    )
    assert "Suivi-voirie" not in curator.page("/solutions?theme=procedures").text
    assert "Réserve-salle" not in curator.page("/solutions?etape=perenne").text
    both = curator.page("/solutions?theme=weather&etape=unknown").text
    assert "Suivi-voirie" in both
    assert "Réserve-salle" in both


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Donnez le nom de la solution."),
        ({"name": "x" * 121}, "120 signes au plus"),
        ({"summary": ""}, "Dites ce qu’elle fait."),
        ({"themes": []}, "Choisissez au moins un thème."),
        ({"url": "javascript:alert(1)"}, "commence par https://"),
        ({"repository": "data:text/html,hello"}, "commence par https://"),
    ],
)
def test_a_faulty_sheet_is_sent_back_as_typed(
    curator: PageClient, session: Session, change: dict[str, Any], sentence: str
) -> None:
    page = curator.send("/solutions/nouvelle", {**FORM, **change})
    assert page.status == 422
    assert sentence in page.text
    assert page.field("bearer") == FORM["bearer"]
    assert session.scalars(select(Solution)).all() == []


def test_two_solutions_do_not_share_a_name(curator: PageClient, session: Session) -> None:
    curator.send("/solutions/nouvelle", FORM)
    page = curator.send("/solutions/nouvelle", {**FORM, "summary": "Autre chose"})
    assert page.status == 409
    assert "Une solution porte déjà ce nom" in page.text
    assert page.links()["Voir la fiche existante"] == "/solutions/1-reserve-salle"
    assert len(session.scalars(select(Solution)).all()) == 1


def test_an_edit_is_journaled_once_and_only_if_something_changed(curator: PageClient, session: Session) -> None:
    curator.send("/solutions/nouvelle", FORM)
    for _ in range(2):
        page = edit(curator, 1, name="Réserve-tout")
        assert page.title == "Réserve-tout"
    lines = session.scalars(select(JournalEntry).where(JournalEntry.action == "solution.edited")).all()
    assert [line.payload for line in lines] == [{"changed": ["name"]}]
    old = curator.get("/solutions/1-reserve-salle")
    assert (old.status_code, old.headers["Location"]) == (301, "/solutions/1-reserve-tout")


def test_an_edit_does_not_take_anothers_name(curator: PageClient, session: Session) -> None:
    curator.send("/solutions/nouvelle", FORM)
    curator.send("/solutions/nouvelle", {**FORM, "name": "Suivi-voirie"})
    assert "Une solution porte déjà ce nom" in edit(curator, 2).text
    assert session.get_one(Solution, 2).name == "Suivi-voirie"


def test_two_curators_do_not_write_over_each_other(curator: PageClient, session: Session) -> None:
    curator.send("/solutions/nouvelle", FORM)
    opened = curator.page("/solutions/1/modification").field("seen")
    edit(curator, 1, bearer="Rennes Métropole")
    page = edit(curator, 1, description="Un autre texte, plus long.", seen=opened)
    assert page.status == 409
    assert page.field("description") == "Un autre texte, plus long."
    assert session.scalars(select(Solution.bearer)).all() == ["Rennes Métropole"]
