"""Reviews are saved, submitted once, then corrected with a reason; interests are declared; grids follow one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.database import insert_once, lock
from coconstruction.errors import edited_meanwhile
from coconstruction.journal import By, record
from coconstruction.needs.models import Need
from coconstruction.scoring import policy, queries
from coconstruction.scoring.grid import Criterion, as_rows
from coconstruction.scoring.models import DeclaredInterest, Review, ReviewCorrection, ScoringGrid
from coconstruction.scoring.panel import Panel


@dataclass(frozen=True)
class Opinion:
    """`version`: of the grid that was before the curator’s eyes."""

    version: int
    notes: Mapping[str, int]
    comment: str


def save_draft(session: Session, curator: Agent, need_id: int, opinion: Opinion) -> Review:
    """Its author’s alone: no line of the journal."""
    return _write(session, curator, need_id, opinion)[1]


def submit(session: Session, curator: Agent, need_id: int, opinion: Opinion) -> Review:
    """Every criterion has its note. The journal says that it is submitted, never what it says."""
    need, review = _write(session, curator, need_id, opinion)
    review.submitted_at = review.saved_at
    _tell(session, curator, need, "review.submitted", opinion.version)
    return review


def correct(session: Session, curator: Agent, need_id: int, opinion: Opinion, motive: str) -> Review:
    """What it said before is kept, with the motive. Nothing is told when nothing changes."""
    need = lock(session, Need, need_id)
    panel, found = queries.panel(session, curator, need, opinion.version)
    if refusal := policy.refusal_to_correct(need, found.get(curator.id, []), panel):
        raise refusal
    review = session.get_one(Review, panel.mine.id if panel.mine else 0)
    if (dict(opinion.notes), opinion.comment) == (review.notes, review.comment):
        return review
    former = {"notes": review.notes, "comment": review.comment, "motive": motive, "at": clock.now()}
    session.add(ReviewCorrection(review_id=review.id, number=len(review.corrections) + 1, **former))
    review.notes, review.comment, review.saved_at = dict(opinion.notes), opinion.comment, clock.now()
    _tell(session, curator, need, "review.corrected", opinion.version)
    return review


def discard_draft(session: Session, curator: Agent, need_id: int) -> None:
    need = lock(session, Need, need_id)
    panel, _ = queries.panel(session, curator, need)
    if refusal := policy.refusal_to_discard(need, panel):
        raise refusal
    session.delete(queries.own_review(session, panel))


def declare_interest(session: Session, curator: Agent, need_id: int, reason: str) -> None:
    """From then on, what the curator wrote no longer counts."""
    need = lock(session, Need, need_id)
    if refusal := policy.refusal_to_declare(need, queries.interests(session, curator, need)):
        raise refusal
    key = {"need_id": need.id, "curator_id": curator.id}
    row = session.get(DeclaredInterest, (need.id, curator.id)) or DeclaredInterest(**key)
    row.reason, row.at, row.withdrawn_at = reason, clock.now(), None
    session.add(row)
    record(session, "interest.declared", ("need", need.id), by=By(agent_id=curator.id))


def withdraw_interest(session: Session, curator: Agent, need_id: int) -> None:
    need = lock(session, Need, need_id)
    if refusal := policy.refusal_to_withdraw(need, queries.interests(session, curator, need)):
        raise refusal
    session.get_one(DeclaredInterest, (need.id, curator.id)).withdrawn_at = clock.now()
    record(session, "interest.withdrawn", ("need", need.id), by=By(agent_id=curator.id))


def publish_grid(session: Session, curator: Agent, criteria: Sequence[Criterion], motive: str, seen: int) -> int:
    """The new version. `seen`: the one in force when the form was opened."""
    version = queries.version_in_force(session)
    if refusal := policy.refusal_to_publish(changed=list(criteria) != queries.grid(session, version).read):
        raise refusal
    values = {"criteria": as_rows(criteria), "motive": motive, "curator_id": curator.id, "at": clock.now()}
    if version != seen or not insert_once(session, ScoringGrid, version=version + 1, **values):
        raise edited_meanwhile("/curation/grille")
    about, payload = ("scoring_grid", version + 1), {"criteria": as_rows(criteria), "motive": motive}
    record(session, "scoring_grid.published", about, by=By(agent_id=curator.id), payload=payload)
    return version + 1


def _write(session: Session, curator: Agent, need_id: int, opinion: Opinion) -> tuple[Need, Review]:
    """On the draft, or on a new one."""
    need = lock(session, Need, need_id)
    panel, found = queries.panel(session, curator, need)
    if refusal := policy.refusal_to_review(need, found.get(curator.id, []), panel):
        raise refusal
    if panel.version != opinion.version:
        raise edited_meanwhile(f"/curation/besoins/{need.id}/evaluation")
    review = _draft(session, curator, need, panel)
    review.notes, review.comment = dict(opinion.notes), opinion.comment
    review.grid_version, review.saved_at = opinion.version, clock.now()
    session.flush()
    return need, review


def _draft(session: Session, curator: Agent, need: Need, panel: Panel) -> Review:
    known = queries.own_review(session, panel)
    if known is not None:
        return known
    fresh = Review(need_id=need.id, curator_id=curator.id)
    session.add(fresh)
    return fresh


def _tell(session: Session, curator: Agent, need: Need, action: str, version: int) -> None:
    record(session, action, ("need", need.id), by=By(agent_id=curator.id), payload={"grid": version})
