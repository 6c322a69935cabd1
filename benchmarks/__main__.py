"""`python -m benchmarks`: the product at national scale, beside a floor measured in the same run on the same server."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, select, text

from benchmarks.load import AT_ONCE, Measure, Request, measure
from benchmarks.seeding import seed
from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.accounts.sign_in import start_session
from coconstruction.app import create_app
from coconstruction.database import db, transaction
from coconstruction.needs.models import Need, State
from coconstruction.rounds.actions import RoundContent, create_round, enter_candidate, set_demonstration_clock
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.counting.greedy import RULE
from coconstruction.search.updates import rebuild
from coconstruction.settings import ROOT, Settings, normalised_url
from coconstruction.territories.actions import import_referential, rows_to_load
from coconstruction.territories.referential import read_referential
from coconstruction.web.limits import UNLIMITED

KEY = "a key for benchmarks only, of no value"
ROUND, CANDIDATES = "banc", 17
QUERIES = ("cantine", "réservation salle", "cimetiere", "usagers", "transport scolaire", "énergie bâtiment")


@click.command()
@click.option("--needs", default=20_000, show_default=True)
@click.option("--supports", default=500_000, show_default=True)
@click.option("--memberships", default=2_000, show_default=True)
@click.option("--requests", default=400, show_default=True, help="Requests of each measure.")
def main(needs: int, supports: int, memberships: int, requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = normalised_url(os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3")
        settings = Settings(database_url=url, search_index_dir=Path(folder) / "index", secret_key=KEY)
        app = create_app(settings)
        _prepare(app, needs, supports, memberships)
        keys, candidates = _keys(app), _open_a_vote(app)
        environment = {"DATABASE_URL": url, "SEARCH_INDEX_DIR": str(settings.search_index_dir), "SECRET_KEY": KEY}
        environment["RATE_LIMIT_URL"] = UNLIMITED  # one machine asks as thousands of people do
        with _served("benchmarks.floor:app", environment) as floor, _served("wsgi:app", environment) as site:
            _report(app, floor, site, keys, candidates, requests)


def _prepare(app: Flask, needs: int, supports: int, memberships: int) -> None:
    with app.app_context():
        upgrade()
        referential = read_referential()
        with transaction() as session, click.progressbar(length=rows_to_load(referential), label="Référentiel") as bar:
            import_referential(session, referential, bar.update)
        with transaction() as session:
            session.execute(text("CREATE TABLE bare (word VARCHAR(20))"))
            seed(session, needs, supports, memberships)
        began = time.perf_counter()
        documents = rebuild(app.extensions["search"], db.session(), lambda _done: None)
        click.echo(f"Index : {documents} fiches en {time.perf_counter() - began:.0f} s.")


def _keys(app: Flask) -> list[str]:
    """Session cookies, one agent a thread and more for the ballots."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context(), transaction() as session:
        agents = session.scalars(select(Agent).order_by(Agent.id).limit(AT_ONCE)).all()
        return [
            f"session={signer.dumps({'_user_id': start_session(session, each), '_fresh': True})}" for each in agents
        ]


