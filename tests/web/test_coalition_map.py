"""Where a coalition's inhabitants live, as a picture and as a table."""

from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.coalitions.actions import join
from coconstruction.coalitions.models import Membership, Pledge
from coconstruction.database import transaction
from coconstruction.journal import SYSTEM, record
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation
from coconstruction.web.keeping import LARGEST_PAGE
from tests import cast
from tests.reading import Page, PageClient, words

REUNION = "departement:974"


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        return cast.posted_need(session, cast.affiliation(session, "vern@demo.example", cast.VERN))


def join_all(app: Flask, need_id: int, references: Iterable[str]) -> None:
    with app.app_context(), transaction() as session:
        for number, reference in enumerate(references):
            join(session, cast.affiliation(session, f"agent{number}@demo.example", reference), need_id, "pilote", [])


def crowd(app: Flask, need_id: int, number: int) -> None:
    """Communes from one end of the country to the other, each with two pledges, as if they had joined one by one."""
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, "vern@demo.example", cast.VERN)
        communes = session.scalars(
            select(Organisation.id).where(Organisation.kind == "commune", Organisation.active).order_by(Organisation.id)
        ).all()
        before = select(Membership.organisation_id).where(Membership.need_id == need_id)
        there = set(session.scalars(before))
        chosen = [key for key in communes[:: len(communes) // number] if key not in there][: number - len(there)]
        for key in chosen:
            common = {"affiliation_id": author.id, "role": "contributeur", "joined_at": clock.now()}
            member = Membership(need_id=need_id, organisation_id=key, **common)
            session.add(member)
            session.flush()
            for kind, amount in (("euros", 150000), ("person_days", 3)):
                session.add(
                    Pledge(
                        membership_id=member.id, kind=kind, amount=amount, affiliation_id=author.id,
                        at=clock.now(), event="declared",
                    )
                )  # fmt: skip
        session.execute(update(Need).where(Need.id == need_id).values(members_count=number))
        record(session, "coalition.joined", ("need", need_id), by=SYSTEM)


def named(page: Page) -> list[str]:
    return [words(each) for each in page.soup.select("#coalition tbody th")]


def links_of(page: Page) -> dict[str, str]:
    """The départements of the map that lead somewhere, by what they are called."""
    return {words(each.title): str(each["href"]) for each in page.soup.select(".co-map svg a")}


def test_each_departement_covered_is_a_link_that_gives_its_figures_and_leads_to_its_row(
    app: Flask, client: PageClient, need_id: int
) -> None:
    join_all(app, need_id, [cast.ILLE_ET_VILAINE, cast.ARBRISSEL, REUNION, "commune:22001"])
    page = client.page(f"/besoins/{need_id}")
    links = links_of(page)
    assert list(links.values()) == ["#carte-22", "#carte-35", "#carte-974"]
    name = next(each for each in links if each.startswith("35 Ille-et-Vilaine"))
    assert "100 % des habitants, soit 1" in name
    assert name.endswith("2 membres")
    rows = {link: words(page.soup.select_one(link)) for link in links.values()}
    assert all(words_of_link.split(" : ")[0] in rows[link] for words_of_link, link in links.items())
    assert "moins de 1 %" in rows["#carte-22"]


def test_overseas_is_apart_and_each_place_where_a_member_sits_has_its_dot(
    app: Flask, client: PageClient, need_id: int
) -> None:
    join_all(app, need_id, [cast.ARBRISSEL, REUNION, cast.BRETAGNE])
    frames = client.page(f"/besoins/{need_id}").soup.select(".co-map__frame")
    assert [[link["href"] for link in frame.select("a")] for frame in frames] == [
        ["#carte-22", "#carte-29", "#carte-35", "#carte-56"],
        ["#carte-974"],
    ]
    assert [len(frame.select("circle")) for frame in frames] == [1, 1]


def test_a_coalition_of_nobody_has_no_map(client: PageClient, need_id: int) -> None:
    assert client.page(f"/besoins/{need_id}").soup.select(".co-map") == []


def test_five_hundred_members_all_over_the_country_ask_no_more_and_the_page_is_kept(
    app: Flask, client: PageClient, need_id: int, session: Session, statements: list[str]
) -> None:
    path = client.get(f"/besoins/{need_id}").location
    crowd(app, need_id, 2)
    client.get(path)  # the map of the country is read once
    asked = []
    for number in (5, 50, 500):
        crowd(app, need_id, number)  # its line in the journal makes the page be made anew
        statements.clear()
        page = client.get(path)
        asked.append(len(statements))
    assert session.scalar(select(func.count()).select_from(Membership)) == 500
    assert max(asked) == asked[0], asked  # one fewer once nobody is left to propose
    assert len(page.get_data()) < LARGEST_PAGE * 3 // 4
    assert client.get(path).headers["ETag"] == page.headers["ETag"]


def test_the_largest_members_are_on_the_page_and_all_of_them_on_the_next_ones(
    app: Flask, client: PageClient, need_id: int
) -> None:
    crowd(app, need_id, 230)
    page = client.page(f"/besoins/{need_id}")
    assert "Les 100 plus peuplées sur 230." in page.text
    path = page.links()["Voir toutes les collectivités engagées"]
    pages = [named(client.page(f"{path}?page={number}")) for number in (1, 2, 3, 99)]
    assert [len(each) for each in pages] == [100, 100, 30, 30]
    assert pages[0] == named(page)
    assert not set(pages[1]) & set(pages[2])
