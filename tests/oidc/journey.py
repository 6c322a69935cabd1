"""The way to the provider and back, as the site's visitor goes it."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Agent, AgentSession
from tests.oidc.provider import Provider
from tests.reading import Page, PageClient

SITE = "http://localhost"
START, BACK = "/connexion/proconnect", "/connexion/proconnect/retour"
CLIENT = {"proconnect_client_id": "site", "proconnect_client_secret": "s" * 43}
PERSON: dict[str, Any] = {
    "sub": "mireille-at-first-provider",
    "given_name": "Mireille",
    "usual_name": "Le Goff",
    "email": "mireille@arbrissel.example",
    "siret": "21350005200017",
    "idp_id": "first-provider",
    "organization_label": "Commune d'Arbrissel",
    "roles": ["agent_public"],
}


def depart(client: PageClient, **asked: str) -> str:
    """Where the site sends the browser."""
    return client.get(START, query_string=asked).headers["Location"]


def come_back(client: PageClient, address: str) -> Page:
    parts = urlsplit(address)
    return client.page(f"{parts.path}?{parts.query}")


def through(client: PageClient, provider: Provider, **asked: str) -> Page:
    """To ProConnect and back: the page that asks to confirm."""
    return come_back(client, provider.go_through(depart(client, **asked)))


def enter(client: PageClient, provider: Provider, **asked: str) -> Page:
    through(client, provider, **asked)
    return client.send("/connexion/proconnect/suite")


def code_of(page: Page) -> str:
    found = page.soup.select_one("[data-refusal]")
    return str(found["data-refusal"]) if found else ""


def altered(address: str, **changes: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return urlunsplit(parts._replace(query=urlencode(query)))


def rows(session: Session) -> tuple[int, int]:
    return len(session.scalars(select(Agent.id)).all()), len(session.scalars(select(AgentSession.key_hash)).all())
