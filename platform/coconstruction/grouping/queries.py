from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import coverage_of, membership_of
from coconstruction.grouping.models import DismissedPair
from coconstruction.grouping.similarity import Portrait, Resemblance, portrait, resemblance
from coconstruction.needs.models import Need, SteppedOut, Support
from coconstruction.triage.policy import ANSWERABLE

LEAST = 25  # below, two texts share little but the words everyone uses


@dataclass(frozen=True)
class Suggestion:
    need: Need
    why: Resemblance


@dataclass(frozen=True)
class Effect:
    """What the common need would count, each organisation once, and what its parts count one by one."""

    supports: int
    members: int
    inhabitants: int
    supports_apart: int
    members_apart: int


def needs(session: Session, keys: Sequence[int]) -> Sequence[Need]:
    """In the order given."""
    wanted = select(Need).where(Need.id.in_(keys), Need.posted_at.is_not(None)).options(joinedload(Need.organisation))
    found = {each.id: each for each in session.scalars(wanted)}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def suggestions(session: Session, need: Need, near: Sequence[int]) -> Sequence[Suggestion]:
    """Of those `near` (what the search finds for its words), the ones that resemble it and were not set apart."""
    apart = _set_apart(session, need)
    others = [each for each in needs(session, near) if each.state in ANSWERABLE and each.id not in apart | {need.id}]
    mine = _portrait(need)
    found = [Suggestion(each, resemblance(mine, _portrait(each))) for each in others]
    return sorted((each for each in found if each.why.score >= LEAST), key=lambda each: (-each.why.score, each.need.id))


def effect(session: Session, keys: Sequence[int]) -> Effect:
    """Three statements, whatever their number."""
    voices = session.execute(select(Support.organisation_id).where(Support.need_id.in_(keys))).scalars().all()
    there = Membership.need_id.in_(keys), Membership.left_at.is_(None)
    joined = session.scalars(select(Membership.organisation_id).where(*there)).all()
    covered = coverage_of(session, set(joined)).population
    return Effect(len(set(voices)), len(set(joined)), covered, len(voices), len(joined))


def is_involved(session: Session, need_id: int, organisation_id: int) -> bool:
    """Whether this organisation supports it or joined it."""
    if session.get(Support, (need_id, organisation_id)) is not None:
        return True
    return membership_of(session, need_id, organisation_id) is not None


def is_out(session: Session, need_id: int, organisation_id: int) -> bool:
    return session.get(SteppedOut, (need_id, organisation_id)) is not None


def common_of(session: Session, child: Need) -> Need | None:
    return session.get(Need, child.common_id) if child.common_id else None


def _set_apart(session: Session, need: Need) -> set[int]:
    pairs = select(DismissedPair).where(or_(DismissedPair.first_id == need.id, DismissedPair.second_id == need.id))
    known = session.scalars(pairs).all()
    others = [pair.second_id if pair.first_id == need.id else pair.first_id for pair in known]
    rows = session.execute(select(Need.id, Need.version).where(Need.id.in_([need.id, *others])))
    versions = {key: version for key, version in rows}
    return {
        other
        for pair, other in zip(known, others, strict=True)
        if (versions[pair.first_id], versions[pair.second_id]) == (pair.first_version, pair.second_version)
    }


def _portrait(need: Need) -> Portrait:
    body = " ".join((need.problem, need.audience, need.workaround, need.expected_effect))
    return portrait(need.title, body, need.theme, need.departement_code)
