from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from coconstruction.errors import NotFound
from coconstruction.solutions.models import Solution

PER_PAGE = 20
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Page:
    solutions: Sequence[Solution]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def page(session: Session, theme: str, lifecycle: str, number: int) -> Page:
    total = session.scalar(_filtered(select(func.count()).select_from(Solution), theme, lifecycle)) or 0
    wanted = _filtered(select(Solution), theme, lifecycle).order_by(Solution.name, Solution.id)
    return Page(session.scalars(wanted.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all(), total, number)


def lifecycles(session: Session, theme: str) -> Mapping[str, int]:
    counted = _filtered(select(Solution.lifecycle, func.count()), theme, "").group_by(Solution.lifecycle)
    return {row[0]: row[1] for row in session.execute(counted)}


def every_name(session: Session) -> Mapping[int, str]:
    """By number, in the order of names."""
    rows = session.execute(select(Solution.id, Solution.name).order_by(Solution.name, Solution.id))
    return {key: name for key, name in rows}


def find(session: Session, solution_id: int) -> Solution | None:
    return session.get(Solution, solution_id)


def solution(session: Session, solution_id: int) -> Solution:
    found = session.get(Solution, solution_id)
    if found is None:
        raise NotFound
    return found


def _filtered(query: Rows, theme: str, lifecycle: str) -> Rows:
    if theme:
        # Theme codes are ASCII words between quotes in the column's JSON text: no code contains another's quotes.
        query = query.where(cast(Solution.themes, String).contains(f'"{theme}"', autoescape=True))
    return query.where(Solution.lifecycle == lifecycle) if lifecycle else query
