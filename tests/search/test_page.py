"""The page of the search, as it is read."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from coconstruction.database import db, transaction
from coconstruction.journal import last_line
from coconstruction.search.documents import documents
from tests import cast
from tests.reading import PageClient, words


@pytest.fixture
def need_id(app: Flask) -> int:
    """A need of Vern, posted and indexed together with its commune."""
    with app.app_context(), transaction() as session:
        place = cast.organisation(session, cast.VERN)
        need_id = cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))
        place_id = place.id
    with app.app_context():
        session = db.session()
        found = documents(session, [("need", need_id), ("organisation", place_id)])
        app.extensions["search"].rebuild(found, last_line(session)[0])
    return need_id


def test_the_page_says_how_many_answers_and_marks_the_words(client: PageClient, need_id: int) -> None:
    page = client.page("/recherche?q=famille+cantines")
    assert "1 résultat pour « famille cantines »" in page.text
    assert {words(mark) for mark in page.soup.select("li.co-results__item h3 mark")} == {"familles", "cantine"}
    assert page.links()[cast.CONTENT.title].startswith(f"/besoins/{need_id}-")


def test_facets_count_and_narrow_the_answers(client: PageClient, need_id: int) -> None:
    assert "2 résultats" in client.page("/recherche?q=vern").text
    page = client.page("/recherche?q=vern&type=organisation")
    assert "1 résultat" in page.text
    assert {str(each["value"]) for each in page.soup.select("input[name=type]")} == {"need", "organisation"}
    assert [str(each["value"]) for each in page.soup.select("input[name=type][checked]")] == ["organisation"]


def test_a_slip_is_forgiven_and_said(client: PageClient, need_id: int) -> None:
    page = client.page("/recherche?q=cantne+")
    assert "Vouliez-vous dire" in page.text
    assert cast.CONTENT.title in page.links()


def test_who_finds_nothing_is_offered_to_post(client: PageClient, need_id: int) -> None:
    page = client.page("/recherche?q=zeppelin")
    assert "0 résultat" in page.text
    assert page.links()["Publier ce besoin"].endswith("titre=zeppelin")


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "*"},
        {"q": "\"l'" + "(" * 200},
        {"q": "cantine " * 2000},
        {"q": "\0\u202egauche"},
        {"q": "cantine", "page": "999999999"},
        {"q": "cantine", "page": "-1"},
        {"q": "cantine", "type": "nothing", "theme": "'; DROP TABLE need", "departement": "\0"},
        {"q": "<script>alert(1)</script>"},
        {},
    ],
)
def test_whatever_is_asked_the_page_answers(client: PageClient, need_id: int, asked: dict[str, str]) -> None:
    page = client.page("/recherche?" + urlencode(asked))
    assert page.status == 200
    assert page.title == "Recherche"


def test_what_resembles_a_title_is_shown_while_it_is_typed(client: PageClient, need_id: int) -> None:
    page = client.page("/besoins/proches?" + urlencode({"title": "Inscriptions à la cantine par les fam"}))
    assert any(cast.CONTENT.title in text for text in page.links())
    itself = client.page("/besoins/proches?" + urlencode({"title": "Inscriptions à la cantine", "sauf": need_id}))
    assert not any(cast.CONTENT.title in text for text in itself.links())


def test_healthz_tells_how_far_the_index_is(client: PageClient, need_id: int) -> None:
    told = client.get("/healthz").get_json()
    assert told["search_behind"] == 0
