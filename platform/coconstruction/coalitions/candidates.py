"""Who might join a coalition: its supporters, then those around its members. Three statements, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import ColumnExpressionArgument, Select, and_, or_, select
from sqlalchemy.orm import Session

from coconstruction.accounts.eligibility import RIGHTS
from coconstruction.coalitions import queries
from coconstruction.coalitions.missing import Candidate, Proposal, Situation, proposals
from coconstruction.needs.models import Need, Support
from coconstruction.territories.coverage import Atlas
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import atlas

MAY_JOIN = sorted(kind for kind, rights in RIGHTS.items() if "join" in rights)
GROUPS = ("cc", "ca", "cu", "metropole", "ept", "statut_particulier")
MOST_AROUND, MOST_COMMUNES = 300, 60


class Affinity(IntEnum):
    """How near, the least first."""

    REGION = 1
    ALIKE = 2
    DEPARTEMENT = 3
    AROUND = 4
    SUPPORTS = 5
    SUPPORTS_NEAR = 6


@dataclass(frozen=True)
class Body:
    """An organisation proposed, why, and the inhabitants that it alone would bring."""

    organisation: Organisation
    affinity: Affinity
    gain: int


@dataclass(frozen=True)
class Missing:
    """A set whose joining would cross the line: these, and `others` whoever they are, of whom `examples` are near."""

    bodies: Sequence[Body]
    others: int
    examples: Sequence[Body]
    gain: int
    least: bool


def missing(session: Session, need: Need, coalition: queries.Coalition) -> Sequence[Missing]:
    """Nothing once the line is crossed."""
    if coalition.progress.met:
        return []
    members = [each.membership.organisation for each in coalition.members]
    near = members or [need.organisation]
    found = _around(session, need, near, {each.id for each in members})
    known, mask = atlas(session), atlas(session).union(each.id for each in members)
    regions = frozenset(each.region_code for each in members if each.region_code)
    cents = coalition.totals.get("euros", 0)
    situation = Situation(mask, regions, queries.figures(session, need, members, cents, known.population(mask)))
    bodies = {key: Body(body, affinity, known.gain(mask, key)) for key, (body, affinity) in found.items()}
    candidates = [_candidate(known, each) for each in bodies.values()]
    _version, rule = queries.rule_in_force(session)
    nearest = sorted(bodies.values(), key=lambda each: (-each.affinity, -each.gain, each.organisation.id))
    return [_told(each, bodies, nearest) for each in proposals(known, situation, rule, candidates)]


def _candidate(known: Atlas, body: Body) -> Candidate:
    there = body.organisation
    return Candidate(
        there.id, known.mask(there.id), body.gain, there.departement_level, there.region_code, body.affinity
    )


def _told(proposal: Proposal, bodies: Mapping[int, Body], nearest: Iterable[Body]) -> Missing:
    core = [bodies[each.id] for each in proposal.bodies]
    rest = [each for each in nearest if each not in core and each.gain > 0]
    return Missing(core, proposal.others, rest[: proposal.others][:3], proposal.gain, proposal.least)


def _around(
    session: Session, need: Need, near: Sequence[Organisation], there: set[int]
) -> dict[int, tuple[Organisation, Affinity]]:
    regions = {each.region_code for each in near if each.region_code}
    departements = {each.departement_code for each in near if each.departement_code}
    known = atlas(session)
    holding = {key for each in near for key in known.around(each.id)} if len(near) <= MOST_AROUND else set()
    usable = Organisation.active, Organisation.kind.in_(MAY_JOIN)
    supports = select(Organisation).join(Support, Support.organisation_id == Organisation.id)
    voices = session.scalars(supports.where(Support.need_id == need.id, *usable)).all()
    large = or_(Organisation.kind.in_(GROUPS), Organisation.departement_level, Organisation.kind == "region")
    groups = session.scalars(_largest(MOST_AROUND, *usable, Organisation.region_code.in_(regions), large)).all()
    here = and_(Organisation.departement_code.in_(departements), Organisation.kind == "commune")
    communes = session.scalars(_largest(MOST_COMMUNES, *usable, here)).all()
    kinds = {each.kind for each in near}
    found = {body.id: (body, _affinity(body, holding, departements, kinds)) for body in (*groups, *communes)}
    near_voice = {True: Affinity.SUPPORTS_NEAR, False: Affinity.SUPPORTS}
    found |= {body.id: (body, near_voice[body.region_code in regions]) for body in voices}
    return {key: pair for key, pair in found.items() if key not in there}


def _largest(limit: int, *where: ColumnExpressionArgument[bool]) -> Select[Organisation]:
    return select(Organisation).where(*where).order_by(Organisation.population.desc(), Organisation.id).limit(limit)


def _affinity(body: Organisation, holding: set[int], departements: set[str], kinds: set[str]) -> Affinity:
    if body.id in holding:
        return Affinity.AROUND
    if body.departement_code in departements:
        return Affinity.DEPARTEMENT
    return Affinity.ALIKE if body.kind in kinds else Affinity.REGION
