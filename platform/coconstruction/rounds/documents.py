"""The published document of a round: all it takes to count again, and what the count gave. Its canonical JSON has the
same bytes whoever computes it: a page reads the worker’s row, or works it out when the worker has not passed."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.accounts.eligibility import may
from coconstruction.rounds import queries
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.counting import greedy
from coconstruction.rounds.models import Ballot, Candidate, Round, RoundResult
from coconstruction.rounds.snapshots import portrait
from coconstruction.territories.models import KINDS, Organisation

Document = dict[str, Any]
DATES = (Phase.VOTING, Phase.COUNTING, Phase.PUBLISHED)
VOTERS = tuple(kind for kind in KINDS if may(kind, "vote"))


def published(session: Session, round_: Round) -> Document:
    """The caller has checked that the publication date has come."""
    stored = session.get(RoundResult, round_.id)
    return stored.outcome if stored is not None else computed(session, round_)


def computed(session: Session, round_: Round) -> Document:
    ballots = _ballots(session, round_.id)
    calendar = queries.calendar_of(session, round_.id)
    return {
        "format": "tour/1",
        "round": {"slug": round_.slug, "title": round_.title},
        "calendar": {phase.value: calendar.starts[phase].isoformat() for phase in DATES},
        "envelope": round_.envelope,
        "rule": round_.rule,
        "seed": round_.seed,
        "voters": list(VOTERS),
        "setup_hash": round_.setup_hash,
        "candidates": [_published_candidate(each) for each in round_.candidates],
        "lot_order": [each.id for each in round_.candidates],
        "electorate": _electorate(session),
        "ballots": [_ballot(each) for each in ballots],
        "outcome": _outcome(round_, ballots),
    }


def setup(round_: Round) -> dict[str, Any]:
    """What the first ballot freezes."""
    return {
        "round": round_.slug,
        "envelope": round_.envelope,
        "rule": round_.rule,
        "seed": round_.seed,
        "candidates": [_candidate(each) for each in round_.candidates],
        "voters": list(VOTERS),
    }


def _outcome(round_: Round, ballots: list[Ballot]) -> dict[str, Any]:
    candidates = [greedy.Candidate(each.id, each.price, each.lot_rank) for each in round_.candidates]
    choices = {each.organisation_id: each.choices for each in ballots}
    return greedy.count(candidates, choices, round_.envelope).as_json()


def _candidate(candidate: Candidate) -> dict[str, Any]:
    copied = candidate.snapshot
    return {
        "id": candidate.id,
        "need": candidate.need_id,
        "title": copied["title"],
        "path": copied["path"],
        "price": candidate.price,
        "lot_rank": candidate.lot_rank,
        "covered_population": copied["covered_population"],
        "members": [each["code"] for each in copied["members"]],
        "snapshot_hash": candidate.snapshot_hash,
    }


def _published_candidate(candidate: Candidate) -> dict[str, Any]:
    return {**_candidate(candidate), "snapshot": candidate.snapshot}


def _ballot(ballot: Ballot) -> dict[str, Any]:
    return {
        "organisation": portrait(ballot.organisation),
        "version": ballot.version,
        "choices": ballot.choices,
        "cast_at": ballot.cast_at.isoformat(timespec="microseconds"),
        "salt": ballot.salt,
        "receipt": ballot.receipt,
    }


def _ballots(session: Session, round_id: int) -> list[Ballot]:
    """By public code of the organisation."""
    wanted = select(Ballot).where(Ballot.round_id == round_id).options(joinedload(Ballot.organisation))
    return sorted(session.scalars(wanted), key=lambda each: each.organisation.code)


def _electorate(session: Session) -> dict[str, dict[str, int]]:
    """How many organisations could vote, by kind and by département."""
    by = (Organisation.kind, Organisation.departement_code)
    rows = session.execute(
        select(*by, func.count()).where(Organisation.active, Organisation.kind.in_(VOTERS)).group_by(*by)
    ).all()
    kinds: dict[str, int] = {}
    departements: dict[str, int] = {}
    for kind, departement, count in rows:
        kinds[kind] = kinds.get(kind, 0) + count
        departements[departement or ""] = departements.get(departement or "", 0) + count
    return {"kinds": kinds, "departements": departements}
