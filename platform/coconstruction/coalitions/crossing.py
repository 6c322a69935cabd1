"""The line: who is over it, since when, and what follows. Called in the transaction of whatever changed a coalition,
with the need held, so that each thing happens once, whoever else arrives at the same instant."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.coalitions import mails, queries
from coconstruction.coalitions.conditions import holds
from coconstruction.coalitions.ledger import PledgeEvent, Stage, stages, totals
from coconstruction.coalitions.models import Cause, Crossing, Membership, Milestone, Pledge
from coconstruction.coalitions.thresholds import Figures, Progress, evaluate, parse
from coconstruction.database import insert_once, lock
from coconstruction.journal import SYSTEM, record
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need, State
from coconstruction.notifications.actions import post

GRACE = timedelta(days=30)
MILESTONES = (25, 50, 75)


@dataclass(frozen=True)
class Change:
    """Why a coalition is looked at again; `membership` when a member's act is the reason."""

    cause: Cause
    membership: Membership | None = None


def settle(session: Session, need: Need, change: Change) -> bool:
    """Counters, milestones, the line, and the pledges that waited for it: until nothing moves any more, since a pledge
    that begins to count may itself carry the need over. Tells whether the need crossed, and was told."""
    present = queries.members(session, need.id)
    organisations = [each.organisation for each in present]
    need.members_count = len(organisations)
    need.covered_population = queries.coverage_of(session, [each.id for each in organisations]).population
    crossed, moving = False, True
    while moving:
        reached = _figures(session, need, present)
        version, rule = queries.rule_in_force(session)
        progress = evaluate(rule, reached)
        _pass_milestones(session, need, progress)
        crossed |= _follow(session, need, change, _Standing(version, reached, progress.met))
        moving = _meet_conditions(session, need, reached, present)
    return crossed


def lapse(session: Session, need_id: int) -> None:
    """A need that stayed below the line for the whole grace period is open again, without what crossing had given."""
    need = lock(session, Need, need_id)
    latest = queries.latest_crossing(session, need.id)
    if need.state == State.QUALIFIED and latest is not None and _is_over(latest):
        need.state, need.state_at = State.OPEN, clock.now()
        record(session, "need.unqualified", ("need", need.id), by=SYSTEM, payload={"crossing": latest.number})


@dataclass(frozen=True)
class _Standing:
    version: int
    figures: Figures
    met: bool


def _figures(session: Session, need: Need, present: Sequence[Membership]) -> Figures:
    ledger = queries.ledger_of(session, need.id, {each.id for each in present})
    cents = totals(queries.as_lines(ledger)).get("euros", 0)
    organisations = [each.organisation for each in present]
    return queries.figures(session, need, organisations, cents, need.covered_population)


def _pass_milestones(session: Session, need: Need, progress: Progress) -> None:
    """Each once, and every one that a single arrival passes."""
    for percent in MILESTONES:
        if progress.share >= percent and insert_once(
            session, Milestone, need_id=need.id, percent=percent, at=clock.now()
        ):
            record(session, "need.milestone", ("need", need.id), by=SYSTEM, payload={"percent": percent})


def _follow(session: Session, need: Need, change: Change, now: _Standing) -> bool:
    latest = queries.latest_crossing(session, need.id)
    if latest is None or _is_over(latest):
        return now.met and _cross(session, need, change, now, latest.number + 1 if latest else 1)
    # A stricter rule, published since, takes nothing back: the one that was met still decides.
    above = now.met or evaluate(parse(latest.rule.tree), now.figures).met
    if above and latest.fallen_at is not None:
        latest.fallen_at = None
        record(session, "need.regained", ("need", need.id), by=SYSTEM, payload={"crossing": latest.number})
    elif not above and latest.fallen_at is None and need.state in TAKES_ORGANISATIONS:
        latest.fallen_at = clock.now()
        record(session, "need.fell_back", ("need", need.id), by=SYSTEM, payload={"crossing": latest.number})
    return False


def _cross(session: Session, need: Need, change: Change, now: _Standing, number: int) -> bool:
    by = change.membership.id if change.membership else None
    facts = {"rule_version": now.version, "figures": asdict(now.figures), "cause": change.cause}
    if not insert_once(
        session, Crossing, need_id=need.id, number=number, membership_id=by, at=clock.now(), fallen_at=None, **facts
    ):
        return False
    if need.state == State.OPEN:
        need.state, need.state_at = State.QUALIFIED, clock.now()
    for mail in mails.crossed(session, need, number):
        post(session, mail)
    payload = {**facts, "membership_id": by, "number": number}
    record(session, "need.crossed", ("need", need.id), by=SYSTEM, payload=payload)
    return True


def _meet_conditions(session: Session, need: Need, reached: Figures, present: Sequence[Membership]) -> bool:
    """Once met, for good: what the coalition has been told to count on stays. A promise made to a need that this one
    groups waits for that one's figures: should they part, nothing would have moved."""
    latest = queries.latest_crossing(session, need.id)
    crossed = latest is not None and latest.fallen_at is None
    ledger = queries.ledger_of(session, need.id, {each.id for each in present if each.need_id == need.id})
    waiting = {key for key, stage in stages(queries.as_lines(ledger)).items() if stage is Stage.PENDING}
    met = [each for each in ledger if each.id in waiting and _holds(each, reached, crossed=crossed)]
    for each in met:
        session.add(
            Pledge(
                membership_id=each.membership_id,
                kind=each.kind,
                amount=each.amount,
                event=PledgeEvent.MET,
                about_id=each.id,
                affiliation_id=each.affiliation_id,
                at=clock.now(),
            )
        )
    if met:
        payload = {"pledges": [each.id for each in met]}
        record(session, "coalition.conditions_met", ("need", need.id), by=SYSTEM, payload=payload)
    return bool(met)


def _holds(pledge: Pledge, reached: Figures, *, crossed: bool) -> bool:
    gathered = {"inhabitants": reached.inhabitants, "organisations": reached.organisations}
    return pledge.condition is not None and holds(pledge.condition, crossed=crossed, **gathered)


def _is_over(crossing: Crossing) -> bool:
    return crossing.fallen_at is not None and clock.now() >= crossing.fallen_at + GRACE
