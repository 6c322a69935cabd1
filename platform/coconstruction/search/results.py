"""Hits of the index joined to what they stand for, with the figures of the database of this very moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coconstruction.needs.models import Need
from coconstruction.search.index import Answer, Hit, Question
from coconstruction.solutions.models import Solution
from coconstruction.territories.models import Organisation

MODELS: Mapping[str, Any] = {"need": Need, "solution": Solution, "organisation": Organisation}


@dataclass(frozen=True)
class Result:
    hit: Hit
    thing: Any


@dataclass(frozen=True)
class Results:
    results: Sequence[Result]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    suggestion: str | None
    last_page: int


def results(session: Session, answer: Answer, question: Question, but: tuple[str, int] | None = None) -> Results:
    """At most one statement per kind. A hit whose thing has just gone is left out, and so is `but`."""
    things = {kind: _load(session, kind, answer) for kind in MODELS}
    found = [
        Result(hit, things[hit.kind][hit.id])
        for hit in answer.hits
        if hit.id in things[hit.kind] and (hit.kind, hit.id) != but
    ]
    last = max(1, -(-answer.total // question.per_page))
    return Results(found, answer.total, answer.facets, answer.suggestion, last)


def _load(session: Session, kind: str, answer: Answer) -> dict[int, Any]:
    ids = [hit.id for hit in answer.hits if hit.kind == kind]
    if not ids:
        return {}
    wanted = select(MODELS[kind]).where(MODELS[kind].id.in_(ids))
    if kind == "need":
        wanted = wanted.options(joinedload(Need.organisation))
    return {each.id: each for each in session.scalars(wanted)}
