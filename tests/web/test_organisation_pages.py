"""The public face of an organisation: what it is, what surrounds it, what it did here."""

import pytest
from flask import Flask

from coconstruction.coalitions.actions import join
from coconstruction.database import transaction
from coconstruction.needs.actions import save_draft, support
from tests import cast
from tests.reading import PageClient

ARBRISSEL, METROPOLE = "/organisations/213500051", "/organisations/243500139"


@pytest.fixture
def busy(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        village = cast.affiliation(session, "secretaire@arbrissel.example", cast.ARBRISSEL)
        metropole = cast.affiliation(session, "metro@demo.example", cast.RENNES_METROPOLE)
        need_id = cast.posted_need(session, village)
        support(session, metropole, need_id)
        join(session, metropole, need_id, "pilote", [])
        save_draft(session, village, None, cast.CONTENT)


def test_what_it_did_is_listed_under_its_name(busy: None, client: PageClient) -> None:
    village, metropole = client.page(ARBRISSEL), client.page(METROPOLE)
    assert village.title == "Arbrissel"
    assert "Besoins portés " + cast.CONTENT.title in village.text
    assert "Coalitions rejointes Aucune coalition pour l’instant." in village.text
    assert "Besoins portés Aucun besoin déposé" in metropole.text
    assert f"Coalitions rejointes {cast.CONTENT.title} — Territoire pilote" in metropole.text


def test_its_drafts_are_shown_to_its_own_agents_only(busy: None, app: Flask) -> None:
    mine, others = PageClient(app), PageClient(app)
    cast.sign_in(mine, "secretaire@arbrissel.example")
    cast.sign_in(others, "metro@demo.example")
    assert "Vos brouillons " + cast.CONTENT.title in mine.page(ARBRISSEL).text
    for stranger in (others, PageClient(app)):
        assert "brouillon" not in stranger.page(ARBRISSEL).text.lower()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (ARBRISSEL, "Département Ille-et-Vilaine Région Bretagne SIREN 213500051 Code Insee 35005"),
        (METROPOLE, "Métropole"),
        ("/organisations/departement:69D", "n’existe pas"),
        ("/organisations/%00", "n’existe pas"),
        ("/organisations/" + "9" * 300, "n’existe pas"),
    ],
)
def test_each_body_has_its_page_and_nothing_else_has(client: PageClient, path: str, told: str) -> None:
    assert told in client.page(path).text


def test_who_may_do_what_is_one_public_table(client: PageClient) -> None:
    rows = {
        cells[0]: cells[1:]
        for row in client.page("/qui-peut-faire-quoi").soup.select("tbody tr")
        if (cells := [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])])
    }
    assert set(rows["Commune"]) == {"oui"}
    assert rows["Association"].count("oui") == 1
