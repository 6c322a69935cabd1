"""A server killed in the middle of its work loses nothing that it acknowledged, and starts again by itself."""

import http.client
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.app import create_app
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from coconstruction.needs.models import Need, Support
from coconstruction.settings import Settings
from coconstruction.territories.models import Organisation
from tests import cast
from tests.conftest import hang_up
from tests.reading import PageClient
from tests.served import SECRET_KEY, Site

PEOPLE, NEEDS, CLIENTS = 40, 5, 8
BEFORE_THE_KILL = 60


@dataclass(frozen=True)
class Voice:
    """One support, as a browser sends it."""

    organisation_id: int
    need_id: int
    cookie: str
    token: str


@pytest.fixture
def site(app: Flask, worker_settings: Settings, tmp_path: Path) -> Iterator[Site]:
    hang_up(app)
    served = Site(worker_settings.database_url, worker_settings.search_index_dir, tmp_path / "server.log")
    served.start()
    yield served
    served.kill()  # its worker is in the middle of a whole index that nobody will read


@pytest.fixture
def voices(app: Flask, worker_settings: Settings) -> list[Voice]:
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, "maire@vern.example", cast.VERN)
        titles = [f"Un besoin parmi {NEEDS}, le numéro {number}" for number in range(NEEDS)]
        needs = [cast.posted_need(session, author, replace(cast.CONTENT, title=title)) for title in titles]
        here = (
            Organisation.departement_code == "35",
            Organisation.kind == "commune",
            Organisation.reference != cast.VERN,
        )
        bodies = session.scalars(select(Organisation).where(*here).order_by(Organisation.id).limit(PEOPLE)).all()
        keys = {}
        for number, body in enumerate(bodies):
            cast.agent(session, f"agent{number}@crowd.example", body.reference)
            session.flush()
            keys[body.id] = cast.session_key(session, f"agent{number}@crowd.example")
    signing = create_app(replace(worker_settings, secret_key=SECRET_KEY))
    people = {organisation_id: _signed_in(signing, key) for organisation_id, key in keys.items()}
    hang_up(signing)
    return [Voice(each, need_id, *people[each]) for need_id in needs for each in people]


def test_what_was_acknowledged_before_a_kill_is_there_after_it(
    voices: list[Voice], site: Site, session: Session
) -> None:
    kept = _send_until_killed(site, voices)
    assert BEFORE_THE_KILL <= len(kept) < len(voices)
    site.start()
    there = {(each.organisation_id, each.need_id) for each in session.scalars(select(Support))}
    assert {(voice.organisation_id, voice.need_id) for voice in kept} <= there
    _check_whole(session)

    rest = [voice for voice in voices if voice not in kept]
    assert {_send(site, voice) for voice in rest} == {303}
    counts = session.scalars(select(Need.supports_count)).all()
    assert counts == [PEOPLE + 1] * NEEDS  # the bearer's too
    _check_whole(session)


def _send_until_killed(site: Site, voices: Sequence[Voice]) -> list[Voice]:
    """Those the server said it had taken."""
    enough = Event()
    kept: list[Voice] = []

    def send(voice: Voice) -> None:
        if not enough.is_set() and _send(site, voice) == 303:
            kept.append(voice)
            if len(kept) >= BEFORE_THE_KILL:
                enough.set()

    with ThreadPoolExecutor(CLIENTS) as clients:
        sending = [clients.submit(send, voice) for voice in voices]
        enough.wait(60)
        site.kill()
        for each in sending:
            each.result()
    return kept


def _send(site: Site, voice: Voice) -> int:
    """The status, 0 when nobody answers any more."""
    headers = {"Cookie": voice.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        body = urlencode({"csrf_token": voice.token})
        connection.request("POST", f"/besoins/{voice.need_id}/soutien", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _signed_in(app: Flask, key: str) -> tuple[str, str]:
    """The cookie and the token of someone before the page."""
    client = PageClient(app)
    cast.wear_key(client, key)
    token = client.token()
    cookie = client.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}", token


def _check_whole(session: Session) -> None:
    lines = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    assert first_flaw(lines, *last_line(session)) is None
    voices = Counter(session.scalars(select(Support.need_id)))
    assert voices == {need.id: need.supports_count for need in session.scalars(select(Need))}
