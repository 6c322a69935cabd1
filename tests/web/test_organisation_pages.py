"""The public face of an organisation: what it is, what surrounds it, what it did here."""

from itertools import product

import pytest
from flask import Flask

from coconstruction.coalitions.actions import Offer, join
from coconstruction.database import transaction
from coconstruction.needs.actions import save_draft, support
from coconstruction.territories.actions import add_organisation
from coconstruction.web.keeping import LARGEST_PAGE
from tests import cast
from tests.reading import Page, PageClient, words

ARBRISSEL, METROPOLE = "/organisations/213500051", "/organisations/243500139"
SAINTE_COLOMBE = "/organisations/213303902"


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


def test_what_a_member_put_in_common_is_listed(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        need_id = cast.posted_need(session, cast.affiliation(session, "a@arbrissel.example", cast.ARBRISSEL))
        metropole = cast.affiliation(session, "metro@demo.example", cast.RENNES_METROPOLE)
        join(session, metropole, need_id, "pilote", [Offer("euros", 1_500_000), Offer("expertise", 1, "Une juriste")])
    assert "Met en commun : 15 000 € Expertise : Une juriste" in client.page(METROPOLE).text


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("departement-67", "collectivite-6AE"),
        ("departement:67", "collectivite-6AE"),
        ("commune-75056", "217500016"),
        ("35005", "213500051"),
        ("epci-200046977", "200046977"),
    ],
)
def test_every_other_code_leads_for_good_to_the_one_address(client: PageClient, asked: str, code: str) -> None:
    answer = client.get(f"/organisations/{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/organisations/{code}")


def test_homonyms_are_named_with_their_departement(client: PageClient) -> None:
    page = client.page(SAINTE_COLOMBE)
    assert "11 autres communes s’appellent Sainte-Colombe" in page.text
    others = page.soup.select(".co-homonyms a")
    assert len({str(each["href"]) for each in others}) == 11
    assert "Lot (46)" in {words(each) for each in others}
    assert "homonym" not in str(client.page("/organisations/213503527").soup.main)


def vanish(app: Flask, *, into: str | None = None) -> None:
    with app.app_context(), transaction() as session:
        cast.vanish(session, cast.ARBRISSEL, into)


def test_one_that_vanished_keeps_its_page_and_leads_to_what_it_became(
    busy: None, app: Flask, client: PageClient
) -> None:
    vanish(app, into=cast.VERN)
    page = client.page(ARBRISSEL)
    assert page.status == 200
    assert "Cette organisation n’existe plus Elle a été réunie à : Vern-sur-Seiche (Ille-et-Vilaine)" in page.text
    assert f"Besoins portés {cast.CONTENT.title}" in page.text
    assert "Demandez votre rattachement" not in page.text
    assert "Elle prend la suite de : Arbrissel" in client.page("/organisations/213503527").text


def test_one_that_vanished_without_heir_says_so(app: Flask, client: PageClient) -> None:
    vanish(app)
    assert "Nous ne savons pas encore laquelle lui a succédé" in client.page(ARBRISSEL).text


def test_a_territory_that_still_names_a_vanished_commune_breaks_no_page(app: Flask, client: PageClient) -> None:
    before = rows_of(client.page(METROPOLE))
    with app.app_context(), transaction() as session:
        cast.vanish(session, cast.VERN)
    assert before == [["35 Ille-et-Vilaine", "43 sur 332", "480 178 sur 1 120 666", "42 %"]]
    assert rows_of(client.page(METROPOLE))[0][1] == "42 sur 331"


@pytest.mark.parametrize(
    ("code", "drawn", "rows"),
    [
        ("213500051", 1, [["35 Ille-et-Vilaine", "1 sur 332", "266 sur 1 120 666", "moins de 1 %"]]),
        ("departement-974", 1, [["974 La Réunion", "24 sur 24", "889 679 sur 889 679", "100 %"]]),
        ("collectivite-978", 0, [["978 Saint-Martin", "1 sur 1", "31 160 sur 31 160", "100 %"]]),
    ],
)
def test_its_territory_is_drawn_and_told_in_figures(
    client: PageClient, code: str, drawn: int, rows: list[list[str]]
) -> None:
    page = client.page(f"/organisations/{code}")
    maps = page.soup.select("svg[role=img]")
    assert len(maps) == drawn
    for each in maps:
        assert page.soup.select_one(f"#{each['aria-labelledby']}")
        assert page.soup.select_one(f"#{each['aria-describedby']}")
    assert rows_of(page) == rows
    assert ("hors des contours" in page.text) == (not drawn)


def test_an_association_has_no_territory(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        add_organisation(session, reference="association:a", code="amis", kind="association", name="Les Amis")
    page = client.page("/organisations/amis")
    assert "n’a pas de territoire" in page.text
    assert "Voter — non" in page.text
    assert page.links()["Qui peut faire quoi, et pourquoi"] == "/qui-peut-faire-quoi#association"


def test_no_public_page_tells_who_its_agents_are(app: Flask) -> None:
    people = {"Zoé Quimperlé": "zoe.quimperle@mairie.example", "Ulysse Bégard": "ulysse@gmail.example"}
    with app.app_context(), transaction() as session:
        for name, email in people.items():
            tie = cast.affiliation(session, email, cast.ARBRISSEL)
            tie.agent.name, tie.function, tie.role = name, "Adjointe au numérique", "elu"
            tie.motive = tie.evidence = f"Écrire à {email}"
        odd = cast.affiliation(session, "odd@mairie.example", cast.ARBRISSEL)
        odd.function = "odd@mairie.example"
        need_id = cast.posted_need(session, odd)
        support(session, tie, need_id)
        join(session, tie, need_id, "pilote", [])
    visitor, neighbour = PageClient(app), PageClient(app)
    with app.app_context(), transaction() as session:
        cast.agent(session, "neighbour@demo.example", cast.VERN)
    cast.sign_in(neighbour, "neighbour@demo.example")
    for client, path in product((visitor, neighbour), (ARBRISSEL, "/organisations?q=arbrissel", METROPOLE)):
        for _made_then_kept in range(2):
            told = client.get(path).get_data(as_text=True)
            assert [word for each in people.items() for word in (*each, "odd@mairie") if word in told] == [], path
    assert "1 agent, 2 élus ou élues : Adjointe au numérique." in visitor.page(ARBRISSEL).text


@pytest.mark.parametrize("code", ["213500051", "243500139", "region-75", "region-84", "217500016", "collectivite-20R"])
def test_a_page_with_its_map_is_small_enough_to_be_kept(client: PageClient, code: str) -> None:
    first = client.get(f"/organisations/{code}")
    assert len(first.get_data()) < LARGEST_PAGE // 4
    assert client.get(f"/organisations/{code}").headers["ETag"] == first.headers["ETag"]


def rows_of(page: Page) -> list[list[str]]:
    return [[words(cell) for cell in row.find_all(["th", "td"])] for row in page.soup.select("tbody tr")]
