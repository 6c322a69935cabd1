from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from coconstruction.board.tallies import TABLES, Line, Place, Step, Tally, by, tally
from coconstruction.coalitions.models import Crossing
from coconstruction.curation.models import Shortlisting
from coconstruction.journal import JournalEntry
from coconstruction.kept import Kept
from coconstruction.needs.models import Need, State
from coconstruction.rounds.models import Candidate
from coconstruction.territories.models import Organisation

AT_ONCE = 500
PLACES = {
    State.GROUPED: Place.GROUPED,
    State.REDIRECTED: Place.REDIRECTED,
    State.DECLINED: Place.DECLINED,
    State.WITHDRAWN: Place.WITHDRAWN,
}


@dataclass(frozen=True)
class Campaign:
    """Of all the needs, then by theme, département, kind and size of their bearer."""

    whole: Tally
    tables: Mapping[str, Mapping[str, Tally]]


def campaign(session: Session) -> Campaign:
    """One statement, whatever the number of needs; worked out again once the journal has a new line."""
    return _campaign(session)


def _add_up(session: Session) -> Campaign:
    about = JournalEntry.subject_kind == "need", JournalEntry.subject_id == Need.id
    wanted = (
        select(
            Need.state,
            Need.theme,
            Need.departement_code,
            Organisation.kind,
            Organisation.population,
            exists().where(*about, JournalEntry.action == "need.posted").label("posted"),
            exists().where(Crossing.need_id == Need.id).label(Step.CROSSED),
            exists().where(Shortlisting.need_id == Need.id).label(Step.SHORTLISTED),
            exists().where(Candidate.need_id == Need.id).label(Step.IN_ROUND),
        )
        .join(Need.organisation)
        .where(Need.posted_at.is_not(None))
    )
    lines = [_line(row) for row in session.execute(wanted)]
    return Campaign(tally(lines), {name: by(lines, key) for name, key in TABLES.items()})


_campaign = Kept(_add_up)


def _line(row: Any) -> Line:
    steps = {step for step in (Step.CROSSED, Step.SHORTLISTED, Step.IN_ROUND) if getattr(row, step)}
    if row.state == State.SELECTED:
        steps.add(Step.SELECTED)
    place = PLACES.get(row.state, Place.STANDING)
    where = row.departement_code or ""
    return Line(bool(row.posted), place, frozenset(steps), row.theme, where, row.kind, row.population)


def every_need(session: Session) -> Iterator[Sequence[tuple[Need, Organisation]]]:
    """All that are public, some at a time, in the order of their numbers."""
    last = 0
    while True:
        wanted = select(Need, Organisation).join(Need.organisation).order_by(Need.id).limit(AT_ONCE)
        rows = session.execute(wanted.where(and_(Need.id > last, Need.posted_at.is_not(None)))).all()
        if not rows:
            return
        last = rows[-1][0].id
        yield [(need, body) for need, body in rows]
        session.expunge_all()
