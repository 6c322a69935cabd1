"""Joins and leaves a coalition of twenty, five hundred and two thousand members: `python -m benchmarks.coalitions`.

In process, each act in its own transaction. The ratio to the coalition of twenty, in the same run, is what to compare.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from benchmarks.seeding import START, agents
from coconstruction.accounts.models import Affiliation
from coconstruction.app import create_app
from coconstruction.coalitions.actions import Offer, join, leave
from coconstruction.coalitions.models import Membership
from coconstruction.database import db, transaction
from coconstruction.needs.actions import post
from coconstruction.needs.content import NeedContent
from coconstruction.settings import Settings
from coconstruction.territories.actions import import_referential
from coconstruction.territories.models import Organisation
from coconstruction.territories.referential import read_referential

SIZES, ROUNDS = (20, 500, 2_000), 30


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Settings(database_url=url, search_index_dir=Path(folder) / "index", secret_key="b" * 32))
        with app.app_context():
            upgrade()
            with transaction() as session:
                import_referential(session, read_referential(), lambda _done: None)
            with transaction() as session:
                needs, newcomers = _coalitions(session)
        print(f"{'members':>8}{'join p50 ms':>14}{'leave p50 ms':>14}{'page p50 ms':>14}{'statements':>12}{'ratio':>8}")
        floor = 0.0
        for size, need_id in needs.items():
            joins, leaves = _acts(app, need_id, newcomers)
            page, statements = _page(app, need_id, next(each for each in needs.values() if each != need_id))
            floor = floor or joins
            print(f"{size:>8}{joins:>14.1f}{leaves:>14.1f}{page:>14.1f}{statements:>12}{joins / floor:>8.1f}")


def _coalitions(session: Session) -> tuple[dict[int, int], list[int]]:
    """Needs by the size of their coalition, and the affiliations of those who will come and go."""
    kinds = Organisation.kind.in_(("commune", "cc", "ca", "cu", "metropole", "departement"))
    places = list(session.scalars(select(Organisation.id).where(Organisation.active, kinds)))
    hats = agents(session, random.Random(2021).sample(places, max(SIZES) + ROUNDS))
    needs = {}
    for size in SIZES:
        author = session.get_one(Affiliation, hats[0][0])
        content = NeedContent(title=f"Un besoin à {size}", problem="x", audience="x", theme="procedures")
        needs[size] = post(session, author, None, content).id
        common = {"need_id": needs[size], "role": "pilote", "joined_at": START}
        rows = [{"organisation_id": place, "affiliation_id": hat, **common} for hat, place in hats[:size]]
        session.execute(insert(Membership), rows)
    return needs, [hat for hat, _ in hats[max(SIZES) :]]


def _acts(app: Flask, need_id: int, newcomers: Sequence[int]) -> tuple[float, float]:
    def comes(session: Session, hat: int) -> None:
        join(session, session.get_one(Affiliation, hat), need_id, "pilote", [Offer("euros", 500)])

    def goes(session: Session, hat: int) -> None:
        leave(session, session.get_one(Affiliation, hat), need_id)

    joins = [_timed(app, comes, hat) for hat in newcomers]
    leaves = [_timed(app, goes, hat) for hat in newcomers]
    return statistics.median(joins), statistics.median(leaves)


def _timed(app: Flask, act: Callable[[Session, int], None], hat: int) -> float:
    with app.app_context():
        started = time.perf_counter()
        with transaction() as session:
            act(session, hat)
        return (time.perf_counter() - started) * 1_000


def _page(app: Flask, need_id: int, another: int) -> tuple[float, int]:
    """Made anew each time, by a new application whose templates another need's page has readied: the statements of the
    last."""
    times: list[float] = []
    seen: list[str] = []
    for _ in range(5):
        client = create_app(app.extensions["settings"]).test_client()
        client.get(f"/besoins/{another}", follow_redirects=True)
        with client.application.app_context():
            event.listen(db.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
        seen.clear()
        started = time.perf_counter()
        answer = client.get(f"/besoins/{need_id}", follow_redirects=True)
        times.append((time.perf_counter() - started) * 1_000)
        assert answer.status_code == 200
    return statistics.median(times), sum(not each.startswith(("BEGIN", "PRAGMA")) for each in seen)


if __name__ == "__main__":
    main()
