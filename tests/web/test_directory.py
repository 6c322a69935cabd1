"""The directory of organisations: found by name or place, told apart, narrowed, page by page, all in the address."""

from collections.abc import Callable

import pytest
from flask import Flask

from coconstruction.coalitions.actions import join
from coconstruction.database import transaction
from coconstruction.needs.actions import save_draft, support
from tests import cast
from tests.reading import Page, PageClient, words

pytestmark = pytest.mark.referential


def names(page: Page) -> list[str]:
    return [words(each) for each in page.soup.select(".co-choices__name")]


def total(page: Page) -> str:
    return words(page.soup.select_one("#annuaire h2"))


def vanish(app: Flask, reference: str) -> None:
    """As the import of a later year does."""
    with app.app_context(), transaction() as session:
        cast.vanish(session, reference)


def test_homonyms_are_told_apart_by_their_departement(client: PageClient) -> None:
    page = client.page("/organisations?q=sainte-colombe&nature=commune")
    same = [name for name in names(page) if name.startswith("Sainte-Colombe —")]
    assert len(same) == len(set(same)) == 12
    assert names(page)[:12] == same
    assert "Sainte-Colombe — Gironde (33)" in same


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vern sur sei", "Vern-sur-Seiche — Ille-et-Vilaine (35)"),
        ("35770", "Vern-sur-Seiche — Ille-et-Vilaine (35)"),
        ("243 500 139", "Rennes Métropole — Ille-et-Vilaine (35)"),
        ("gironde", "Département de la Gironde"),
        ("Y", "Y — Somme (80)"),
        ("Lomme", "Lille — Nord (59)"),
    ],
)
def test_the_organisation_meant_comes_first(client: PageClient, typed: str, first: str) -> None:
    assert names(client.page(f"/organisations?q={typed}"))[0] == first


def test_a_former_commune_is_named_beside_the_one_that_answers_for_it(client: PageClient) -> None:
    assert "Ici : Lomme, commune associée de Lille" in client.page("/organisations?q=lomme").text


def test_pages_of_twenty_follow_each_other_without_gap_or_double(client: PageClient) -> None:
    first = client.page("/organisations?departement=35&nature=commune")
    seen = names(first)
    assert total(first) == "332 organisations"
    assert len(seen) == 20
    following = "/organisations?departement=35&nature=commune&page="
    assert first.links()["17"] == following + "17"
    for number in range(2, 18):
        seen += names(client.page(f"{following}{number}"))
    assert len(seen) == len(set(seen)) == 332
    assert names(client.page(following + "999")) == names(client.page(following + "17"))


def test_a_facet_says_how_many_it_would_show(client: PageClient) -> None:
    page = client.page("/organisations?region=53")
    offered = {str(each["value"]): words(each) for each in page.soup.select("#nature option")}
    assert offered["departement"] == "Département (4)"
    assert total(client.page("/organisations?region=53&nature=departement")) == "4 organisations"
    assert {str(each["value"]) for each in page.soup.select("#departement option")} == {"", "22", "29", "35", "56"}


def test_active_here_are_those_that_posted_supported_or_joined(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        village = cast.affiliation(session, "secretaire@arbrissel.example", cast.ARBRISSEL)
        need_id = cast.posted_need(session, village)
        support(session, cast.affiliation(session, "region@demo.example", cast.BRETAGNE), need_id)
        join(session, cast.affiliation(session, "metro@demo.example", cast.RENNES_METROPOLE), need_id, "pilote", [])
        save_draft(session, cast.affiliation(session, "vern@demo.example", cast.VERN), None, cast.CONTENT)
    page = client.page("/organisations?actives=oui")
    assert names(page) == [
        "Arbrissel — Ille-et-Vilaine (35)",
        "Région Bretagne",
        "Rennes Métropole — Ille-et-Vilaine (35)",
    ]
    assert "1 besoin porté" in page.text
    assert "1 soutien · 1 coalition" in page.text


def test_one_that_vanished_is_listed_when_asked_for_or_called_by_its_name(app: Flask, client: PageClient) -> None:
    vanish(app, cast.ARBRISSEL)
    label = "Arbrissel — Ille-et-Vilaine (35)"
    assert label not in names(client.page("/organisations?departement=35&q=arbri"))
    for asked in ("q=arbrissel", "q=arbri&disparues=oui"):
        page = client.page(f"/organisations?{asked}")
        assert label in names(page)
        assert "Disparue" in page.text
    everyone, still = (client.page(f"/organisations?departement=35{more}") for more in ("&disparues=oui", ""))
    assert int(total(everyone).split()[0]) == int(total(still).split()[0]) + 1


def test_whoever_finds_nothing_is_told_what_to_do(client: PageClient) -> None:
    page = client.page("/organisations?q=zzzzz&departement=35")
    assert total(page).startswith("0 organisation")
    assert "Vérifiez l’orthographe" in page.text
    assert page.links()["écrivez à l’équipe"] == "/mentions-legales#editeur"
    assert page.links()["Cherchez sans les autres choix"] == "/organisations?q=zzzzz"


def test_the_order_is_the_one_asked_for(client: PageClient) -> None:
    assert names(client.page("/organisations?nature=commune&tri=population"))[0].startswith("Marseille")
    by_name = names(client.page("/organisations?nature=region"))
    assert by_name[:2] == ["Région Auvergne-Rhône-Alpes", "Région Bourgogne-Franche-Comté"]


@pytest.mark.parametrize(
    "asked",
    ["q=%25", "q=_", "q=' OR 1=1 --", "q=" + "é" * 5000, "nature=royaume", "departement=%00", "tri=x&page=-1", "q=%00"],
)
def test_no_address_breaks_the_page(client: PageClient, asked: str) -> None:
    assert client.get(f"/organisations?{asked}").status_code == 200


def test_the_search_leads_to_the_directory(app: Flask, client: PageClient) -> None:
    page = client.page("/recherche?q=sainte-colombe")
    assert page.links()["La chercher dans l’annuaire"] == "/organisations?q=sainte-colombe"
    assert page.links()["Annuaire"] == "/organisations"


def test_the_directory_asks_the_database_the_same_number_of_times_whatever_it_shows(
    app: Flask, client: PageClient, count: Callable[[PageClient, str], int]
) -> None:
    cast_in = "secretaire@arbrissel.example"
    with app.app_context(), transaction() as session:
        cast.affiliation(session, cast_in, cast.ARBRISSEL)
    cast.sign_in(client, cast_in)
    few, many = count(client, "/organisations?q=lomme"), count(client, "/organisations?q=saint")
    assert few == many <= 12
    assert count(client, "/organisations?page=1500") <= 12
