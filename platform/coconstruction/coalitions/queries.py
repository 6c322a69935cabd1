from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from coconstruction.coalitions.ledger import Line, standing, totals
from coconstruction.coalitions.models import Crossing, Membership, Pledge, ThresholdRule
from coconstruction.coalitions.thresholds import Figures, Progress, Rule, evaluate, parse
from coconstruction.needs.models import Need
from coconstruction.territories.coverage import Coverage
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import answering, atlas


@dataclass(frozen=True)
class Member:
    membership: Membership
    pledges: Sequence[Pledge]


@dataclass(frozen=True)
class Coalition:
    """Members by population, largest first; `totals` by pledge kind, in the units of `Pledge.amount`."""

    members: Sequence[Member]
    totals: dict[str, int]
    progress: Progress
    crossing: Crossing | None

    def member(self, organisation_id: int) -> Member | None:
        return next((each for each in self.members if each.membership.organisation_id == organisation_id), None)


def coalition(session: Session, need: Need) -> Coalition:
    """Three statements, whatever the number of members."""
    memberships = members(session, need.id)
    by_membership: dict[int, list[Pledge]] = {each.id: [] for each in memberships}
    for pledge in _ledger(session, need.id):
        by_membership.setdefault(pledge.membership_id, []).append(pledge)
    lines = [line for each in memberships for line in by_membership[each.id]]
    organisations = [each.organisation for each in memberships]
    rule, crossing = _rule_and_crossing(session, need.id)
    sums = totals(as_lines(lines))
    return Coalition(
        members=[Member(each, _standing(by_membership[each.id])) for each in memberships],
        totals=sums,
        progress=evaluate(rule, figures(session, need, organisations, sums.get("euros", 0), need.covered_population)),
        crossing=crossing,
    )


def members(session: Session, need_id: int) -> Sequence[Membership]:
    wanted = (
        select(Membership)
        .join(Membership.organisation)
        .options(contains_eager(Membership.organisation))
        .where(Membership.need_id == need_id, Membership.left_at.is_(None))
        .order_by(Organisation.population.desc(), Organisation.id)
    )
    return session.scalars(wanted).all()


def membership_of(session: Session, need_id: int, organisation_id: int) -> Membership | None:
    """The organisation's place in the coalition, unless it left."""
    mine = Membership.need_id == need_id, Membership.organisation_id == organisation_id, Membership.left_at.is_(None)
    return session.scalar(select(Membership).where(*mine))


def coverage_of(session: Session, organisation_ids: Iterable[int]) -> Coverage:
    """The union of the communes of these bodies."""
    return atlas(session).coverage(organisation_ids)


def figures(
    session: Session, need: Need, organisations: Sequence[Organisation], pledged_cents: int, inhabitants: int
) -> Figures:
    """Two members that merged are one organisation since."""
    organisations = answering(session, organisations)
    return Figures(
        inhabitants=inhabitants,
        departements=sum(each.departement_level for each in organisations),
        organisations=len(organisations),
        regions=len({each.region_code for each in organisations if each.region_code}),
        pledged_cents=pledged_cents,
        estimated_cost=need.estimated_cost,
    )


def rule_in_force(session: Session) -> tuple[int, Rule]:
    row = session.execute(
        select(ThresholdRule.version, ThresholdRule.tree).order_by(ThresholdRule.version.desc()).limit(1)
    ).one()
    return row.version, parse(row.tree)


def joined_by(session: Session, organisation_id: int) -> Sequence[Member]:
    """The coalitions it is in, the latest joined first, with what it puts in each. Two statements."""
    wanted = (
        select(Membership)
        .join(Membership.need)
        .options(contains_eager(Membership.need))
        .where(Membership.organisation_id == organisation_id, Membership.left_at.is_(None))
    )
    memberships = session.scalars(wanted.order_by(Membership.joined_at.desc())).all()
    promised = select(Pledge).where(Pledge.membership_id.in_([each.id for each in memberships])).order_by(Pledge.id)
    lines = session.scalars(promised).all() if memberships else []
    return [Member(each, _standing([line for line in lines if line.membership_id == each.id])) for each in memberships]


def as_lines(pledges: Iterable[Pledge]) -> list[Line]:
    return [Line(each.id, each.kind, each.amount, each.event, each.withdraws_id) for each in pledges]


def pledges_of(session: Session, membership_id: int) -> Sequence[Pledge]:
    """The pledges that stand."""
    wanted = select(Pledge).where(Pledge.membership_id == membership_id).order_by(Pledge.id)
    return _standing(session.scalars(wanted).all())


def pledged_cents(session: Session, need_id: int) -> int:
    return totals(as_lines(_ledger(session, need_id))).get("euros", 0)


def _ledger(session: Session, need_id: int) -> Sequence[Pledge]:
    wanted = (
        select(Pledge)
        .join(Membership, Membership.id == Pledge.membership_id)
        .where(Membership.need_id == need_id, Membership.left_at.is_(None))
    )
    return session.scalars(wanted.order_by(Pledge.id)).all()


def _standing(pledges: Sequence[Pledge]) -> list[Pledge]:
    kept = standing(as_lines(pledges))
    return [each for each in pledges if each.id in kept]


def _rule_and_crossing(session: Session, need_id: int) -> tuple[Rule, Crossing | None]:
    newest = select(ThresholdRule.version).order_by(ThresholdRule.version.desc()).limit(1).scalar_subquery()
    row = session.execute(
        select(ThresholdRule, Crossing)
        .outerjoin(Crossing, Crossing.need_id == need_id)
        .where(ThresholdRule.version == newest)
    ).one()
    return parse(row[0].tree), row[1]
