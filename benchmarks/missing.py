"""Who is missing from coalitions of villages all over France: `python -m benchmarks.missing`.

On the whole referential, in process, statements included; five hundred organisations support each need. Beside it, in
the same run, the floor: reading four hundred organisations by their numbers.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from benchmarks.seeding import START, agents
from coconstruction.accounts.models import Affiliation
from coconstruction.app import create_app
from coconstruction.coalitions.candidates import Missing, missing
from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import coalition, coverage_of
from coconstruction.database import db, transaction
from coconstruction.needs.actions import post
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need, Support
from coconstruction.settings import Settings
from coconstruction.territories.actions import import_referential
from coconstruction.territories.models import Organisation
from coconstruction.territories.referential import read_referential

SIZES, ROUNDS, SUPPORTERS, READ = (0, 1, 4, 50, 200), 30, 500, 400
GOAL_MS = 50.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Settings(database_url=url, search_index_dir=Path(folder) / "index", secret_key="b" * 32))
        with app.app_context():
            upgrade()
            with transaction() as session:
                import_referential(session, read_referential(), lambda _done: None)
            with transaction() as session:
                needs = _needs(session)
            asked: list[str] = []
            event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
            print(f"{'members':>8}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'floor':>9}{'statements':>12}{'found':>7}")
            for size, ids in needs.items():
                _line(size, ids, asked)


def _line(size: int, ids: Sequence[int], asked: list[str]) -> None:
    draw = random.Random(size)
    everyone = list(db.session.scalars(select(Organisation.id)))
    floors = sorted(_timed(lambda: _read(draw.sample(everyone, READ)))[0] for _ in ids)
    times, found, most = [], 0, 0
    for need_id in ids:
        need = db.session.get_one(Need, need_id)
        there = coalition(db.session(), need)
        asked.clear()
        took, proposals = _timed(lambda need=need, there=there: missing(db.session(), need, there))
        times.append(took)
        found, most = found + bool(proposals), max(most, len(asked))
        db.session.rollback()
    times.sort()
    p95, floor = times[int(len(times) * 0.95)], statistics.median(floors)
    verdict = "met" if p95 < GOAL_MS else "MISSED"
    figures = f"{statistics.median(times):>9.1f}{p95:>9.1f}{times[-1]:>9.1f}{floor:>9.1f}{most:>12}{found:>7}"
    print(f"{size:>8}{figures}  goal {GOAL_MS} ms {verdict}")


def _needs(session: Session) -> dict[int, list[int]]:
    """By the number of members of their coalition, all of one département."""
    draw = random.Random(2021)
    drawn = {size: [_neighbours(session, draw, size) for _ in range(ROUNDS)] for size in SIZES}
    bearers = {there[0] for groups in drawn.values() for there in groups}
    hats = {place: hat for hat, place in agents(session, sorted(bearers))}
    return {
        size: [
            _need(session, draw, f"{size}, {number}", hats[there[0]], there[:size])
            for number, there in enumerate(groups)
        ]
        for size, groups in drawn.items()
    }


def _neighbours(session: Session, draw: random.Random, size: int) -> list[int]:
    communes = Organisation.kind == "commune", Organisation.active
    here = draw.choice([f"{number:02}" for number in range(1, 75) if number != 20])  # Corse is 2A and 2B
    there = session.scalars(select(Organisation.id).where(*communes, Organisation.departement_code == here)).all()
    return draw.sample(list(there), max(size, 1))


def _need(session: Session, draw: random.Random, name: str, hat: int, members: Sequence[int]) -> int:
    content = NeedContent(title=f"Un besoin à {name}", problem="x", audience="x", theme="procedures")
    need_id = post(session, session.get_one(Affiliation, hat), None, content).id
    everyone = list(session.scalars(select(Organisation.id).where(Organisation.active)))
    _gather(session, need_id, hat, members, draw.sample(everyone, SUPPORTERS))
    return need_id


def _gather(session: Session, need_id: int, hat: int, members: Sequence[int], supporters: Sequence[int]) -> None:
    common = {"need_id": need_id, "role": "pilote", "joined_at": START, "affiliation_id": hat}
    if members:
        session.execute(insert(Membership), [{"organisation_id": place, **common} for place in members])
    bearer = session.get_one(Need, need_id).organisation_id
    voices = [{"need_id": need_id, "organisation_id": place, "at": START} for place in supporters if place != bearer]
    session.execute(insert(Support), voices)
    need = session.get_one(Need, need_id)
    need.members_count, need.covered_population = len(members), coverage_of(session, members).population


def _read(keys: Sequence[int]) -> Sequence[Organisation]:
    db.session.expunge_all()
    return db.session.scalars(select(Organisation).where(Organisation.id.in_(keys))).all()


def _timed(act: Callable[[], Sequence[Missing] | Sequence[Organisation]]) -> tuple[float, Sequence[object]]:
    started = time.perf_counter()
    done = act()
    return (time.perf_counter() - started) * 1_000, done


if __name__ == "__main__":
    main()
