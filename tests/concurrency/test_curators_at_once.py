"""Curators who do the same thing at the same instant: one of them does it, the others are told."""

from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, Support
from coconstruction.settings import Settings
from coconstruction.triage.actions import Answer, draft
from coconstruction.triage.models import Decision
from tests import cast
from tests.concurrency.crowd import Act, rush

CURATORS = 4


@pytest.fixture
def keys(app: Flask) -> list[str]:
    with app.app_context(), transaction() as session:
        for number in range(CURATORS):
            cast.agent(session, f"curatrice{number}@etat.example", curator=True)
        session.flush()
        return [cast.session_key(session, f"curatrice{number}@etat.example") for number in range(CURATORS)]


@pytest.fixture
def needs(app: Flask) -> list[int]:
    with app.app_context(), transaction() as session:
        vern = cast.affiliation(session, "maire@vern.example", cast.VERN)
        titles = [f"Cantine numéro {number}" for number in range(6)]
        return [cast.posted_need(session, vern, replace(cast.CONTENT, title=title)) for title in titles]


def lines(session: Session, action: str) -> int:
    return session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.action == action)) or 0


def test_the_same_drafts_are_published_once(
    app: Flask, worker_settings: Settings, session: Session, keys: list[str], needs: list[int]
) -> None:
    with app.app_context(), transaction() as writing:
        curator = cast.agent(writing, "curatrice0@etat.example")
        draft(writing, curator, needs, Answer("decline", "Du matériel."))
    form = {"act": "publier", "geste": "appliquer", "besoin": [str(each) for each in needs]}
    rush(worker_settings, [Act(key, "/curation/besoins/ensemble", form) for key in keys])
    assert Counter(session.scalars(select(Decision.need_id))) == Counter(needs)
    assert lines(session, "need.declined") == len(needs)


def test_overlapping_groups_leave_each_need_under_one_at_most(
    app: Flask, worker_settings: Settings, session: Session, keys: list[str], needs: list[int]
) -> None:
    """Each curator groups three of the six, and each three overlap with the next."""
    acts = [
        Act(
            keys[number],
            "/curation/regroupement",
            {
                "into": str(needs[number]),
                "motive": "Semblables.",
                "besoin": [str(each) for each in needs[number : number + 3]],
            },
        )
        for number in range(CURATORS)
    ]
    statuses = Counter(rush(worker_settings, acts))
    assert set(statuses) <= {303, 409}
    assert statuses[303] >= 1
    assert statuses[409] >= 1
    for need_id in needs:
        need = session.get_one(Need, need_id)
        children = session.scalars(select(Need.id).where(Need.common_id == need_id)).all()
        assert need.groups == len(children)
        assert not (need.groups and need.common_id)
        counted = select(func.count(func.distinct(Support.organisation_id))).where(
            Support.need_id.in_([need_id, *children])
        )
        assert need.supports_count == session.scalar(counted)
    grouped = session.scalar(select(func.count()).select_from(Need).where(Need.common_id.is_not(None)))
    assert lines(session, "need.grouped") == grouped
