"""Sign-in by ProConnect, against the provider that ProConnect itself runs, on this machine."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts import actions
from coconstruction.accounts.models import Affiliation, Agent, AgentIdentity, AgentSession
from coconstruction.app import create_app
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings
from tests import cast
from tests.conftest import hang_up
from tests.oidc.journey import (
    BACK,
    CLIENT,
    PERSON,
    SITE,
    START,
    altered,
    code_of,
    come_back,
    depart,
    enter,
    rows,
    through,
)
from tests.oidc.provider import NODE, Provider
from tests.reading import PageClient

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: the OpenID provider cannot be started")


def test_it_is_off_by_default(client: PageClient) -> None:
    assert client.page(START).status == 404
    assert "ProConnect" not in client.page("/connexion").text


def test_a_secretary_enters_and_acts_for_the_commune_of_her_siret(
    visitor: PageClient, provider: Provider, session: Session
) -> None:
    assert "ProConnect" in visitor.page("/connexion").text
    page = through(visitor, provider, next="/besoins")
    assert "Mireille Le Goff" in page.text
    assert rows(session) == (0, 0), "coming back writes nothing"
    page = visitor.send("/connexion/proconnect/suite")
    assert "vous agissez pour Arbrissel" in page.text
    tie = session.scalars(select(Affiliation)).one()
    assert (tie.proof, tie.live, tie.mandate) == ("proconnect", True, False)
    assert tie.evidence.endswith("00017")
    assert session.scalars(select(Agent.name)).all() == ["Mireille Le Goff"]


def test_what_is_asked_is_what_proconnect_accepts(visitor: PageClient, provider: Provider) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(depart(visitor)).query).items()}
    accepted = {
        "client_id", "scope", "response_type", "redirect_uri", "state", "nonce", "acr_values",
        "code_challenge", "code_challenge_method",
    }  # fmt: skip
    assert set(asked) == accepted
    assert (asked["code_challenge_method"], asked["acr_values"]) == ("S256", "eidas1")
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32


def test_she_is_the_same_agent_the_next_time(visitor: PageClient, provider: Provider, session: Session) -> None:
    enter(visitor, provider)
    provider.behave(person={**PERSON, "email": "mireille.legoff@arbrissel.example"})
    enter(visitor, provider)
    assert len(session.scalars(select(Agent)).all()) == 1
    assert session.scalars(select(AgentIdentity.email)).all() == ["mireille.legoff@arbrissel.example"]


def test_two_identity_providers_may_be_one_person(
    visitor: PageClient, linked: Flask, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    provider.behave(person={**PERSON, "sub": "mireille-at-second-provider", "email": "autre@arbrissel.example"})
    link = visitor.page("/compte").links()["Attacher une identité ProConnect"]
    attaching = come_back(visitor, provider.go_through(visitor.get(link).headers["Location"]))
    assert "sera attachée au compte où vous êtes connecté" in attaching.text
    visitor.send("/connexion/proconnect/suite")
    assert len(session.scalars(select(Agent)).all()) == 1
    again = PageClient(linked, use_cookies=True)
    enter(again, provider)
    assert "Mireille Le Goff" in again.page("/compte").text
    assert len(session.scalars(select(AgentIdentity)).all()) == 2


def test_an_address_already_known_is_confirmed_by_its_mailbox(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    with linked.app_context(), transaction() as writing:
        cast.agent(writing, PERSON["email"])
    page = through(visitor, provider)
    assert "Un compte existe déjà à cette adresse" in page.text
    assert visitor.send("/connexion/proconnect/suite").title == "Ouvrez votre messagerie"
    assert visitor.get("/compte").status_code == 302, "nobody is signed in by an address alone"
    assert session.scalars(select(AgentIdentity)).all() == []
    link = session.scalars(select(Letter.context["path"].as_string())).one()
    assert "vous agissez pour Arbrissel" in visitor.send(link).text
    assert len(session.scalars(select(Agent)).all()) == 1
    assert session.scalars(select(AgentIdentity.subject)).all() == [PERSON["sub"]]


def test_an_unknown_siret_is_explained_with_a_way_out(
    visitor: PageClient, provider: Provider, session: Session
) -> None:
    provider.behave(person={**PERSON, "siret": "99999999900011", "organization_label": "Agence inconnue"})
    page = enter(visitor, provider)
    assert "Agence inconnue" in page.text
    assert "n’est pas dans notre annuaire" in page.text
    assert page.title == "Choisir votre organisation"
    assert session.scalars(select(Affiliation)).all() == []


def test_whoever_was_put_out_is_not_let_in_by_a_siret(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    enter(visitor, provider)
    tie = session.scalars(select(Affiliation.id)).one()
    with linked.app_context(), transaction() as writing:
        chloe = cast.agent(writing, "chloe@incubateur.example", curator=True)
        actions.end_affiliation(writing, tie, chloe, "Ne travaille plus ici.")
    page = enter(visitor, provider)
    assert page.title == "Prouver que vous en faites partie"
    assert not session.scalars(select(Affiliation)).one().live


def test_a_weaker_assurance_than_asked_is_refused(visitor: PageClient, provider: Provider, session: Session) -> None:
    provider.behave(acr="eidas0")
    page = through(visitor, provider)
    assert (page.status, code_of(page)) == (403, "proconnect_acr")
    assert rows(session) == (0, 0)


def test_one_factor_where_two_are_required_is_refused_there(
    visitor: PageClient, provider: Provider, session: Session
) -> None:
    provider.behave(acr="eidas1")
    page = through(visitor, provider, niveau="mfa")
    assert (page.status, code_of(page)) == (403, "proconnect_declined")
    assert rows(session) == (0, 0)


def test_one_factor_where_two_are_required_is_refused_here_too(
    visitor: PageClient, provider: Provider, session: Session
) -> None:
    provider.behave(forge={"at": "/token", "claims": {"acr": "eidas1"}})
    page = through(visitor, provider, niveau="mfa")
    assert (page.status, code_of(page)) == (403, "proconnect_acr")
    assert rows(session) == (0, 0)


def test_two_factors_at_proconnect_count_here(visitor: PageClient, provider: Provider, session: Session) -> None:
    enter(visitor, provider, niveau="mfa")
    assert session.scalars(select(AgentSession.second_factor_at)).one() is not None


def test_one_factor_at_proconnect_is_one_factor(visitor: PageClient, provider: Provider, session: Session) -> None:
    enter(visitor, provider)
    assert session.scalars(select(AgentSession.second_factor_at)).one() is None


@pytest.mark.parametrize("how", ["signature", "none", "siret", "garbage"])
def test_an_altered_answer_is_refused(visitor: PageClient, provider: Provider, session: Session, how: str) -> None:
    provider.behave(tamper=how)
    page = through(visitor, provider)
    assert (page.status, code_of(page)) == (400, "proconnect_invalid")
    assert visitor.send("/connexion/proconnect/suite").status == 400
    assert rows(session) == (0, 0)


def test_a_nonce_of_another_browser_is_refused(visitor: PageClient, provider: Provider, session: Session) -> None:
    back = provider.go_through(altered(depart(visitor), nonce="n" * 43))
    page = come_back(visitor, back)
    assert (page.status, code_of(page)) == (400, "proconnect_invalid")
    assert rows(session) == (0, 0)


def test_a_return_that_did_not_begin_here_is_refused(
    linked: Flask, visitor: PageClient, provider: Provider, session: Session
) -> None:
    back = provider.go_through(depart(visitor))
    victim = PageClient(linked, use_cookies=True)
    assert come_back(victim, back).status == 400
    depart(victim)
    page = come_back(victim, back)
    assert (page.status, code_of(page)) == (400, "proconnect_state")
    assert rows(session) == (0, 0)


def test_a_return_serves_once(visitor: PageClient, provider: Provider, session: Session) -> None:
    back = provider.go_through(depart(visitor))
    assert come_back(visitor, back).status == 200
    assert come_back(visitor, back).status == 400
    depart(visitor)
    assert come_back(visitor, back).status == 400


def test_an_expired_code_is_refused(visitor: PageClient, provider: Provider, session: Session) -> None:
    back = provider.go_through(depart(visitor))
    provider.behave(ahead=31)
    page = come_back(visitor, back)
    assert (page.status, code_of(page)) == (400, "proconnect_invalid")
    assert rows(session) == (0, 0)


def test_a_refusal_at_proconnect_is_told(visitor: PageClient, provider: Provider) -> None:
    state = parse_qs(urlsplit(depart(visitor)).query)["state"][0]
    page = visitor.page(BACK, query_string={"error": "access_denied", "state": state})
    assert (page.status, code_of(page)) == (403, "proconnect_declined")


def test_a_provider_that_does_not_answer_leaves_another_way_in(
    app: Flask, provider: Provider, worker_settings: Settings
) -> None:
    site = create_app(replace(worker_settings, proconnect_issuer="http://127.0.0.1:9/api/v2", **CLIENT))
    page = PageClient(site).page(START)
    assert (page.status, code_of(page)) == (503, "proconnect_unreachable")
    assert "/connexion" in page.links().values()
    hang_up(site)


def test_signing_out_signs_out_of_proconnect_too(visitor: PageClient, provider: Provider, session: Session) -> None:
    enter(visitor, provider)
    token = visitor.token()
    left = visitor.post("/deconnexion", data={"csrf_token": token})
    address = left.headers["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/session/end")
    assert asked["post_logout_redirect_uri"] == f"{SITE}/deconnexion/retour"
    assert asked["id_token_hint"].count(".") == 2
    assert visitor.get("/compte").status_code == 302
    assert session.scalars(select(AgentSession.id_token)).all() == [""]
    assert visitor.page("/deconnexion/retour?state=another").status == 400
    assert visitor.page("/deconnexion/retour", query_string={"state": asked["state"]}).status == 400, "once"


def test_the_return_of_a_sign_out_says_it_is_done(visitor: PageClient, provider: Provider) -> None:
    enter(visitor, provider)
    address = visitor.post("/deconnexion", data={"csrf_token": visitor.token()}).headers["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert "Vous êtes déconnecté, de ProConnect aussi." in visitor.page(f"/deconnexion/retour?state={state}").text
