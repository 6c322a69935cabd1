"""Whose account an identity of ProConnect opens: never by chance, by an address alone, or twice on the same word."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent, AgentIdentity, AgentSession, SecondFactor
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from tests import cast
from tests.oidc.journey import PERSON, SITE, START, code_of, come_back, depart, enter, rows, through
from tests.oidc.provider import NODE, Provider
from tests.reading import PageClient

CONFIRM = "/connexion/proconnect/suite"
CLAIRE, SECOND = (
    "claire@incubateur.example",
    {**PERSON, "sub": "at-second-provider", "email": "other@arbrissel.example"},
)
COOKIE = 4096  # bytes a browser keeps of one, its name and attributes included

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: the OpenID provider cannot be started")


def attach(client: PageClient, provider: Provider, **asked: str) -> None:
    through(client, provider, next="/compte", attacher="oui", **asked)


def letters(session: Session) -> list[str]:
    return list(session.scalars(select(Letter.context["path"].as_string()).order_by(Letter.id)))


@pytest.fixture
def claire(linked: Flask) -> PageClient:
    """A curator with a second factor, whose session has not proven it."""
    with linked.app_context(), transaction() as session:
        person = cast.agent(session, CLAIRE, curator=True)
        session.add(SecondFactor(agent_id=person.id, secret="", created_at=clock.now(), confirmed_at=clock.now()))
    client = PageClient(linked, use_cookies=True)
    cast.sign_in(client, CLAIRE, second_factor=False)
    return client


def test_whoever_comes_after_on_the_same_computer_takes_nobodys_account(
    visitor: PageClient, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    provider.behave(person=SECOND)
    assert "sera attachée" not in through(visitor, provider).text
    visitor.send(CONFIRM)
    assert [each.email for each in session.scalars(select(Agent))] == [PERSON["email"], SECOND["email"]]
    assert SECOND["email"] in visitor.page("/compte").text


def test_an_identity_asked_for_by_one_is_not_attached_to_another(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    provider.behave(person=SECOND)
    attach(visitor, provider)
    with linked.app_context(), transaction() as writing:
        cast.agent(writing, "third@arbrissel.example")
        key = cast.session_key(writing, "third@arbrissel.example")
    with visitor.session_transaction() as cookie:
        cookie["_user_id"] = key
    assert visitor.send(CONFIRM).status == 400
    assert session.scalars(select(AgentIdentity.subject)).all() == [PERSON["sub"]]


def test_somebody_elses_identity_is_not_taken_by_attaching_it(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    with linked.app_context(), transaction() as writing:
        cast.agent(writing, "third@arbrissel.example")
    other = PageClient(linked, use_cookies=True)
    cast.sign_in(other, "third@arbrissel.example")
    attach(other, provider)
    other.send(CONFIRM)
    assert PERSON["email"] in other.page("/compte").text, "the identity opens the account it is attached to"
    owner = session.scalars(select(AgentIdentity)).one().agent
    assert owner.email == PERSON["email"]


def test_two_factors_of_anybody_do_not_replace_a_curators_own(
    claire: PageClient, provider: Provider, session: Session
) -> None:
    attach(claire, provider, niveau="mfa")
    page = claire.send(CONFIRM)
    assert (page.status, code_of(page)) == (403, "identity_needs_second_factor")
    assert session.scalars(select(AgentIdentity)).all() == []
    assert session.scalars(select(AgentSession.second_factor_at)).all() == [None]


def test_a_mailbox_alone_does_not_replace_a_second_factor(
    claire: PageClient, linked: Flask, provider: Provider, session: Session
) -> None:
    provider.behave(person={**PERSON, "email": CLAIRE})
    thief = PageClient(linked, use_cookies=True)
    enter(thief, provider, niveau="mfa")
    page = thief.send(letters(session)[0])
    assert "donnez d’abord votre code" in page.text
    assert session.scalars(select(AgentIdentity)).all() == []
    assert set(session.scalars(select(AgentSession.second_factor_at))) == {None}


def test_a_curator_is_led_to_two_factors_at_proconnect(claire: PageClient) -> None:
    for page in ("/compte/second-facteur", "/compte/second-facteur/verification"):
        link = claire.page(f"{page}?next=/curation").links()["Me connecter par ProConnect avec deux facteurs"]
        asked = parse_qs(urlsplit(claire.get(link).headers["Location"]).query)
        wanted = {"essential": True, "values": ["eidas1-mfa", "eidas2", "eidas3"]}
        assert json.loads(asked["claims"][0]) == {"id_token": {"acr": wanted}}
        assert "acr_values" not in asked


def test_whoever_gave_their_code_attaches_an_identity(
    linked: Flask, claire: PageClient, provider: Provider, session: Session
) -> None:
    cast.sign_in(claire, CLAIRE, second_factor=True)
    attach(claire, provider, niveau="mfa")
    claire.send(CONFIRM)
    identity = session.scalars(select(AgentIdentity)).one()
    assert (identity.agent.email, identity.acr) == (CLAIRE, "eidas1-mfa")
    again = PageClient(linked, use_cookies=True)
    enter(again, provider, niveau="mfa")
    assert again.get("/curation/tours/nouveau").status_code == 200
    latest = session.scalars(select(AgentSession).order_by(AgentSession.created_at.desc())).first()
    assert latest is not None
    assert latest.second_factor_at is not None


def test_what_proconnect_said_opens_one_session(visitor: PageClient, provider: Provider, session: Session) -> None:
    through(visitor, provider)
    with visitor.session_transaction() as cookie:
        copied = dict(cookie)
    visitor.send(CONFIRM)
    visitor.send("/deconnexion", follow=False)
    with visitor.session_transaction() as cookie:
        cookie.clear()
        cookie.update(copied)
    assert visitor.send(CONFIRM).status == 400
    assert len(session.scalars(select(AgentSession)).all()) == 1


def test_nothing_of_the_visitors_former_session_remains(visitor: PageClient, provider: Provider) -> None:
    through(visitor, provider)
    with visitor.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    visitor.send(CONFIRM)
    with visitor.session_transaction() as cookie:
        assert "planted" not in cookie
        assert not [name for name in cookie if "proconnect" in name]


@pytest.mark.parametrize("siret", ["213500052", "2135000520001", "213500052000170", "٢١٣٥٠٠٠٥٢٠٠٠١٧", "", None])
def test_a_siret_that_is_not_whole_proves_nothing(
    visitor: PageClient, provider: Provider, session: Session, siret: str | None
) -> None:
    provider.behave(person={**PERSON, "siret": siret})
    assert enter(visitor, provider).title == "Choisir votre organisation"
    assert session.scalars(select(Affiliation)).all() == []


def test_the_vanished_organisation_of_a_siret_is_not_acted_for(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    with linked.app_context(), transaction() as writing:
        cast.vanish(writing, cast.ARBRISSEL)
    page = enter(visitor, provider)
    assert page.title == "Choisir votre organisation"
    assert session.scalars(select(Affiliation)).all() == []


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "/\tx"])
def test_nobody_is_sent_to_another_site(visitor: PageClient, provider: Provider, address: str) -> None:
    through(visitor, provider, next=address)
    answer = visitor.post(CONFIRM, data={"csrf_token": visitor.token()})
    assert answer.headers["Location"] == "/"


def test_what_is_kept_meanwhile_fits_in_a_cookie(visitor: PageClient, provider: Provider) -> None:
    wide = [f"role-{number}-{'abcdefghij' * 5}" for number in range(40)]
    names = {"given_name": "Ж" * 200, "usual_name": "é" * 200, "organization_label": "Ő" * 400}
    provider.behave(person={**PERSON, **names, "sub": "s" * 200, "roles": wide, "idp_id": "i" * 90})
    for _time in range(12):
        depart(visitor, next="/besoins?q=" + "é" * 80)
    back = urlsplit(provider.go_through(depart(visitor, next="/besoins?q=" + "é" * 80)))
    answer = visitor.get(f"{back.path}?{back.query}")
    assert answer.status_code == 303
    assert len(answer.headers["Set-Cookie"]) < COOKIE
    assert visitor.send(CONFIRM).status == 200


def test_the_last_departure_is_the_one_that_comes_back(visitor: PageClient, provider: Provider) -> None:
    first, last = depart(visitor), depart(visitor)
    assert come_back(visitor, provider.go_through(last)).status == 200
    assert come_back(visitor, provider.go_through(first)).status == 400


def test_an_identity_is_detached_once_and_opens_the_account_no_more(
    visitor: PageClient, linked: Flask, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    provider.behave(person=SECOND)
    attach(visitor, provider)
    visitor.send(CONFIRM)
    forms = visitor.page("/compte").soup.select("form[action*='/identites/']")
    first = str(forms[0]["action"])
    assert "n’ouvre plus votre compte" in visitor.send(first).text
    assert visitor.send(first).status == 404, "pressed twice, it takes no other away"
    assert session.scalars(select(AgentIdentity.subject)).all() == [SECOND["sub"]]
    provider.behave(person=PERSON)
    assert enter(PageClient(linked, use_cookies=True), provider).title == "Ouvrez votre messagerie"


def test_nobody_detaches_the_identity_of_another(
    visitor: PageClient, linked: Flask, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    theirs = str(visitor.page("/compte").soup.select("form[action*='/identites/']")[0]["action"])
    with linked.app_context(), transaction() as writing:
        cast.agent(writing, "third@arbrissel.example")
    other = PageClient(linked, use_cookies=True)
    cast.sign_in(other, "third@arbrissel.example")
    assert other.send(theirs).status == 404
    assert len(session.scalars(select(AgentIdentity)).all()) == 1


def test_no_session_that_ended_keeps_proconnects_token(
    visitor: PageClient, linked: Flask, provider: Provider, session: Session
) -> None:
    for _time in range(3):
        enter(PageClient(linked, use_cookies=True), provider)
    enter(visitor, provider)
    form = visitor.page("/compte/sessions").soup.select("form[action$='/fin'][action*='sessions']")
    visitor.send(str(form[0]["action"]))
    visitor.send("/compte/sessions/autres/fin")
    kept = session.execute(select(AgentSession.ended_at, AgentSession.id_token)).all()
    assert [bool(token) for ended, token in kept if ended is not None] == [False] * 3


def test_a_sign_out_asked_by_another_site_does_nothing(visitor: PageClient, provider: Provider) -> None:
    enter(visitor, provider)
    assert visitor.post("/deconnexion").status_code == 400
    assert visitor.get("/compte").status_code == 200


@pytest.mark.parametrize("state", ["", "é", "x" * 43])
def test_a_return_from_sign_out_with_another_state_is_refused(
    visitor: PageClient, provider: Provider, state: str
) -> None:
    enter(visitor, provider)
    address = visitor.post("/deconnexion", data={"csrf_token": visitor.token()}).headers["Location"]
    query = parse_qs(urlsplit(address).query)
    assert query["post_logout_redirect_uri"] == [f"{SITE}/deconnexion/retour"]
    assert visitor.page("/deconnexion/retour", query_string={"state": state}).status == 400


def test_a_session_begun_by_a_letter_ends_here_only(visitor: PageClient, linked: Flask) -> None:
    with linked.app_context(), transaction() as writing:
        cast.agent(writing, "third@arbrissel.example")
    cast.sign_in(visitor, "third@arbrissel.example")
    answer = visitor.post("/deconnexion", data={"csrf_token": visitor.token()})
    assert answer.headers["Location"] == "/"


def test_leaving_and_coming_back_write_nothing(visitor: PageClient, provider: Provider, session: Session) -> None:
    assert visitor.get(START).status_code == 302
    through(visitor, provider)
    assert rows(session) == (0, 0)
    assert session.scalars(select(AgentIdentity)).all() == []
