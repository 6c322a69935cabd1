"""A page asks the database a bounded number of times, whatever the number of rows."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from coconstruction.coalitions.actions import join
from coconstruction.database import transaction
from coconstruction.journal import SYSTEM
from coconstruction.needs.actions import support
from coconstruction.solutions.actions import enter
from coconstruction.solutions.content import SolutionContent
from tests import cast, selection
from tests.reading import PageClient

MOST = 12
PAGES = (
    "/",
    "/besoins",
    "/besoins/1",
    "/besoins/1/versions",
    "/besoins/1/soutiens",
    "/besoins/1/discussion",
    "/besoins/1/nouvelles",
    "/compte/invitations",
    "/compte/suivis",
    "/besoins/1/financements?date=2021-10-01",
    "/solutions",
    "/solutions/1",
)
MORE_PAGES = (
    "/organisations/213503527",
    "/organisations?q=vern",
    "/organisations?actives=oui",
    "/recherche?q=cantine",
    "/besoins/proches?title=cantine",
    "/tours/tour-2027",
    "/financements?kind=commune&cost=28000",
    "/campagne",
    "/delais",
)
COMMUNES = [f"commune:{code}" for code in ("35001", "35003", "35004", "35006", "35007", "35008", "35009", "35010")]


def write(app: Flask, rows: int, start: int = 0) -> None:
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, "vern@demo.example", cast.VERN)
        needs = [
            cast.posted_need(session, author, replace(cast.CONTENT, title=f"Cantine numéro {number}"))
            for number in range(start, start + rows)
        ]
        for number, reference in enumerate(COMMUNES[: rows // 3]):
            hat = cast.affiliation(session, f"agent{number}@demo.example", reference)
            support(session, hat, needs[0] if start == 0 else 1)
            join(session, hat, needs[0] if start == 0 else 1, "pilote", [])
        for number in range(start, start + rows):
            content = SolutionContent(
                f"Solution {number}", "Payer la cantine", ["procedures"], "perenne", "https://x.example"
            )
            enter(session, SYSTEM, content)


def test_no_page_asks_more_than_twelve_times_nor_more_with_more_rows(
    app: Flask, client: PageClient, count: Callable[[PageClient, str], int]
) -> None:
    write(app, 3)
    selection.prepare(app)
    cast.sign_in(client, "vern@demo.example")
    few = {path: count(client, path) for path in PAGES + MORE_PAGES}
    write(app, 24, start=3)
    many = {path: count(client, path) for path in PAGES + MORE_PAGES}
    assert max(many.values()) <= MOST, many
    assert {path: number for path, number in many.items() if number > few[path]} == {}


def test_a_visitor_who_comes_again_costs_two(
    app: Flask, client: PageClient, count: Callable[[PageClient, str], int]
) -> None:
    write(app, 3)
    assert count(client, "/besoins") <= 2
