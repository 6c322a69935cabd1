from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from coconstruction.accounts.models import Affiliation, AffiliationProof, Agent
from coconstruction.coalitions.models import Membership
from coconstruction.errors import NotFound
from coconstruction.needs.models import Need, State
from coconstruction.scoring.grid import weights
from coconstruction.scoring.models import DeclaredInterest, Review, ScoringGrid
from coconstruction.scoring.panel import Panel, Sheet, version_for
from coconstruction.scoring.policy import REVIEWED, Cause, Interest
from coconstruction.scoring.score import Summary, summary
from coconstruction.territories.models import Organisation
from coconstruction.territories.perimeters import heirs

MOST_NEEDS = 200
Interests = Mapping[int, Sequence[Interest]]


@dataclass(frozen=True)
class Recused:
    """How many curators stepped aside, and the kinds of organisations they are tied to: never who."""

    count: int
    kinds: Sequence[str]


# --- interests ---


def interests(session: Session, curator: Agent, need: Need) -> Sequence[Interest]:
    """Declared by the curator, or found: a tie to who bears the need or is in its coalition today. Nothing found is not
    proof of anything; something found is enough to step aside."""
    return interests_in(session, [need], [curator.id])[need.id].get(curator.id, [])


def reviewers_without_interest(session: Session, need: Need, curators: Sequence[Agent]) -> list[Agent]:
    found = interests_in(session, [need], [each.id for each in curators])[need.id]
    return [each for each in curators if each.id not in found]


def interests_in(session: Session, needs: Sequence[Need], curator_ids: Collection[int]) -> Mapping[int, Interests]:
    """By need, then by curator, those who have some. Four statements, however many there are."""
    found: dict[int, dict[int, list[Interest]]] = {each.id: defaultdict(list) for each in needs}
    wanted = DeclaredInterest.need_id.in_(found), DeclaredInterest.withdrawn_at.is_(None)
    for each in session.scalars(select(DeclaredInterest).where(*wanted)):
        if each.curator_id in curator_ids:
            found[each.need_id][each.curator_id].append(Interest(Cause.DECLARED, reason=each.reason))
    ties = _ties(session, curator_ids)
    for need_id, cause, organisation_id in _stakes(session, found, ties):
        for curator_id, organisation in ties[organisation_id]:
            if not any(each.organisation is organisation for each in found[need_id][curator_id]):
                found[need_id][curator_id].append(Interest(cause, organisation))
    return {need_id: {key: held for key, held in by.items() if held} for need_id, by in found.items()}


def recused(session: Session, need_id: int) -> Recused:
    """For a published decision."""
    need = session.get_one(Need, need_id)
    team = set(session.scalars(select(Agent.id).where(Agent.is_curator)))
    declared = DeclaredInterest.need_id == need_id, DeclaredInterest.withdrawn_at.is_(None)
    team |= set(session.scalars(select(DeclaredInterest.curator_id).where(*declared)))
    found = interests_in(session, [need], team)[need_id]
    bodies = (each.organisation for held in found.values() for each in held)
    return Recused(len(found), sorted({body.kind for body in bodies if body is not None}))


def _ties(session: Session, curator_ids: Collection[int]) -> Mapping[int, Sequence[tuple[int, Organisation]]]:
    """Whom each organisation is or was proven to be tied to, itself or what it became."""
    proven = select(AffiliationProof.affiliation_id).where(AffiliationProof.affiliation_id == Affiliation.id).exists()
    wanted = select(Affiliation.agent_id, Organisation).join(Affiliation.organisation)
    rows = session.execute(wanted.where(Affiliation.agent_id.in_(curator_ids), proven).order_by(Affiliation.id)).all()
    lines = heirs(session) if rows else {}
    found: dict[int, list[tuple[int, Organisation]]] = defaultdict(list)
    for curator_id, organisation in rows:
        for key in _same(organisation.id, lines):
            found[key].append((curator_id, organisation))
    return found


def _same(key: int, lines: Mapping[int, Iterable[int]]) -> set[int]:
    """The organisation, what took its place and what it took the place of."""
    same, waiting = {key}, [key]
    while waiting:
        each = waiting.pop()
        before = {former for former, latter in lines.items() if each in latter}
        new = (set(lines.get(each, ())) | before) - same
        same |= new
        waiting += new
    return same


