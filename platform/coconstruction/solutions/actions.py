"""The catalogue is entered by curators."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import lock, refused_when_taken
from coconstruction.errors import Link, Refused, edited_meanwhile
from coconstruction.journal import By, record
from coconstruction.solutions.content import SolutionContent
from coconstruction.solutions.models import Solution


def enter(session: Session, by: By, content: SolutionContent) -> Solution:
    solution = Solution(**content.fields(), entered_by_id=by.agent_id, created_at=clock.now(), updated_at=clock.now())
    with refused_when_taken(session, lambda: _name_taken(session, content.name)):
        session.add(solution)
    record(session, "solution.entered", ("solution", solution.id), by=by, payload={"name": solution.name})
    return solution


def edit(session: Session, by: By, solution_id: int, content: SolutionContent, seen: str | None) -> Solution:
    """`seen`: `saved_mark` of the sheet as the page showed it."""
    solution = lock(session, Solution, solution_id)
    changed = {name: value for name, value in content.fields().items() if getattr(solution, name) != value}
    if changed and seen != solution.saved_mark:
        raise edited_meanwhile(f"/solutions/{solution.id}/modification")
    if changed:
        with refused_when_taken(session, lambda: _name_taken(session, content.name)):
            for name, value in changed.items():
                setattr(solution, name, value)
            solution.updated_at = clock.now()
        record(session, "solution.edited", ("solution", solution.id), by=by, payload={"changed": sorted(changed)})
    return solution


def _name_taken(session: Session, name: str) -> Refused:
    known = session.scalar(select(Solution).where(Solution.name == name))
    link = Link(str(_l("Voir la fiche existante")), known.path) if known else None
    return Refused("name_taken", _l("Une solution porte déjà ce nom au catalogue."), link)