@contextmanager
def _served(target: str, environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", target]
    path = os.pathsep.join((str(ROOT / "platform"), str(ROOT)))
    server = subprocess.Popen(  # noqa: S603 - this product or its floor
        command, cwd=ROOT, env={**os.environ, **environment, "PYTHONPATH": path}
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise click.ClickException("the server did not start")


def _open_a_vote(app: Flask) -> list[int]:
    """The candidates of a round whose vote is open."""
    with app.app_context(), transaction() as session:
        curator = session.scalars(select(Agent).order_by(Agent.id.desc()).limit(1)).one()
        today = clock.now()
        calendar = Calendar(
            {phase: today + timedelta(days=day) for phase, day in zip(Phase, range(3, 10), strict=True)}
        )
        made = create_round(session, curator, RoundContent("Banc", 100_000_000, "banc", RULE), calendar)
        shortlisted = session.scalars(select(Need).order_by(Need.id).limit(CANDIDATES)).all()
        for need in shortlisted:
            need.state = State.SHORTLISTED
        entered = [enter_candidate(session, curator, made.id, need.id, 5_000_000).id for need in shortlisted]
        set_demonstration_clock(session, made.id, Phase.VOTING)
        return entered


def _report(app: Flask, floor: int, site: int, cookies: list[str], candidates: list[int], requests: int) -> None:
    with app.app_context():
        needs = db.session.scalars(
            select(Need).where(Need.state == State.OPEN).order_by(Need.id.desc()).limit(4000)
        ).all()
        paths, numbers = [need.path for need in needs], [need.id for need in needs]
        db.session.rollback()
    tokens = [_token(site, cookie) for cookie in cookies]
    signed = [token[1] for token in tokens]

    def act(verb: str, offset: int, thread: int, number: int, **form: str) -> Request:
        need = numbers[offset + number * AT_ONCE + thread]
        return Request(f"/besoins/{need}/{verb}", {"csrf_token": tokens[thread][0], **form}, signed[thread])

    def ballot(thread: int, number: int) -> Request:
        form = {"choices": str(candidates[number % len(candidates)]), "version": str(number), "step": "deposit"}
        return Request(f"/tours/{ROUND}/bulletin", {"csrf_token": tokens[thread][0], **form}, signed[thread])

    pages = 50
    measures = {
        "plancher : route nue": (floor, lambda _t, _n: Request("/hello"), None),
        "plancher : liste nue": (floor, lambda _t, _n: Request("/list"), None),
        "plancher : insertion nue": (floor, lambda _t, _n: Request("/insert", {}), None),
        "liste, visiteur": (site, lambda t, n: Request(f"/besoins?page={(n * AT_ONCE + t) % pages + 1}"), "/besoins"),
        "liste, agent": (site, lambda t, n: Request(f"/besoins?page={n % pages + 1}", cookie=signed[t]), "/besoins"),
        "besoin, visiteur": (site, lambda t, n: Request(paths[(n * AT_ONCE + t) % pages]), paths[0]),
        "besoin, agent": (site, lambda t, n: Request(paths[n % pages], cookie=signed[t]), paths[0]),
        "recherche": (site, lambda _t, n: Request(f"/recherche?q={_quoted(n)}"), "/recherche?q=cantine"),
        "soutenir": (site, lambda t, n: act("soutien", 0, t, n), None),
        "rejoindre": (site, lambda t, n: act("rejoindre", len(numbers) // 2, t, n, role="pilote"), None),
        "voter": (site, ballot, None),
    }
    click.echo("\n| mesure | p50 ms | p95 ms | requêtes/s | échecs | instructions SQL |\n|---|---|---|---|---|---|")
    found: dict[str, Measure] = {}
    for name, (port, make, counted) in measures.items():
        if counted:  # reads start warm; a write is never sent twice
            measure(port, requests // 2, make)
        each = found[name] = measure(port, requests, make)
        sql = "" if port == floor else _statements(app, make(0, requests // AT_ONCE))
        click.echo(f"| {name} | {each.p50:.1f} | {each.p95:.1f} | {each.rate:.0f} | {each.failures} | {sql} |")
    _goals(found)


def _goals(found: dict[str, Measure]) -> None:
    click.echo("\n| objectif | mesuré |\n|---|---|")
    for name in ("liste, visiteur", "liste, agent", "besoin, visiteur", "besoin, agent"):
        share = found[name].rate / found["plancher : liste nue"].rate
        click.echo(f"| {name} ≥ 50 % de la liste nue | {share:.0%} |")
    share = found["soutenir"].rate / found["plancher : insertion nue"].rate
    click.echo(f"| soutenir ≥ 50 % de l’insertion nue | {share:.0%} |")


def _token(port: int, cookie: str) -> tuple[str, str]:
    """The token of a page, and the session cookie that goes with it."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/compte", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - this machine
        page, sent = answer.read().decode(), answer.headers.get("Set-Cookie", cookie)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    return (token.group(1) if token else ""), sent.split(";")[0]


def _statements(app: Flask, request: Request) -> int:
    """Statements of one more request, in process; what opens a transaction is not counted."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": request.cookie} if request.cookie else {}
    client.open(request.path, method="POST" if request.form else "GET", data=request.form, headers=headers)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _quoted(number: int) -> str:
    return quote(QUERIES[number % len(QUERIES)])


if __name__ == "__main__":
    main()
