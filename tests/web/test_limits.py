"""Whoever tries too often is told when to come back, and loses nothing."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from coconstruction import clock
from coconstruction.app import create_app
from coconstruction.database import db, transaction
from coconstruction.settings import Settings, SettingsError
from coconstruction.web.counters import SWEEP_SECONDS, Counters
from tests import cast
from tests.conftest import hang_up
from tests.reading import PageClient

ANNE, PAUL = "anne@arbrissel.example", "paul@arbrissel.example"
LINKS_A_MINUTE, POSTS_A_MINUTE, SEARCHES_A_MINUTE = 20, 60, 300


def ask_links(client: PageClient, number: int, **more: object) -> list[int]:
    token = client.token() or _token(client)
    asked = ({"csrf_token": token, "email": f"agent{each}@demo.example"} for each in range(number))
    return [client.post("/connexion", data=form, **more).status_code for form in asked]


def from_address(address: str) -> dict[str, object]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def test_one_place_asks_for_so_many_links_then_is_told_when_to_come_back(client: PageClient) -> None:
    with time_machine.travel(clock.now(), tick=False):
        assert set(ask_links(client, LINKS_A_MINUTE)) == {200}
        answer = client.post("/connexion", data={"csrf_token": _token(client), "email": ANNE})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert "Attendez 1 minute" in answer.get_data(as_text=True)
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        assert ask_links(client, 1) == [200]


def test_reading_the_form_is_not_counted(client: PageClient) -> None:
    assert {client.get("/connexion").status_code for _ in range(LINKS_A_MINUTE + 5)} == {200}


def test_another_place_is_not_hindered(client: PageClient) -> None:
    ask_links(client, LINKS_A_MINUTE + 1, **from_address("192.0.2.1"))
    assert ask_links(client, 1, **from_address("192.0.2.1")) == [429]
    assert ask_links(client, 1, **from_address("192.0.2.2")) == [200]


def test_the_addresses_of_one_ipv6_subscriber_count_as_one(client: PageClient) -> None:
    for number in range(LINKS_A_MINUTE):
        ask_links(client, 1, **from_address(f"2001:db8::{number:x}"))
    assert ask_links(client, 1, **from_address("2001:db8::ffff:1")) == [429]
    assert ask_links(client, 1, **from_address("2001:db8:0:1::1")) == [200]


def test_nobody_is_believed_about_where_they_come_from(client: PageClient) -> None:
    statuses = [ask_links(client, 1, headers={"X-Forwarded-For": f"192.0.2.{each}"})[0] for each in range(25)]
    assert statuses.count(200) == LINKS_A_MINUTE


def test_a_trusted_relay_tells_where_one_comes_from(app: Flask, worker_settings: Settings) -> None:
    behind = create_app(replace(worker_settings, trusted_proxies=1))
    client = PageClient(behind, use_cookies=True)
    # What the requester wrote comes first: only the relay's own word, the last, is believed.
    forged = [{"X-Forwarded-For": f"10.0.0.{each}, 192.0.2.1"} for each in range(LINKS_A_MINUTE + 1)]
    statuses = [ask_links(client, 1, headers=header)[0] for header in forged]
    assert statuses == [200] * LINKS_A_MINUTE + [429]
    assert ask_links(client, 1, headers={"X-Forwarded-For": "192.0.2.2"}) == [200]
    hang_up(behind)


def test_what_was_written_is_given_back_to_be_sent_again(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, ANNE, cast.ARBRISSEL)
        cast.agent(session, PAUL, cast.ARBRISSEL)
    cast.sign_in(client, ANNE)
    with time_machine.travel(clock.now(), tick=False):
        form = {"csrf_token": client.token(), "title": "Un titre"}
        for _ in range(POSTS_A_MINUTE):
            assert client.post("/besoins/nouveau", data=form).status_code == 422
        page = client.send("/besoins/nouveau", {"problem": "La secrétaire recopie tout à la main."})
        assert page.status == 429
        assert page.field("problem") == "La secrétaire recopie tout à la main."
        assert "Renvoyer" in page.buttons()
        colleague = PageClient(app, use_cookies=True)
        cast.sign_in(colleague, PAUL)
        assert colleague.send("/besoins/nouveau", {"title": "Un titre"}).status == 422


def test_searching_goes_as_fast_as_one_types(client: PageClient) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(SEARCHES_A_MINUTE):
            assert client.get("/besoins/proches?title=salle").status_code == 200
        assert client.get("/besoins/proches?title=salle").status_code == 429
        assert client.get("/recherche?q=salle").status_code == 200


def test_limits_can_be_lifted_for_measures(app: Flask, worker_settings: Settings) -> None:
    unlimited = create_app(replace(worker_settings, rate_limit_url="none:"))
    try:
        assert set(ask_links(PageClient(unlimited, use_cookies=True), LINKS_A_MINUTE + 5)) == {200}
    finally:
        hang_up(unlimited)
        create_app(worker_settings)  # the limits are the process's own: put them back


@pytest.mark.parametrize("url", ["redis://localhost", "unheard-of://x"])
def test_a_counter_that_cannot_be_opened_refuses_to_start(app: Flask, worker_settings: Settings, url: str) -> None:
    try:
        with pytest.raises(SettingsError, match="RATE_LIMIT_URL ne convient pas"):
            create_app(replace(worker_settings, rate_limit_url=url))
    finally:
        create_app(worker_settings)


def test_counts_that_are_over_leave_the_file(tmp_path: Path) -> None:
    counters = Counters(f"counters://{tmp_path / 'limits.sqlite3'}")
    counters.incr("early", 60)
    with time_machine.travel(clock.now() + timedelta(seconds=SWEEP_SECONDS + 1), tick=False):
        counters.incr("late", 60)
    with closing(sqlite3.connect(tmp_path / "limits.sqlite3")) as reading:
        assert reading.execute("SELECT name FROM counter").fetchall() == [("late",)]


def test_the_same_is_asked_of_the_database_whether_an_address_is_known_or_not(app: Flask) -> None:
    """No clock is fair here; the work done is. A mailbox that exists, one that does not, one that cannot."""
    with app.app_context(), transaction() as session:
        cast.agent(session, ANNE, cast.ARBRISSEL)
    work = [_statements(app, email) for email in (ANNE, "nobody@arbrissel.example", "nobody@no-such-domain.example")]
    assert work[0] == work[1] == work[2]
    assert len(work[0]) > 3


def _statements(app: Flask, email: str) -> list[str]:
    client, statements = PageClient(app, use_cookies=True), []
    token = _token(client)
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.post("/connexion", data={"csrf_token": token, "email": email})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return statements


def _token(client: PageClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/connexion").get_data(as_text=True))
    assert found
    return found[1]
