"""A review is submitted once and an interest declared once, whoever presses twice."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from coconstruction.needs.models import Need, State
from coconstruction.scoring.models import DeclaredInterest, Review, ScoringGrid
from coconstruction.settings import Settings
from tests import cast
from tests.concurrency.crowd import Act, rush

TEAM = tuple(f"curator{number}@incubateur.example" for number in range(4))


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        number = cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))
        session.get_one(Need, number).state = State.QUALIFIED
        for email in TEAM:
            cast.agent(session, email, curator=True)
        return number


def keys(app: Flask) -> list[str]:
    with app.app_context(), transaction() as session:
        return [cast.session_key(session, email) for email in TEAM]


def review(session: Session, note: int) -> dict[str, object]:
    (grid,) = session.scalars(select(ScoringGrid)).all()
    notes = {f"note_{each.code}": str(note) for each in grid.read}
    return {**notes, "comment": f"Avis {note}", "version": "1", "step": "submit"}


def test_one_curator_who_submits_twice_at_once_submits_one_review(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    (key, *_others), path = keys(app), f"/curation/besoins/{need_id}/evaluation"
    acts = [Act(key, path, review(session, number % 5)) for number in range(12)]
    assert Counter(rush(worker_settings, acts)) == {303: 1, 409: 11}
    kept = session.scalars(select(Review)).one()
    assert len(set(kept.notes.values())) == 1, "one form, not a mixture"
    assert kept.comment == f"Avis {kept.notes['portage']}"
    assert_told(session, {"review.submitted": 1})


def test_four_curators_at_once_write_at_most_what_stays_blind(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    """None of them had begun: once two are in, the others could have read."""
    path = f"/curation/besoins/{need_id}/evaluation"
    acts = [Act(key, path, review(session, number)) for number, key in enumerate(keys(app))]
    assert Counter(rush(worker_settings, acts)) == {303: 2, 409: 2}
    assert session.scalar(select(func.count(Review.id))) == 2
    assert_told(session, {"review.submitted": 2})


def test_an_interest_declared_while_the_review_is_submitted_leaves_no_review_that_counts(
    app: Flask, worker_settings: Settings, session: Session, need_id: int
) -> None:
    key, path = keys(app)[0], f"/curation/besoins/{need_id}"
    acts = [
        act
        for _ in range(4)
        for act in (
            Act(key, f"{path}/interet", {"reason": "Un proche."}),
            Act(key, f"{path}/evaluation", review(session, 2)),
        )
    ]
    statuses = Counter(rush(worker_settings, acts))
    assert set(statuses) <= {303, 403, 409}
    assert session.scalar(select(func.count()).select_from(DeclaredInterest)) == 1
    submitted = session.scalar(select(func.count(Review.id))) or 0
    assert submitted <= 1
    assert_told(session, {"interest.declared": 1, "review.submitted": submitted})


def assert_told(session: Session, expected: dict[str, int]) -> None:
    lines = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    assert first_flaw(lines, *last_line(session)) is None
    counted = Counter(line.action for line in lines)
    assert {action: counted[action] for action in expected} == expected
