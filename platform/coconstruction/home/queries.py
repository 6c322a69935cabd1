from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.coalitions.models import Membership
from coconstruction.kept import Kept
from coconstruction.needs.models import Need, State, Support
from coconstruction.needs.queries import LISTED_STATES
from coconstruction.solutions.models import Solution


@dataclass(frozen=True)
class Figures:
    """Counts of what is there now."""

    needs: int
    supports: int
    organisations: int
    solutions: int


def _count(session: Session) -> Figures:
    active = select(Support.organisation_id).union(
        select(Membership.organisation_id).where(Membership.left_at.is_(None))
    )
    row = session.execute(
        select(
            select(func.count()).select_from(Need).where(Need.state.in_(LISTED_STATES)).scalar_subquery(),
            select(func.count()).select_from(Support).scalar_subquery(),
            select(func.count()).select_from(active.subquery()).scalar_subquery(),
            select(func.count()).select_from(Solution).scalar_subquery(),
        )
    ).one()
    return Figures(*row)


figures = Kept(_count)


def closest_to_threshold(session: Session, limit: int = 3) -> Sequence[Need]:
    """Open needs that already gather a coalition, widest first."""
    wanted = (
        select(Need)
        .options(joinedload(Need.organisation))
        .where(Need.state == State.OPEN, Need.members_count > 0)
        .order_by(Need.covered_population.desc(), Need.id)
    )
    return session.scalars(wanted.limit(limit)).all()


def latest_needs(session: Session, limit: int = 3) -> Sequence[Need]:
    wanted = select(Need).options(joinedload(Need.organisation)).where(Need.state == State.OPEN)
    return session.scalars(wanted.order_by(Need.posted_at.desc()).limit(limit)).all()


def latest_solutions(session: Session, limit: int = 3) -> Sequence[Solution]:
    return session.scalars(select(Solution).order_by(Solution.created_at.desc(), Solution.id).limit(limit)).all()
