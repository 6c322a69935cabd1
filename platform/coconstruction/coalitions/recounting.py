"""After an import, what open coalitions cover is counted anew; closed decisions keep their vintage
(docs/decisions/0016)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.coalitions import queries
from coconstruction.coalitions.crossing import Change, settle
from coconstruction.coalitions.models import Cause, Membership
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need
from coconstruction.needs.queries import stepped_out


@dataclass(frozen=True)
class Recount:
    """In inhabitants."""

    need: Need
    before: int
    after: int


def recount_open(session: Session) -> list[Recount]:
    """Every open need is locked first, in order: the lines of the journal come after."""
    open_needs = select(Need).where(Need.state.in_(TAKES_ORGANISATIONS)).order_by(Need.id)
    needs = session.scalars(open_needs.with_for_update(of=Need).execution_options(populate_existing=True)).all()
    members: dict[int, list[int]] = defaultdict(list)
    counted = func.coalesce(Need.common_id, Need.id)
    present = select(counted, Membership.organisation_id).join(Membership.need)
    present = present.where(Membership.left_at.is_(None), ~stepped_out(Membership))
    for need_id, organisation_id in session.execute(present):
        members[need_id].append(organisation_id)
    recounts = []
    for need in needs:
        covered = queries.coverage_of(session, members[need.id]).population
        if covered != need.covered_population:
            recounts.append(Recount(need, need.covered_population, covered))
            need.covered_population = covered
    session.flush()
    return recounts


def cross_reached(session: Session, recounts: Sequence[Recount]) -> Iterator[Need]:
    """The needs that more inhabitants carried over the line, told like any other crossing."""
    for each in recounts:
        if settle(session, each.need, Change(Cause.IMPORT)):
            yield each.need
