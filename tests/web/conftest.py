from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from coconstruction.app import create_app
from coconstruction.database import db
from coconstruction.settings import Settings
from tests import cast
from tests.conftest import hang_up
from tests.oidc.journey import CLIENT, PERSON, SITE
from tests.oidc.provider import Provider
from tests.reading import PageClient

OPENING = ("PRAGMA", "BEGIN", "SET TRANSACTION")


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked, as it is asked."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(OPENING):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def count(statements: list[str]) -> Callable[[PageClient, str], int]:
    """The statements of one page, after a first visit has filled what is kept in memory."""

    def counted(client: PageClient, path: str) -> int:
        address = client.get(path, follow_redirects=True).request.full_path
        statements.clear()
        assert client.get(address).status_code == 200, path
        return len(statements)

    return counted


@pytest.fixture(scope="session")
def running() -> Iterator[Provider]:
    provider = Provider(SITE)
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Provider, session: Session) -> Provider:
    siren = cast.organisation(session, cast.ARBRISSEL).siren
    running.be_itself({**PERSON, "siret": f"{siren}00017"})
    return running


@pytest.fixture
def linked(app: Flask, provider: Provider, worker_settings: Settings) -> Iterator[Flask]:
    """The site that knows ProConnect."""
    site = create_app(replace(worker_settings, proconnect_issuer=provider.issuer, **CLIENT))
    yield site
    hang_up(site)


@pytest.fixture
def visitor(linked: Flask) -> PageClient:
    return PageClient(linked, use_cookies=True)
