"""Another threshold: what it would change today, then its publication. A past crossing stays under the rule it met."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.coalitions import policy, queries
from coconstruction.coalitions.crossing import Change, settle
from coconstruction.coalitions.ledger import totals
from coconstruction.coalitions.models import Cause, Membership, Pledge, ThresholdRule
from coconstruction.coalitions.thresholds import Figures, evaluate, parse
from coconstruction.database import insert_once, lock_all
from coconstruction.journal import By, record
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need
from coconstruction.needs.queries import stepped_out
from coconstruction.territories.models import Organisation


@dataclass(frozen=True)
class Effect:
    """Among the needs that take organisations. `before` and `after`: how many meet the rule in force, and the other."""

    needs: int
    before: int
    after: int
    gained: Sequence[Need]
    lost: Sequence[Need]


def effect_of(session: Session, tree: Mapping[str, Any]) -> Effect:
    """Raises BadRule."""
    _, today = queries.rule_in_force(session)
    tomorrow, gathered = parse(tree), _gathered(session)
    before = {need.id for need, figures in gathered if evaluate(today, figures).met}
    after = {need.id for need, figures in gathered if evaluate(tomorrow, figures).met}
    return Effect(
        needs=len(gathered),
        before=len(before),
        after=len(after),
        gained=[need for need, _ in gathered if need.id in after - before],
        lost=[need for need, _ in gathered if need.id in before - after],
    )


def publish_rule(session: Session, curator: Agent, tree: Mapping[str, Any], motive: str, seen: int) -> list[Need]:
    """The needs that cross by it, told as any other. `seen`: the version in force when the form was opened."""
    version, _ = queries.rule_in_force(session)
    if refusal := policy.refusal_to_change_rule(version, seen):
        raise refusal
    values = {"tree": dict(tree), "motive": motive, "in_force_at": clock.now()}
    if not insert_once(session, ThresholdRule, version=version + 1, **values):
        raise policy.rule_changed_meanwhile()
    rule = parse(tree)
    reached = [need.id for need, figures in _gathered(session) if evaluate(rule, figures).met]
    held = lock_all(session, Need, reached)  # all needs before any line of the journal
    about, payload = ("threshold", version + 1), {"tree": dict(tree), "motive": motive}
    record(session, "threshold.published", about, by=By(agent_id=curator.id), payload=payload)
    return [need for need in held.values() if settle(session, need, Change(Cause.RULE))]


def _gathered(session: Session) -> list[tuple[Need, Figures]]:
    """What each need that takes organisations gathers: three statements, however many there are."""
    open_needs = Need.state.in_(TAKES_ORGANISATIONS)
    needs = session.scalars(select(Need).where(open_needs).order_by(Need.id)).all()
    counted = func.coalesce(Need.common_id, Need.id)
    there = Membership.left_at.is_(None), ~stepped_out(Membership), or_(open_needs, Need.common_id.is_not(None))
    members: dict[int, dict[int, tuple[int, Organisation]]] = defaultdict(dict)
    present = select(counted, Membership.id, Organisation).join(Membership.organisation).join(Membership.need)
    own_first = Membership.need_id != counted, Membership.id
    for need_id, membership_id, body in session.execute(present.where(*there).order_by(*own_first)):
        members[need_id].setdefault(body.id, (membership_id, body))
    kept = {key for bodies in members.values() for key, _body in bodies.values()}
    ledgers: dict[int, list[Pledge]] = defaultdict(list)
    lines = select(counted, Pledge).join(Membership, Membership.id == Pledge.membership_id).join(Membership.need)
    for need_id, pledge in session.execute(lines.where(*there).order_by(Pledge.id)):
        if pledge.membership_id in kept:
            ledgers[need_id].append(pledge)
    return [(need, _standing(session, need, members[need.id].values(), ledgers[need.id])) for need in needs]


def _standing(
    session: Session, need: Need, members: Iterable[tuple[int, Organisation]], ledger: Sequence[Pledge]
) -> Figures:
    bodies = [body for _membership, body in members]
    return queries.figures(session, need, bodies, _cents(ledger), need.covered_population)


def _cents(ledger: Sequence[Pledge]) -> int:
    return totals(queries.as_lines(ledger)).get("euros", 0)
