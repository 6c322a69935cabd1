"""The demonstration's doors exist in the demonstration alone, on this machine alone."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from coconstruction.accounts.models import Agent
from coconstruction.database import transaction
from coconstruction.demonstration.content import read
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings, SettingsError
from tests import cast
from tests.reading import PageClient

SOMEBODY = next(person for person in read("people") if person["organisations"])


@pytest.fixture
def demo(demo_app: Flask) -> PageClient:
    with demo_app.app_context(), transaction() as session:
        person = cast.agent(session, SOMEBODY["email"], SOMEBODY["organisations"][0]["reference"])
        person.name = SOMEBODY["name"]
        cast.agent(session, "real@mairie.example", cast.VERN)
    return PageClient(demo_app)


def number_of(app: Flask, email: str) -> int:
    with app.app_context(), transaction() as session:
        return session.scalars(select(Agent.id).where(Agent.email == email)).one()


@pytest.mark.parametrize("path", ["/demonstration", "/demonstration/courriels", "/demonstration/courriels/1"])
def test_nothing_of_the_demonstration_exists_elsewhere(client: PageClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_nobody_enters_in_one_click_elsewhere(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        person = cast.agent(session, SOMEBODY["email"]).id
    assert client.post(f"/demonstration/entrer/{person}", data={"csrf_token": client.token()}).status_code == 404


def test_one_click_enters_as_one_of_the_people(demo: PageClient) -> None:
    page = demo.page("/demonstration")
    assert SOMEBODY["name"] in page.text
    demo.send(f"/demonstration/entrer/{number_of(demo.application, SOMEBODY['email'])}")
    assert SOMEBODY["name"] in demo.page("/compte").text


def test_one_click_never_enters_as_somebody_real(demo: PageClient) -> None:
    page = demo.send(f"/demonstration/entrer/{number_of(demo.application, 'real@mairie.example')}")
    assert page.status == 404
    assert demo.get("/compte").status_code == 302


def test_the_click_needs_the_pages_token(demo: PageClient) -> None:
    person = number_of(demo.application, SOMEBODY["email"])
    assert demo.post(f"/demonstration/entrer/{person}").status_code == 400
    assert demo.get("/compte").status_code == 302


def test_letters_are_read_on_a_page_and_their_link_works(demo: PageClient) -> None:
    demo.send("/connexion", {"email": "new@mairie.example"})
    with demo.application.app_context(), transaction() as session:
        number = session.scalars(select(Letter.id)).one()
    assert "Votre lien de connexion" in demo.page("/demonstration/courriels").text
    page = demo.page(f"/demonstration/courriels/{number}")
    link = next(path for path in page.links().values() if path.startswith("/connexion/"))
    assert "Me connecter" in demo.page(link).buttons()
    assert demo.get("/demonstration/courriels/999999").status_code == 404


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "example.org", ""])
def test_the_demonstration_refuses_to_listen_beyond_this_machine(worker_settings: Settings, host: str) -> None:
    with pytest.raises(SettingsError, match="DEMO=1"):
        replace(worker_settings, demo=True, host=host)


def test_the_demonstration_answers_nobody_from_another_machine(demo: PageClient) -> None:
    assert demo.get("/demonstration", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert demo.get("/demonstration", headers={"Host": "rebound.example"}).status_code == 403
