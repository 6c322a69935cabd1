"""Who might join a coalition: its supporters, then those around its members. As many statements whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Any, NamedTuple

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
MOST_AROUND, MOST_COMMUNES, MOST_EXAMPLES = 300, 60, 3


class Affinity(IntEnum):
    """How near, the least first."""

    REGION = 1
    ALIKE = 2
    DEPARTEMENT = 3
    AROUND = 4
    SUPPORTS = 5
    SUPPORTS_NEAR = 6


class Near(NamedTuple):
    """What choosing needs to know of an organisation: hundreds are looked at, ten shown."""

    id: int
    kind: str
    region_code: str | None
    departement_code: str | None
    departement_level: bool


COLUMNS = (
    Organisation.id,
    Organisation.kind,
    Organisation.region_code,
    Organisation.departement_code,
    Organisation.departement_level,
)


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
    known = atlas(session)
    mask = known.union(each.id for each in members)
    regions = frozenset(each.region_code for each in members if each.region_code)
    cents = coalition.totals.get("euros", 0)
    situation = Situation(mask, regions, queries.figures(session, need, members, cents, known.population(mask)))
    found = _around(session, need, members or [need.organisation])
    there = {each.id for each in members}
    candidates = [_candidate(known, mask, *pair) for pair in found.values() if pair[0].id not in there]
    _version, rule = queries.rule_in_force(session)
    chosen = proposals(known, situation, rule, candidates)
    nearest = sorted((each for each in candidates if each.gain > 0), key=lambda c: (-c.affinity, -c.gain, c.id))
    examples = [_examples(each, nearest) for each in chosen]
    shown = {each.id: each for one, more in zip(chosen, examples, strict=True) for each in (*one.bodies, *more)}
    bodies = _bodies(session, shown)
    return [_told(each, others, bodies) for each, others in zip(chosen, examples, strict=True)]


def _told(proposal: Proposal, examples: Iterable[Candidate], bodies: Mapping[int, Body]) -> Missing:
    core, some = [bodies[each.id] for each in proposal.bodies], [bodies[each.id] for each in examples]
    return Missing(core, proposal.others, some, proposal.gain, proposal.least)


def _candidate(known: Atlas, mask: int, near: Near, affinity: Affinity) -> Candidate:
    gain = known.gain(mask, near.id)
    return Candidate(near.id, known.mask(near.id), gain, near.departement_level, near.region_code, affinity)


def _examples(proposal: Proposal, nearest: Iterable[Candidate]) -> Sequence[Candidate]:
    """The first who could be one of the others."""
    rest = (each for each in nearest if each not in proposal.bodies)
    return list(islice(rest, min(proposal.others, MOST_EXAMPLES)))


def _bodies(session: Session, shown: Mapping[int, Candidate]) -> dict[int, Body]:
    wanted = session.scalars(select(Organisation).where(Organisation.id.in_(shown))) if shown else ()
    return {each.id: Body(each, Affinity(shown[each.id].affinity), shown[each.id].gain) for each in wanted}


def _around(session: Session, need: Need, near: Sequence[Organisation]) -> dict[int, tuple[Near, Affinity]]:
    regions = {each.region_code for each in near if each.region_code}
    departements = {each.departement_code for each in near if each.departement_code}
    known = atlas(session)
    holding = {key for each in near for key in known.around(each.id)}
    usable = Organisation.active, Organisation.kind.in_(MAY_JOIN)
    supports = select(*COLUMNS).join(Support, Support.organisation_id == Organisation.id)
    voices = _rows(session, supports.where(Support.need_id == need.id, *usable))
    large = or_(Organisation.kind.in_(GROUPS), Organisation.departement_level, Organisation.kind == "region")
    groups = _rows(session, _largest(MOST_AROUND, *usable, Organisation.region_code.in_(regions), large))
    here = and_(Organisation.departement_code.in_(departements), Organisation.kind == "commune")
    communes = _rows(session, _largest(MOST_COMMUNES, *usable, here))
    kinds = {each.kind for each in near}
    found = {body.id: (body, _affinity(body, holding, departements, kinds)) for body in (*groups, *communes)}
    near_voice = {True: Affinity.SUPPORTS_NEAR, False: Affinity.SUPPORTS}
    return found | {body.id: (body, near_voice[body.region_code in regions]) for body in voices}


def _rows(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[Near]:
    return [Near(*row) for row in session.execute(wanted)]


def _largest(limit: int, *where: ColumnExpressionArgument[bool]) -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS).where(*where).order_by(Organisation.population.desc(), Organisation.id).limit(limit)


def _affinity(body: Near, holding: set[int], departements: set[str], kinds: set[str]) -> Affinity:
    if body.id in holding:
        return Affinity.AROUND
    if body.departement_code in departements:
        return Affinity.DEPARTEMENT
    return Affinity.ALIKE if body.kind in kinds else Affinity.REGION
