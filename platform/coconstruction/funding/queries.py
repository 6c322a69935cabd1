from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coconstruction import clock
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions import queries as coalitions
from coconstruction.coalitions.models import PledgeKind, ThresholdRule
from coconstruction.coalitions.queries import Coalition, Member
from coconstruction.funding.advice import HUNDRED, Line, Situation, advise
from coconstruction.funding.desks import PUBLISHED, DeskRule, Nature, round_rule
from coconstruction.funding.models import CostSplit
from coconstruction.funding.nature import nature_of
from coconstruction.funding.shares import Method, attributed, split
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import atlas


@dataclass(frozen=True)
class MemberShare:
    """`weighs`: inhabitants attributed to it (rounded), 1, or cents it pledged, by the method."""

    member: Member
    weighs: int
    cents: int


def rules(session: Session) -> Sequence[DeskRule]:
    """Those published by the State, and the versions of the threshold of this site. One statement."""
    versions = session.scalars(select(ThresholdRule).order_by(ThresholdRule.version))
    return [*PUBLISHED, *(round_rule(each.version, each.tree, _day(each)) for each in versions)]


def situation_of(
    session: Session, need: Need, coalition: Coalition, nature: Nature | None = None, cost_cents: int | None = None
) -> Situation:
    """Of its coalition as it is today; of its bearer alone while nobody has joined."""
    there = [each.membership.organisation for each in coalition.members] or [need.organisation]
    pledged = coalition.totals.get(PledgeKind.EUROS, 0)
    covered = coalitions.coverage_of(session, [each.id for each in there]).population
    figures = coalitions.figures(session, need, there, pledged, covered)
    return Situation(
        nature=nature or read_nature(need),
        theme=need.theme,
        origin=need.origin,
        cost_cents=cost_cents or known_cost(need),
        kinds=frozenset(each.kind for each in there),
        inhabitants=figures.inhabitants,
        departements=figures.departements,
        organisations=figures.organisations,
        regions=figures.regions,
        pledged_cents=figures.pledged_cents,
    )


def read_nature(need: Need) -> Nature:
    return nature_of(f"{need.title} {need.problem}")


def known_cost(need: Need) -> int | None:
    return need.estimated_cost * HUNDRED if need.estimated_cost else None


def lines_today(session: Session, need: Need) -> list[Line]:
    """What the desks answer today, for whoever decides where a need goes."""
    today = clock.now().astimezone(clock.PARIS).date()
    coalition = coalitions.coalition(session, need)
    return advise(situation_of(session, need, coalition), rules(session), today)


def chosen_split(session: Session, need_id: int) -> CostSplit | None:
    chooser = joinedload(CostSplit.affiliation).joinedload(Affiliation.organisation)
    return session.scalar(select(CostSplit).options(chooser).where(CostSplit.need_id == need_id))


def shares(session: Session, members: Sequence[Member], method: Method, cents: int) -> Sequence[MemberShare]:
    """In the order of the members. They add up to `cents`."""
    weights = _weights(session, members, method)
    due = split(cents, weights)
    return [MemberShare(each, round(weights[_code(each)]), due[_code(each)]) for each in members]


def _weights(session: Session, members: Sequence[Member], method: Method) -> Mapping[str, Fraction]:
    if method is Method.EQUAL:
        return {_code(each): Fraction(1) for each in members}
    if method is Method.PLEDGE:
        return {_code(each): Fraction(_pledged(each)) for each in members}
    people = attributed(atlas(session), _ids(each.membership.organisation for each in members))
    return {_code(each): people[each.membership.organisation_id] for each in members}


def _pledged(member: Member) -> int:
    """What counts: a condition not met yet is not money."""
    return sum(each.amount for each in member.counted if each.kind == PledgeKind.EUROS)


def _code(member: Member) -> str:
    return member.membership.organisation.code


def _ids(organisations: Iterable[Organisation]) -> list[int]:
    return [each.id for each in organisations]


def _day(version: ThresholdRule) -> date:
    return version.in_force_at.astimezone(clock.PARIS).date()
