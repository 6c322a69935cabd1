from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from coconstruction.coalitions.ledger import Line, Stage, stages, totals
from coconstruction.coalitions.models import (
    Crossing,
    Deliberation,
    LeadOffer,
    MemberRole,
    Membership,
    Pledge,
    ThresholdRule,
)
from coconstruction.coalitions.thresholds import Figures, Progress, Rule, evaluate, parse
from coconstruction.needs.models import Need, State
from coconstruction.needs.queries import counted_in
from coconstruction.territories.coverage import Coverage
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import answering, atlas


@dataclass(frozen=True)
class Member:
    """`pledges`: those that stand; `stages`: where each has come to, by its number."""

    membership: Membership
    pledges: Sequence[Pledge]
    stages: Mapping[int, Stage]

    @property
    def counted(self) -> Sequence[Pledge]:
        return [each for each in self.pledges if self.stages[each.id] is not Stage.PENDING]

    @property
    def pending(self) -> Sequence[Pledge]:
        return [each for each in self.pledges if self.stages[each.id] is Stage.PENDING]

    @property
    def changeable(self) -> Sequence[Pledge]:
        return [each for each in self.pledges if self.stages[each.id] is not Stage.HONOURED]


@dataclass(frozen=True)
class Coalition:
    """Members by population, largest first; `totals` by pledge kind, in the units of `Pledge.amount`; `pending` are
    those whose condition is not met. `crossing`: the latest."""

    members: Sequence[Member]
    totals: dict[str, int]
    pending: dict[str, int]
    progress: Progress
    crossing: Crossing | None

    @property
    def lead(self) -> Membership | None:
        return next((each.membership for each in self.members if each.membership.leads), None)

    @property
    def firm(self) -> int:
        return sum(each.membership.firm_at is not None for each in self.members)

    def member(self, organisation_id: int) -> Member | None:
        return next((each for each in self.members if each.membership.organisation_id == organisation_id), None)


def coalition(session: Session, need: Need) -> Coalition:
    """Three statements, whatever the number of members."""
    memberships = members(session, need.id)
    by_membership: dict[int, list[Pledge]] = {each.id: [] for each in memberships}
    ledger = ledger_of(session, need.id, by_membership)
    for pledge in ledger:
        by_membership[pledge.membership_id].append(pledge)
    lines = as_lines(ledger)
    organisations = [each.organisation for each in memberships]
    rule, crossing = _rule_and_crossing(session, need.id)
    sums = totals(lines)
    return Coalition(
        members=[_member(each, by_membership[each.id]) for each in memberships],
        totals=sums,
        pending=totals(lines, [Stage.PENDING]),
        progress=evaluate(rule, figures(session, need, organisations, sums.get("euros", 0), need.covered_population)),
        crossing=crossing,
    )


def members(session: Session, need_id: int) -> Sequence[Membership]:
    """Each organisation once: as a member of this need, else of one that it groups."""
    wanted = (
        select(Membership)
        .join(Membership.organisation)
        .join(Membership.need)
        .options(contains_eager(Membership.organisation))
        .where(counted_in(need_id, Membership), Membership.left_at.is_(None))
        .order_by(Organisation.population.desc(), Organisation.id, Membership.need_id != need_id, Membership.id)
    )
    first: dict[int, Membership] = {}
    for each in session.scalars(wanted):
        first.setdefault(each.organisation_id, each)
    return list(first.values())


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
    return [_member(each, [line for line in lines if line.membership_id == each.id]) for each in memberships]


def as_lines(pledges: Iterable[Pledge]) -> list[Line]:
    return [
        Line(each.id, each.kind, each.amount, each.event, each.about_id, conditional=each.condition is not None)
        for each in pledges
    ]


def member_of(session: Session, membership: Membership) -> Member:
    wanted = select(Pledge).where(Pledge.membership_id == membership.id).order_by(Pledge.id)
    return _member(membership, session.scalars(wanted).all())


def lead_of(session: Session, need_id: int) -> Membership | None:
    wanted = select(Membership).where(Membership.need_id == need_id, Membership.left_at.is_(None))
    return session.scalar(wanted.where(Membership.role == MemberRole.PORTEUR))


def lead_offer(session: Session, need_id: int) -> LeadOffer | None:
    """The offer to lead that waits for an answer, if any."""
    wanted = select(LeadOffer).options(joinedload(LeadOffer.membership).joinedload(Membership.organisation))
    return session.scalar(wanted.where(LeadOffer.need_id == need_id))


def deliberation(session: Session, membership_id: int) -> Deliberation | None:
    return session.get(Deliberation, membership_id)


def rule_versions(session: Session) -> Sequence[ThresholdRule]:
    """The latest first."""
    return session.scalars(select(ThresholdRule).order_by(ThresholdRule.version.desc())).all()


def latest_crossing(session: Session, need_id: int) -> Crossing | None:
    wanted = select(Crossing).where(Crossing.need_id == need_id).order_by(Crossing.number.desc()).limit(1)
    return session.scalar(wanted)


def needs_to_reopen(session: Session, fallen_before: datetime) -> Sequence[int]:
    """Qualified, and below their threshold since then at the latest."""
    other = aliased(Crossing)
    last = select(func.max(other.number)).where(other.need_id == Need.id).correlate(Need).scalar_subquery()
    wanted = select(Need.id).join(Crossing, and_(Crossing.need_id == Need.id, Crossing.number == last))
    late = Crossing.fallen_at <= fallen_before
    return session.scalars(wanted.where(Need.state == State.QUALIFIED, late).order_by(Need.id)).all()


def ledger_of(session: Session, need_id: int, kept: Container[int]) -> Sequence[Pledge]:
    """The lines of those who are there. `kept`: numbers of their memberships."""
    wanted = (
        select(Pledge)
        .join(Membership, Membership.id == Pledge.membership_id)
        .join(Membership.need)
        .where(counted_in(need_id, Membership), Membership.left_at.is_(None))
    )
    return [each for each in session.scalars(wanted.order_by(Pledge.id)) if each.membership_id in kept]


def _member(membership: Membership, pledges: Sequence[Pledge]) -> Member:
    reached = stages(as_lines(pledges))
    return Member(membership, [each for each in pledges if each.id in reached], reached)


def _rule_and_crossing(session: Session, need_id: int) -> tuple[Rule, Crossing | None]:
    newest = select(ThresholdRule.version).order_by(ThresholdRule.version.desc()).limit(1).scalar_subquery()
    last = select(func.max(Crossing.number)).where(Crossing.need_id == need_id).scalar_subquery()
    row = session.execute(
        select(ThresholdRule, Crossing)
        .outerjoin(Crossing, and_(Crossing.need_id == need_id, Crossing.number == last))
        .options(joinedload(Crossing.rule))
        .where(ThresholdRule.version == newest)
    ).one()
    return parse(row[0].tree), row[1]