def _stakes(
    session: Session, need_ids: Collection[int], organisation_ids: Collection[int]
) -> Sequence[tuple[int, Cause, int]]:
    """Which of these organisations bear these needs, or are in their coalitions; or those of needs that they group."""
    if not organisation_ids:
        return []
    these = or_(Need.id.in_(need_ids), Need.common_id.in_(need_ids))
    bear = select(Need.id, Need.common_id, Need.organisation_id).where(
        these, Need.organisation_id.in_(organisation_ids)
    )
    there = select(Need.id, Need.common_id, Membership.organisation_id).join(Membership, Membership.need_id == Need.id)
    there = there.where(these, Membership.organisation_id.in_(organisation_ids), Membership.left_at.is_(None))
    return [
        (key, cause, body)
        for cause, wanted in ((Cause.BEARS, bear), (Cause.JOINED, there))
        for need_id, common_id, body in session.execute(wanted)
        for key in (need_id, common_id)
        if key is not None and key in need_ids
    ]


# --- grids ---


def grids(session: Session) -> Sequence[ScoringGrid]:
    """The one in force first."""
    wanted = select(ScoringGrid).options(joinedload(ScoringGrid.curator)).order_by(ScoringGrid.version.desc())
    return session.scalars(wanted).all()


def grid(session: Session, version: int) -> ScoringGrid:
    found = session.get(ScoringGrid, version)
    if found is None:
        raise NotFound
    return found


def version_in_force(session: Session) -> int:
    return session.scalars(select(func.max(ScoringGrid.version))).one() or 0


def submitted_by_grid(session: Session) -> Mapping[int, int]:
    """How many reviews stand under each version."""
    counted = select(Review.grid_version, func.count()).where(Review.submitted_at.is_not(None))
    return {version: number for version, number in session.execute(counted.group_by(Review.grid_version))}


# --- reviews ---


def reviewed_need(session: Session, need_id: int) -> Need:
    """Any that is published."""
    wanted = select(Need).options(joinedload(Need.organisation)).where(Need.id == need_id, Need.state != State.DRAFT)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def needs_to_review(session: Session) -> Sequence[Need]:
    wanted = select(Need).options(joinedload(Need.organisation)).where(Need.state.in_(REVIEWED))
    return session.scalars(wanted.order_by(Need.state_at, Need.id).limit(MOST_NEEDS)).all()


def panel(session: Session, curator: Agent, need: Need, version: int | None = None) -> tuple[Panel, Interests]:
    """Under the version by which the need is reviewed today, unless another one is asked for."""
    return panels(session, curator, [need], version)[need.id]


def panels(
    session: Session, curator: Agent, needs: Sequence[Need], version: int | None = None
) -> Mapping[int, tuple[Panel, Interests]]:
    """Six statements, however many needs."""
    sheets: dict[int, list[Sheet]] = {each.id: [] for each in needs}
    for each in _sheets(session, sheets):
        sheets[each.need_id].append(each)
    curators = {each.curator_id for held in sheets.values() for each in held} | {curator.id}
    found, in_force = interests_in(session, needs, curators), version_in_force(session)
    return {
        key: (Panel(curator.id, version or version_for(held, found[key], in_force), held, found[key]), found[key])
        for key, held in sheets.items()
    }


def own_review(session: Session, panel: Panel) -> Review | None:
    return session.get_one(Review, panel.mine.id) if panel.mine else None


def reviews_readable(session: Session, panels: Iterable[Panel]) -> Sequence[Review]:
    """What these panels let be read, and nothing else: what others wrote is only ever loaded here."""
    ids = [sheet.id for each in panels if each.readable for sheet in each.counted]
    if not ids:
        return []
    wanted = select(Review).options(joinedload(Review.curator), selectinload(Review.corrections))
    return session.scalars(wanted.where(Review.id.in_(ids)).order_by(Review.submitted_at, Review.id)).all()


def summaries(session: Session, panels: Mapping[int, Panel]) -> Mapping[int, Summary]:
    """By need, of those whose reviews may be read."""
    by_need: dict[int, list[Review]] = defaultdict(list)
    for each in reviews_readable(session, panels.values()):
        by_need[each.need_id].append(each)
    weighed = {each.version: weights(each.read) for each in grids(session)} if by_need else {}
    return {
        need_id: summary([each.notes for each in held], weighed[panels[need_id].version])
        for need_id, held in by_need.items()
    }


def _sheets(session: Session, need_ids: Collection[int]) -> Iterable[Sheet]:
    """Neither notes nor comments."""
    columns = (Review.id, Review.need_id, Review.curator_id, Review.grid_version, Review.submitted_at.is_not(None))
    return (Sheet(*row) for row in session.execute(select(*columns).where(Review.need_id.in_(need_ids))))
