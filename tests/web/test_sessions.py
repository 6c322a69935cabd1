"""One's open sessions: seen, ended from afar, given new keys."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, AgentSession
from coconstruction.database import transaction
from tests import cast
from tests.reading import Page, PageClient
from tests.web.test_sign_in import ask, last_link

ANNE, PAUL = "anne@arbrissel.example", "paul@vern.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def anne(app: Flask, client: PageClient) -> PageClient:
    """Of two organisations, signed in from one browser."""
    with app.app_context(), transaction() as session:
        cast.agent(session, ANNE, cast.ARBRISSEL)
        cast.agent(session, ANNE, cast.VERN)
    cast.sign_in(client, ANNE)
    return client


def another_browser(app: Flask, email: str = ANNE) -> PageClient:
    client = PageClient(app, use_cookies=True)
    cast.sign_in(client, email)
    return client


def key_of(client: PageClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def is_signed_in(client: PageClient) -> bool:
    return client.get("/compte").status_code == 200


def opens_nothing(app: Flask, key: str) -> bool:
    thief = PageClient(app, use_cookies=True)
    cast.wear_key(thief, key)
    return not is_signed_in(thief)


def closing(page: Page) -> list[str]:
    """Where the sessions of the page are ended, one by one."""
    forms = (str(each["action"]) for each in page.soup.select("main form"))
    return [each for each in forms if each.endswith("/fin") and "/autres/" not in each]


def hats(session: Session) -> dict[str, int]:
    return {each.organisation.reference: each.id for each in session.scalars(select(Affiliation))}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (SAFARI, "Mobile Safari sur iOS"),
        ("", "Navigateur inconnu"),
        ("\x00 not a browser \x07", "Navigateur inconnu"),
    ],
)
def test_a_session_is_told_by_its_browser(app: Flask, client: PageClient, header: str, name: str) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, ANNE, cast.ARBRISSEL)
    ask(client, ANNE)
    client.post(last_link(app), data={"csrf_token": client.token()}, headers={"User-Agent": header})
    page = client.page("/compte/sessions")
    assert name in page.text
    assert "Cette session" in page.text
    assert closing(page) == []


def test_another_session_is_ended_from_afar_at_once(app: Flask, anne: PageClient) -> None:
    other = another_browser(app)
    page = anne.page("/compte/sessions")
    assert is_signed_in(other)
    (address,) = closing(page)
    assert "devra se connecter de nouveau" in anne.send(address).text
    assert not is_signed_in(other)
    assert is_signed_in(anne)
    assert closing(anne.page("/compte/sessions")) == []


def test_all_the_others_are_ended_and_this_one_stays(app: Flask, anne: PageClient) -> None:
    others = [another_browser(app) for _ in range(3)]
    assert "3 autres sessions sont fermées" in anne.send("/compte/sessions/autres/fin").text
    assert [is_signed_in(each) for each in others] == [False] * 3
    assert is_signed_in(anne)


def test_nobody_ends_somebody_elses_session(app: Flask, anne: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, PAUL, cast.VERN)
    paul, other = another_browser(app, PAUL), another_browser(app)
    (address,) = closing(anne.page("/compte/sessions"))
    assert paul.send(address).status == 404
    assert paul.send("/compte/sessions/autres/fin").status == 200
    assert is_signed_in(other)


def test_no_page_shows_a_key_or_what_finds_it(anne: PageClient, app: Flask, session: Session) -> None:
    another_browser(app)
    html = anne.get("/compte/sessions").get_data(as_text=True)
    stored = session.scalars(select(AgentSession.key_hash)).all()
    assert not any(each[:16] in html for each in (*stored, key_of(anne)))


def test_a_change_of_hat_gives_a_new_key_and_the_former_opens_nothing(
    app: Flask, anne: PageClient, session: Session
) -> None:
    anne.page("/compte")  # puts on the first hat, which is no change
    before = key_of(anne)
    assert "Vous agissez maintenant" in anne.send("/compte/agir", {"affiliation": hats(session)[cast.VERN]}).text
    assert key_of(anne) != before
    assert opens_nothing(app, before)
    assert is_signed_in(anne)


def test_a_first_hat_put_on_by_a_page_changes_no_key(anne: PageClient) -> None:
    before = key_of(anne)
    anne.page("/besoins")
    with anne.session_transaction() as cookie:
        assert cookie["acting"]
    assert key_of(anne) == before


def test_a_new_key_does_not_make_the_session_longer(app: Flask, anne: PageClient, session: Session) -> None:
    opened = clock.now()
    with time_machine.travel(opened + timedelta(hours=11), tick=False):
        anne.send("/compte/agir", {"affiliation": hats(session)[cast.VERN]})
        assert is_signed_in(anne)
    with time_machine.travel(opened + timedelta(hours=12, minutes=1), tick=False):
        assert not is_signed_in(anne)


def test_signing_in_again_ends_the_session_one_had(app: Flask, anne: PageClient) -> None:
    before = key_of(anne)
    token = anne.token()
    ask(PageClient(app, use_cookies=True), ANNE)
    anne.post(last_link(app), data={"csrf_token": token})
    assert is_signed_in(anne)
    assert opens_nothing(app, before)


def test_who_becomes_a_curator_signs_in_anew(app: Flask, anne: PageClient) -> None:
    app.test_cli_runner().invoke(args=["accounts", "curator", ANNE])
    assert not is_signed_in(anne)


def test_reading_leaves_no_trace_and_writing_is_noted_to_the_hour(
    app: Flask, anne: PageClient, session: Session
) -> None:
    opened = session.scalars(select(AgentSession.used_at)).one()
    with time_machine.travel(opened + timedelta(hours=3), tick=False):
        anne.page("/compte")
        assert session.scalars(select(AgentSession.used_at)).one() == opened
        anne.send("/compte/profil", {"name": "Anne Le Goff"})
        noted = session.scalars(select(AgentSession.used_at)).one()
        assert noted == opened + timedelta(hours=3)
    with time_machine.travel(opened + timedelta(hours=3, minutes=40), tick=False):
        anne.send("/compte/profil", {"name": "Anne Legoff"})
        assert session.scalars(select(AgentSession.used_at)).one() == noted


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_follows_the_link_of_a_letter_spends_nothing(
    app: Flask, client: PageClient, method: str
) -> None:
    ask(client, ANNE)
    link, scanner = last_link(app), PageClient(app, use_cookies=True)
    assert {scanner.open(link, method=method).status_code for _ in range(3)} == {200}
    assert not is_signed_in(scanner)
    client.send(link)
    assert is_signed_in(client)
