"""An inbox of five thousand needs: walking it, answering a thousand at once: `python -m benchmarks.inbox`.

In process, on the whole referential. Beside it, in the same run, the floor: reading a row by its number, and inserting
a thousand bare rows.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from benchmarks.seeding import START, agents
from coconstruction.accounts.models import Agent
from coconstruction.app import create_app
from coconstruction.database import db, transaction
from coconstruction.needs.models import Need, NeedVersion, State
from coconstruction.needs.themes import THEMES
from coconstruction.settings import Settings
from coconstruction.territories.actions import import_referential
from coconstruction.territories.models import Organisation
from coconstruction.territories.referential import read_referential
from coconstruction.triage import actions, queries
from coconstruction.triage.actions import Answer
from coconstruction.triage.queries import Filters

NEEDS, MANY, ROUNDS = 5_000, 1_000, 30
GOAL_SECONDS = 5.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Settings(database_url=url, search_index_dir=Path(folder) / "index", secret_key="b" * 32))
        with app.app_context():
            upgrade()
            with transaction() as session:
                import_referential(session, read_referential(), lambda _done: None)
            with transaction() as session:
                curator = _needs(session)
            asked: list[str] = []
            event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
            _reading(curator, asked)
        _writing(app, curator)


def _reading(curator: int, asked: list[str]) -> None:
    everyone = list(db.session.scalars(select(Need.id)))
    draw = random.Random(2021)
    print(f"{'reading, of ' + str(NEEDS):32}{'p50 ms':>9}{'max ms':>9}{'statements':>12}")
    _line("floor: a need by its number", lambda: _one(draw.choice(everyone)), asked)
    _line("first page of the list", lambda: queries.inbox(db.session(), Filters(), curator, 1), asked)
    _line("last page of the list", lambda: queries.inbox(db.session(), Filters(), curator, NEEDS // 50), asked)
    _line("one need and its neighbours", lambda: _walk(draw.choice(everyone), curator), asked)
    _line("counters", lambda: queries.counters(db.session(), curator), asked)


def _writing(app: Flask, curator: int) -> None:
    with app.app_context():
        keys = queries.every(db.session(), Filters(), curator)[:MANY]
        print(f"{'writing, ' + str(MANY) + ' at once':32}{'seconds':>9}")
        floor = _once(lambda session: session.execute(insert(NeedVersion), [_version(key) for key in keys]))
        print(f"{'floor: bare rows':32}{floor:>9.2f}")
        everything = 0.0
        for name, act in (
            (
                "drafting",
                lambda session: actions.draft(session, _curator(session, curator), keys, Answer("decline", "x")),
            ),
            ("publishing", lambda session: actions.publish(session, _curator(session, curator), keys)),
            ("undoing", lambda session: actions.undo(session, _curator(session, curator), 1)),
            (
                "assigning",
                lambda session: actions.assign(session, _curator(session, curator), keys, _curator(session, curator)),
            ),
        ):
            took = _once(act)
            everything = max(everything, took)
            print(f"{name:32}{took:>9.2f}")
        print(f"goal {GOAL_SECONDS} s {'met' if everything < GOAL_SECONDS else 'MISSED'}")


def _line(name: str, act: Callable[[], object], asked: list[str]) -> None:
    times = []
    for _ in range(ROUNDS):
        db.session.rollback()
        db.session.expunge_all()
        asked.clear()
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1_000)
    statements = sum(not each.startswith(("BEGIN", "PRAGMA")) for each in asked)
    print(f"{name:32}{statistics.median(times):>9.1f}{max(times):>9.1f}{statements:>12}")


def _once(act: Callable[[Session], object]) -> float:
    started = time.perf_counter()
    with transaction() as session:
        act(session)
    return time.perf_counter() - started


def _one(need_id: int) -> Need | None:
    return db.session.get(Need, need_id)


def _walk(need_id: int, curator: int) -> Sequence[queries.Row]:
    row = queries.row(db.session(), need_id)
    return queries.walk(db.session(), Filters(), curator, row.need).after


def _curator(session: Session, key: int) -> Agent:
    return session.get_one(Agent, key)


def _version(need_id: int) -> dict[str, object]:
    return {"need_id": need_id, "number": 2, "content": {}, "author_id": 1, "at": START}


def _needs(session: Session) -> int:
    places = list(session.scalars(select(Organisation.id).where(Organisation.kind == "commune").limit(NEEDS)))
    hats = agents(session, places)
    draw = random.Random(2021)
    common = {"origin": "need", "created_at": START, "state": State.OPEN, "version": 1, "problem": "x"}
    rows = [
        {
            **common,
            "title": f"Un besoin numéro {number}",
            "theme": draw.choice(list(THEMES)),
            "organisation_id": place,
            "departement_code": "35",
            "author_id": hat,
            "posted_at": START + timedelta(minutes=number),
            "state_at": START,
        }
        for number, (hat, place) in enumerate(hats)
    ]
    session.execute(insert(Need), rows)
    curator = session.scalars(select(Agent).limit(1)).one()
    curator.is_curator = True
    return curator.id


if __name__ == "__main__":
    main()
