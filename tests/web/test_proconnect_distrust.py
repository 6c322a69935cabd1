"""What ProConnect, or somebody in its place, may send that is not to be believed, and what it may not send at all."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coconstruction.accounts import proconnect
from tests.oidc.journey import PERSON, START, code_of, come_back, depart, enter, rows, through
from tests.oidc.provider import NODE, Provider
from tests.reading import PageClient

DISCOVERY, TOKEN, KEYS, USERINFO = "/.well-known", "/token", "/jwks", "/userinfo"
UNREACHABLE, INVALID = (503, "proconnect_unreachable"), (400, "proconnect_invalid")
NONSENSE = ["", "[]", "null", "3", "{}", "<html>", '{"keys": 3}', '{"id_token": 3, "access_token": 3}']

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: the OpenID provider cannot be started")


@pytest.mark.parametrize(
    "forge",
    [
        {"claims": {"aud": "another-site"}},
        {"claims": {"iss": "https://another.example"}},
        {"claims": {"sub": "somebody-else"}},
        {"claims": {"sub": None}},
        {"claims": {"aud": None}},
        {"claims": {"email": None}},
        {"claims": {"exp": 1}},
        {"key": "stranger"},
        {"alg": "HS256"},
        {"alg": "none"},
    ],
    ids=json.dumps,
)
def test_a_forged_userinfo_is_refused(
    visitor: PageClient, provider: Provider, session: Session, forge: dict[str, Any]
) -> None:
    provider.behave(forge={"at": USERINFO, **forge})
    page = through(visitor, provider)
    assert (page.status, code_of(page)) == INVALID
    assert visitor.send("/connexion/proconnect/suite").status == 400
    assert rows(session) == (0, 0)


@pytest.mark.parametrize(
    "forge",
    [
        {"claims": {"aud": "another-site"}},
        {"claims": {"aud": ["site", "another-site"], "azp": "another-site"}},
        {"claims": {"iss": "https://another.example"}},
        {"claims": {"nonce": "n" * 43}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": None}},
        {"claims": {"sub": "somebody-else"}},
        {"key": "stranger"},
        {"alg": "HS256"},
        {"alg": "none"},
    ],
    ids=json.dumps,
)
def test_a_forged_id_token_is_refused(
    visitor: PageClient, provider: Provider, session: Session, forge: dict[str, Any]
) -> None:
    provider.behave(forge={"at": TOKEN, **forge})
    page = through(visitor, provider)
    assert (page.status, code_of(page)) == INVALID
    assert visitor.send("/connexion/proconnect/suite").status == 400
    assert rows(session) == (0, 0)


def test_a_level_that_is_not_told_is_not_supposed(visitor: PageClient, provider: Provider, session: Session) -> None:
    provider.behave(forge={"at": TOKEN, "claims": {"acr": None}})
    page = through(visitor, provider)
    assert (page.status, code_of(page)) == (403, "proconnect_acr")
    assert rows(session) == (0, 0)


@pytest.mark.parametrize("body", NONSENSE)
def test_a_description_that_makes_no_sense_is_not_kept(visitor: PageClient, provider: Provider, body: str) -> None:
    provider.behave(say={"at": DISCOVERY, "body": body})
    page = visitor.page(START)
    assert (page.status, code_of(page)) == UNREACHABLE
    provider.behave(say=None)
    assert depart(visitor).startswith(provider.issuer)


def test_a_description_of_another_provider_is_refused(visitor: PageClient, provider: Provider) -> None:
    place = "http://another.example"
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    told = {"issuer": place, **{name: f"{place}/{name}" for name in names}}
    provider.behave(say={"at": DISCOVERY, "body": json.dumps(told)})
    page = visitor.page(START)
    assert (page.status, code_of(page)) == UNREACHABLE


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("at", [TOKEN, KEYS, USERINFO])
def test_an_answer_that_makes_no_sense_signs_nobody_in(
    visitor: PageClient, provider: Provider, session: Session, at: str, body: str
) -> None:
    provider.behave(say={"at": at, "body": body})
    page = through(visitor, provider)
    assert (page.status, code_of(page)) in (UNREACHABLE, INVALID)
    assert rows(session) == (0, 0)


@pytest.mark.parametrize("at", [DISCOVERY, TOKEN, KEYS, USERINFO])
def test_an_answer_that_never_comes_is_not_waited_for(
    provider: Provider, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(proconnect, "SECONDS", 0.3)
    linked: Flask = request.getfixturevalue("linked")
    client = PageClient(linked, use_cookies=True)
    provider.behave(silent=at)
    page = client.page(START) if at == DISCOVERY else through(client, provider)
    assert (page.status, code_of(page)) == UNREACHABLE
    assert "/connexion" in page.links().values()


def test_the_provider_may_fail_between_leaving_and_coming_back(visitor: PageClient, provider: Provider) -> None:
    back = provider.go_through(depart(visitor))
    provider.behave(tamper="down")
    page = come_back(visitor, back)
    assert (page.status, code_of(page)) == UNREACHABLE
    provider.behave(tamper=None, person=PERSON)
    assert enter(visitor, provider).status == 200
