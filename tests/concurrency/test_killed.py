"""A server killed in the middle of its work loses nothing that it acknowledged, and starts again by itself."""

import http.client
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
from coconstruction.coalitions.models import Crossing, Membership
from coconstruction.coalitions.queries import coverage_of
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from coconstruction.needs.models import Need, State, Support
from coconstruction.settings import Settings
from coconstruction.territories.models import Organisation
from tests import cast
from tests.conftest import hang_up
from tests.reading import PageClient
from tests.served import SECRET_KEY, Site

PEOPLE, NEEDS, CLIENTS = 40, 5, 8
BEFORE_THE_KILL = 60


@dataclass(frozen=True)
class Gesture:
    """One support or one arrival in a coalition, as a browser sends it."""

    organisation_id: int
    need_id: int
    what: str
    cookie: str
    token: str


@pytest.fixture
def site(app: Flask, worker_settings: Settings, tmp_path: Path) -> Iterator[Site]:
    hang_up(app)
    served = Site(worker_settings.database_url, worker_settings.search_index_dir, tmp_path / "server.log")
    served.start()
    yield served
    served.kill()  # its worker is in the middle of a whole index that nobody will read


@pytest.fixture(params=["soutien", "rejoindre"])
def gestures(app: Flask, worker_settings: Settings, request: pytest.FixtureRequest) -> list[Gesture]:
    """By villages, and by the two bodies with which a coalition crosses the line."""
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, "maire@vern.example", cast.VERN)
        titles = [f"Un besoin parmi {NEEDS}, le numéro {number}" for number in range(NEEDS)]
        needs = [cast.posted_need(session, author, replace(cast.CONTENT, title=title)) for title in titles]
        here = (
            Organisation.departement_code == "35",
            Organisation.kind == "commune",
            Organisation.reference != cast.VERN,
        )
        villages = select(Organisation).where(*here).order_by(Organisation.id).limit(PEOPLE - 2)
        large = [cast.organisation(session, reference) for reference in (cast.RENNES_METROPOLE, cast.ILLE_ET_VILAINE)]
        bodies = [*large, *session.scalars(villages)]
        keys = {}
        for number, body in enumerate(bodies):
            cast.agent(session, f"agent{number}@crowd.example", body.reference, mandate=True)
            session.flush()
            keys[body.id] = cast.session_key(session, f"agent{number}@crowd.example")
    signing = create_app(replace(worker_settings, secret_key=SECRET_KEY))
    people = {organisation_id: _signed_in(signing, key) for organisation_id, key in keys.items()}
    hang_up(signing)
    return [Gesture(each, need_id, request.param, *people[each]) for need_id in needs for each in people]


def test_what_was_acknowledged_before_a_kill_is_there_after_it(
    gestures: list[Gesture], site: Site, session: Session
) -> None:
    kept = _send_until_killed(site, gestures)
    assert BEFORE_THE_KILL <= len(kept) < len(gestures)
    site.start()
    assert {(each.organisation_id, each.need_id) for each in kept} <= _there(session, gestures[0].what)
    _check_whole(session)

    rest = [each for each in gestures if each not in kept]
    assert {_send(site, each) for each in rest} == {303}
    assert {(each.organisation_id, each.need_id) for each in gestures} <= _there(session, gestures[0].what)
    _check_whole(session)


def _there(session: Session, what: str) -> set[tuple[int, int]]:
    session.expire_all()
    table = Support if what == "soutien" else Membership
    return {(each.organisation_id, each.need_id) for each in session.scalars(select(table))}


def _send_until_killed(site: Site, gestures: Sequence[Gesture]) -> list[Gesture]:
    """Those the server said it had taken."""
    enough = Event()
    kept: list[Gesture] = []

    def send(gesture: Gesture) -> None:
        if not enough.is_set() and _send(site, gesture) == 303:
            kept.append(gesture)
            if len(kept) >= BEFORE_THE_KILL:
                enough.set()

    with ThreadPoolExecutor(CLIENTS) as clients:
        sending = [clients.submit(send, each) for each in gestures]
        enough.wait(60)
        site.kill()
        for each in sending:
            each.result()
    return kept


def _send(site: Site, gesture: Gesture) -> int:
    """The status, 0 when nobody answers any more."""
    headers = {"Cookie": gesture.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        body = urlencode({"csrf_token": gesture.token, "role": "contributeur"})
        connection.request("POST", f"/besoins/{gesture.need_id}/{gesture.what}", body, headers)
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
    for need in session.scalars(select(Need).execution_options(populate_existing=True)):
        voices = session.scalars(select(Support).where(Support.need_id == need.id)).all()
        members = session.scalars(select(Membership.organisation_id).where(Membership.need_id == need.id)).all()
        crossings = session.scalars(select(Crossing).where(Crossing.need_id == need.id)).all()
        assert (need.supports_count, need.members_count) == (len(voices), len(members))
        assert need.covered_population == coverage_of(session, members).population
        assert len(crossings) == (need.state == State.QUALIFIED)
