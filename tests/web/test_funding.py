"""Who can pay for a need, on which day, and what each member would pay."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import Offer, join, leave
from coconstruction.database import transaction
from coconstruction.funding.models import CostSplit
from coconstruction.journal import JournalEntry
from coconstruction.needs.actions import save_draft
from coconstruction.needs.models import Need
from tests import cast
from tests.reading import Page, PageClient, words
from tests.web.climbing import refusal_on

ANNE, PAUL, METRO = "anne@arbrissel.example", "paul@vern.example", "metro@demo.example"
CHLOE = "chloe@incubateur.example"
MEMBERS = ((PAUL, cast.VERN, "porteur", 150_000), (METRO, cast.RENNES_METROPOLE, "pilote", 300_000))


@pytest.fixture
def need_id(app: Flask) -> int:
    """28 000 €, with a commune that leads, and its métropole."""
    with app.app_context(), transaction() as session:
        cast.agent(session, CHLOE, curator=True)
        cast.affiliation(session, ANNE, cast.ARBRISSEL)
        number = cast.posted_need(session, cast.affiliation(session, PAUL, cast.VERN))
        for email, reference, role, cents in MEMBERS:
            join(session, cast.affiliation(session, email, reference), number, role, [Offer("euros", cents)])
        return number


def at(need_id: int, more: str = "") -> str:
    return f"/besoins/{need_id}/financements{more}"


def desk(page: Page, name: str) -> str:
    return words(page.soup.select_one(f"#guichet-{name}"))


def parts(page: Page) -> dict[str, int]:
    """Cents by member, as shown."""
    rows = page.soup.select("#parts tbody tr")
    return {words(row.th): in_cents(words(row.td)) for row in rows}


def in_cents(shown: str) -> int:
    euros, _, rest = re.sub(r"[^\d,]", "", shown).partition(",")
    return int(euros) * 100 + int(rest or 0)


def choose(client: PageClient, need_id: int, method: str) -> Page:
    return client.send(at(need_id), {"method": method})


def test_the_page_of_a_need_leads_to_who_can_pay(client: PageClient, need_id: int) -> None:
    links = client.page(f"/besoins/{need_id}").links()
    assert links["Voir les financements"] == at(need_id)


def test_each_desk_says_what_is_met_and_what_is_missing(client: PageClient, need_id: int, session: Session) -> None:
    page = client.page(at(need_id, "?date=2021-10-01"))
    covered = session.get_one(Need, need_id).covered_population
    assert covered > 300_000
    assert "21 000 €" in desk(page, "axe-2")
    assert "Réunir 300 000 habitants ou 1 département entier." in desk(page, "axe-2")
    assert "Vous réunissez assez pour un guichet national" in desk(page, "axe-3")
    assert "Il paie autre chose : Brancher FranceConnect" in desk(page, "franceconnect")


def test_another_day_is_another_advice(client: PageClient, need_id: int) -> None:
    said = {day: desk(client.page(at(need_id, f"?date={day}")), "axe-2") for day in ("2020-11-01", "2021-06-01")}
    assert "Jamais ouvert" in said["2020-11-01"]
    assert re.search(r"Il manque [\d ]+ habitants ou 3 départements entiers", said["2020-11-01"])
    assert re.search(r"Il manque [\d ]+ habitants ou 1 département entier", said["2021-06-01"])
    assert "50 % du coût" in said["2021-06-01"]
    assert "Fermé ce jour-là" in desk(client.page(at(need_id, "?date=2022-01-01")), "axe-2")


def test_overlapping_members_are_not_counted_twice(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        vern, metropole = (cast.organisation(session, each).population for each in (cast.VERN, cast.RENNES_METROPOLE))
    page = client.page(at(need_id))
    rows = [[words(cell) for cell in row.select("th, td")] for row in page.soup.select("#parts tbody tr")]
    counted = {name: int(people.replace(" ", "") or 0) for name, _due, people in rows}
    assert abs(counted["Vern-sur-Seiche"] - vern / 2) <= 1
    assert abs(counted["Rennes Métropole"] - (metropole - vern / 2)) <= 1
    due = parts(page)
    assert due.pop("En tout") == 2_800_000 == sum(due.values())


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("equal", {"Rennes Métropole": 1_400_000, "Vern-sur-Seiche": 1_400_000}),
        ("pledge", {"Rennes Métropole": 1_866_667, "Vern-sur-Seiche": 933_333}),
    ],
)
def test_the_leading_member_chooses_the_split_for_all(
    client: PageClient, need_id: int, session: Session, method: str, expected: dict[str, int]
) -> None:
    cast.sign_in(client, PAUL)
    done = choose(client, need_id, method)
    assert "Le partage est choisi." in done.text
    (line,) = session.scalars(select(JournalEntry).where(JournalEntry.action == "coalition.split_chosen"))
    assert line.payload["method"] == method
    seen = PageClient(client.application).page(at(need_id))
    shown = parts(seen)
    shown.pop("En tout")
    assert shown == expected
    assert "par Vern-sur-Seiche." in seen.text
    assert "A choisi comment la coalition partage le coût" in client.page(f"/besoins/{need_id}").text


def test_chosen_again_it_is_not_told_again(client: PageClient, need_id: int, session: Session) -> None:
    cast.sign_in(client, PAUL)
    for method in ("equal", "equal", "population"):
        choose(client, need_id, method)
    told = select(func.count()).select_from(JournalEntry).where(JournalEntry.action == "coalition.split_chosen")
    assert session.scalar(told) == 2
    assert session.scalars(select(CostSplit.method)).all() == ["population"]


def test_an_answer_that_does_not_exist_is_asked_again(client: PageClient, need_id: int, session: Session) -> None:
    cast.sign_in(client, PAUL)
    page = choose(client, need_id, "hasard")
    assert page.status == 422
    assert "Choisissez un partage." in page.text
    assert session.scalars(select(CostSplit)).all() == []


@pytest.mark.parametrize("email", [METRO, ANNE])
def test_nobody_else_chooses(client: PageClient, need_id: int, session: Session, email: str) -> None:
    cast.sign_in(client, email)
    assert "Choisir ce partage" not in client.page(at(need_id)).buttons()
    refused = choose(client, need_id, "equal")
    assert refusal_on(refused) == (409, "not_the_lead")
    assert "Vern-sur-Seiche" in refused.text
    assert session.scalars(select(CostSplit)).all() == []


def test_without_a_mandate_even_the_lead_does_not_choose(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, "stagiaire@vern.example", cast.VERN)
    cast.sign_in(client, "stagiaire@vern.example")
    assert refusal_on(choose(client, need_id, "equal")) == (403, "no_mandate")


def test_without_a_lead_nobody_chooses_yet(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        leave(session, cast.affiliation(session, PAUL, cast.VERN), need_id)
    cast.sign_in(client, METRO)
    assert refusal_on(choose(client, need_id, "equal")) == (409, "no_lead")


def test_an_aid_may_be_supposed_and_is_taken_off(client: PageClient, need_id: int) -> None:
    page = client.page(at(need_id, "?date=2021-10-01&aid=axe-2"))
    assert parts(page)["En tout"] == 700_000
    assert parts(client.page(at(need_id, "?date=2021-10-01&aid=axe-3")))["En tout"] == 2_800_000
    assert parts(client.page(at(need_id, "?date=2021-10-01&aid=aucune")))["En tout"] == 2_800_000
    assert parts(client.page(at(need_id, "?cost=1&aid=aucune")))["En tout"] == 100


def test_nobody_having_promised_euros_the_shares_are_equal(app: Flask, client: PageClient, need_id: int) -> None:
    cast.sign_in(client, PAUL)
    choose(client, need_id, "pledge")
    with app.app_context(), transaction() as session:
        for email, reference, role, _cents in MEMBERS:
            join(session, cast.affiliation(session, email, reference), need_id, role, [])
    page = client.page(at(need_id))
    assert "les parts sont égales en attendant" in page.text
    assert parts(page)["Rennes Métropole"] == 1_400_000


def test_a_need_without_members_or_cost_says_so(app: Flask, client: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        number = cast.posted_need(writing, cast.affiliation(writing, PAUL, cast.VERN))
    page = client.page(at(number))
    assert "Personne n’a encore rejoint ce besoin" in page.text
    with app.app_context(), transaction() as writing:
        need = writing.get_one(Need, number)
        need.estimated_cost = None
        join(writing, cast.affiliation(writing, PAUL, cast.VERN), number, "porteur", [])
    assert "n’est pas estimé" in client.page(at(number)).text


@pytest.mark.parametrize("asked", ["?date=hier", "?cost=beaucoup", "?nature=rien", "?aid=rien", "?date=0001-01-01"])
def test_what_the_address_asks_wrongly_is_said(client: PageClient, need_id: int, asked: str) -> None:
    page = client.page(at(need_id, asked))
    assert page.status == 422
    assert page.soup.select_one("#erreurs")


def test_a_draft_has_no_such_page(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        draft = save_draft(session, cast.affiliation(session, PAUL, cast.VERN), None, cast.CONTENT).id
    cast.sign_in(client, PAUL)
    assert client.get(at(draft)).status_code == 404


def test_the_desks_are_explained_with_their_sources_and_what_is_unknown(client: PageClient) -> None:
    page = client.page("/financements")
    for said in ("Axe 2, vague 1", "Date de clôture inconnue", "adresse non conservée", "montant inconnu", "5 000 €"):
        assert said in page.text
    assert "https://github.com/MTES-MCT/aides-territoires" in page.links().values()
    assert "appliquée au 1 juillet 2021" in client.page("/financements?date=2021-07-01").text


def test_the_advisor_answers_without_a_need(client: PageClient) -> None:
    asked = "/financements?kind=commune&inhabitants=8 169&cost=28 000&nature=service&theme=procedures"
    page = client.page(f"{asked}&date=2021-10-01")
    assert "Peut payer" in desk(page, "axe-3")
    assert "Jusqu’à 28 000 €" in desk(page, "axe-3")
    assert "Il manque 291 831 habitants ou 1 département entier." in desk(page, "axe-2")
    assert "Pas encore ouvert" in desk(client.page(f"{asked}&date=2021-02-01"), "axe-3")
    assert "Nos sources ne disent pas" not in desk(page, "axe-3")
    county = client.page("/financements?kind=departement&cost=28000&theme=procedures&date=2021-10-01")
    assert "Peut payer" in desk(county, "axe-2")
    assert client.page("/financements?kind=licorne").status == 422


def test_curators_read_the_same_advice_before_they_decide(
    app: Flask, client: PageClient, need_id: int, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        writing.get_one(Need, need_id).state = "qualified"
    cast.sign_in(client, CHLOE)
    assert client.page("/curation").soup.select_one(f'main a[href="{at(need_id)}"]')
    page = client.page(f"/curation/besoins/{need_id}/preselection")
    assert "Axe 3, la préfecture" in page.text
    assert "Vous réunissez assez pour un guichet national" in page.text


def test_as_many_statements_for_many_members(
    app: Flask, client: PageClient, need_id: int, count: Callable[[PageClient, str], int]
) -> None:
    few = count(client, at(need_id))
    with app.app_context(), transaction() as session:
        for code in ("35001", "35003", "35004", "35006"):
            hat = cast.affiliation(session, f"{code}@demo.example", f"commune:{code}")
            join(session, hat, need_id, "pilote", [Offer("euros", 100)])
    assert count(client, at(need_id)) == few
