"""A letter with a link that serves once; nothing tells whether an address is known."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import Agent, AgentSession, SignInToken
from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import Page, PageClient

ANNE = "anne@arbrissel.example"


def ask(client: PageClient, email: str = ANNE, next_path: str = "") -> Page:
    return client.send("/connexion", {"email": email, "next": next_path})


def last_link(app: Flask) -> str:
    """The path written in the last letter."""
    with app.app_context(), transaction() as session:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
        return str(letter.context["path"])


def letters(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        return session.scalar(select(func.count(Letter.id))) or 0


def known(app: Flask, email: str = ANNE, reference: str | None = cast.ARBRISSEL) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, email, reference)


def test_a_newcomer_enters_by_the_link_and_gives_a_name(app: Flask, client: PageClient) -> None:
    ask(client)
    page = client.send(last_link(app))
    assert page.title == "Votre nom"
    page = client.send("/compte/profil", {"name": "Anne Le Goff"})
    assert page.title == "Choisir votre organisation"
    assert "Anne Le Goff" in client.page("/compte").text


def test_a_newcomer_is_registered_once_in_the_journal(app: Flask, client: PageClient, session: Session) -> None:
    ask(client)
    client.send(last_link(app))
    actions = session.scalars(select(JournalEntry.action).where(JournalEntry.subject_kind == "agent")).all()
    assert actions == ["agent.registered"]


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(app: Flask, client: PageClient) -> None:
    known(app)
    answers = [ask(PageClient(app), email) for email in (ANNE, "nobody@arbrissel.example")]
    first, second = (page.text.replace("nobody@", "anne@") for page in answers)
    assert first == second
    assert letters(app) == 2


def test_opening_the_link_does_not_spend_it(app: Flask, client: PageClient) -> None:
    ask(client)
    link = last_link(app)
    for _ in range(2):
        page = client.page(link)
        assert page.status == 200
        assert "Me connecter" in page.buttons()
        assert ANNE in page.text
    assert client.get("/compte").status_code == 302
    client.send(link)
    assert client.get("/compte").status_code == 200


def test_a_link_serves_once(app: Flask, client: PageClient) -> None:
    ask(client)
    link = last_link(app)
    client.send(link)
    other = PageClient(app)
    for answer in (other.page(link), other.send(link)):
        assert answer.status == 410
        assert answer.links()["Demander un nouveau lien"] == "/connexion"
    assert other.get("/compte").status_code == 302


def test_a_link_lasts_a_quarter_of_an_hour(app: Flask, client: PageClient) -> None:
    ask(client)
    link = last_link(app)
    with time_machine.travel(clock.now() + timedelta(minutes=14), tick=False):
        assert client.page(link).status == 200
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert client.page(link).status == 410
        assert client.send(link).status == 410


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é", "..%2f", "A" * 2000])
def test_an_unknown_link_answers_like_a_spent_one(client: PageClient, token: str) -> None:
    page = client.page(f"/connexion/{token}")
    assert page.status in (404, 410)
    assert "Demander un nouveau lien" in page.links() or page.status == 404


def test_only_digests_are_kept(app: Flask, client: PageClient, session: Session) -> None:
    ask(client)
    link = last_link(app)
    client.send(link)
    token = link.rpartition("/")[2]
    assert session.scalars(select(SignInToken.token_hash)).all() == [digest(token)]
    with client.session_transaction() as cookie:
        assert session.scalars(select(AgentSession.key_hash)).all() == [digest(cookie["_user_id"])]


def test_one_address_gets_one_letter_in_thirty_seconds(app: Flask, client: PageClient) -> None:
    answers = [ask(client).text for _ in range(3)]
    assert len(set(answers)) == 1
    assert letters(app) == 1


def test_one_address_gets_five_letters_an_hour(app: Flask, client: PageClient) -> None:
    start = clock.now()
    for minute in range(8):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert ask(client).status == 200
    assert letters(app) == 5
    with time_machine.travel(start + timedelta(minutes=62), tick=False):
        ask(client)
    assert letters(app) == 6


@pytest.mark.parametrize(
    "email", ["", "anne", "anne@", "anne@arbrissel", "a b@c.fr", "anne@c.fr\nCc: x@y.fr", "x" * 300 + "@c.fr"]
)
def test_a_wrong_address_is_kept_and_explained(app: Flask, client: PageClient, email: str) -> None:
    page = ask(client, email)
    assert page.status == 422
    assert page.field("email").split() == email.split()
    assert letters(app) == 0


def test_an_address_is_one_person_however_it_is_typed(app: Flask, client: PageClient, session: Session) -> None:
    ask(client, "  Anne@ARBRISSEL.example ")
    client.send(last_link(app))
    assert session.scalars(select(Agent.email)).all() == [ANNE]


def test_one_comes_back_to_the_page_one_wanted(app: Flask, client: PageClient) -> None:
    known(app)
    answer = client.get("/compte/organisations/nouvelle?q=bruz")
    assert answer.status_code == 302
    page = client.page(answer.headers["Location"])
    assert page.field("next") == "/compte/organisations/nouvelle?q=bruz"
    ask(client, next_path=page.field("next"))
    answer = client.post(last_link(app), data={"csrf_token": client.token()})
    assert answer.headers["Location"] == "/compte/organisations/nouvelle?q=bruz"


BAD_PATHS = (
    "https://evil.example/",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/besoins\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "data:text/html,x",
    " /besoins",
    "besoins",
    "/\x00",
    "/" + "a" * 600,
)


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_link_leads_to_another_site(app: Flask, client: PageClient, path: str) -> None:
    known(app)
    ask(client, next_path=path)
    answer = client.post(last_link(app), data={"csrf_token": client.token()})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_action_leads_to_another_site(app: Flask, client: PageClient, path: str) -> None:
    with app.app_context(), transaction() as session:
        tie = cast.affiliation(session, ANNE, cast.ARBRISSEL).id
    cast.sign_in(client, ANNE)
    data = {"csrf_token": client.token(), "affiliation": tie, "next": path}
    answer = client.post("/compte/agir", data=data)
    assert answer.headers["Location"] == "/compte" or len(path) > 500


def test_signing_in_starts_a_new_session(app: Flask, client: PageClient) -> None:
    ask(client)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        token = cookie["csrf_token"]
    client.send(last_link(app))
    client.page("/compte")
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["csrf_token"] != token


def test_signing_out_ends_the_session_everywhere_its_key_was_copied(app: Flask, client: PageClient) -> None:
    known(app)
    cast.sign_in(client, ANNE)
    with client.session_transaction() as cookie:
        key = cookie["_user_id"]
    assert "Me déconnecter" in client.page("/deconnexion").buttons()
    assert client.get("/compte").status_code == 200
    client.send("/deconnexion")
    thief = PageClient(app)
    with thief.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = key, True
    assert thief.get("/compte").status_code == 302


def test_a_session_lasts_twelve_hours(app: Flask, client: PageClient) -> None:
    known(app)
    cast.sign_in(client, ANNE)
    with app.app_context(), transaction() as session:
        session.execute(update(AgentSession).values(expires_at=clock.now() + timedelta(seconds=-1)))
    assert client.get("/compte").status_code == 302


def test_a_form_sent_after_the_session_ended_is_refused_with_a_sentence(app: Flask, client: PageClient) -> None:
    known(app)
    cast.sign_in(client, ANNE)
    token = client.token()
    with app.app_context(), transaction() as session:
        session.execute(update(AgentSession).values(ended_at=clock.now()))
    answer = client.post("/compte/profil", data={"csrf_token": token, "name": "Anne"})
    assert answer.status_code == 403
    assert re.search(r"Votre session a pris fin", answer.get_data(as_text=True))


def test_a_curators_page_is_refused_to_others(app: Flask, client: PageClient) -> None:
    known(app)
    cast.sign_in(client, ANNE)
    assert client.get("/curation").status_code == 403
    assert PageClient(app).get("/curation").status_code == 302


def test_knowing_who_asks_costs_two_statements_and_none_for_visitors(app: Flask, client: PageClient) -> None:
    known(app)
    cast.sign_in(client, ANNE)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if re.search(r"\b(agent|agent_session|affiliation)\b", statement):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        PageClient(app).page("/connexion")
        assert statements == []
        client.page("/compte/profil")
        assert len(statements) == 2
    finally:
        event.remove(engine, "before_cursor_execute", count)
