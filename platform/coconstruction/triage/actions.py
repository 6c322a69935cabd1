"""Answers to needs: drafted, then published alone or many at once; letters leave once they can no longer be undone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.database import lock, lock_all
from coconstruction.journal import By, Event, record_all
from coconstruction.needs.models import Need, State
from coconstruction.triage import policy, queries
from coconstruction.triage.models import Assignment, Batch, Decision, DecisionDraft, Kind

PUBLISHED, ASSIGNED = "published", "assigned"
LINES = {
    Kind.KEEP: "need.kept_open",
    Kind.ASK: "need.asked_for_more",
    Kind.REDIRECT: "need.redirected",
    Kind.DECLINE: "need.declined",
    Kind.REOPEN: "need.opened_again",
}


@dataclass(frozen=True)
class Answer:
    """`destination` and `solution_id` only when redirecting."""

    kind: str
    motive: str
    destination: str = ""
    solution_id: int | None = None


def draft(session: Session, curator: Agent, need_ids: Iterable[int], answer: Answer) -> Sequence[Need]:
    """Keep an answer to each of these needs, in the place of what was drafted before. Nobody but curators sees it."""
    needs = lock_all(session, Need, need_ids)
    for need in needs.values():
        if refusal := policy.refusal_to_decide(need, answer.kind):
            raise refusal
    known = queries.drafts_of(session, needs)
    for key in needs:
        row = known.get(key) or DecisionDraft(need_id=key)
        row.kind, row.destination, row.solution_id = answer.kind, answer.destination, answer.solution_id
        row.motive, row.curator_id, row.at = answer.motive, curator.id, clock.now()
        session.add(row)
    session.flush()
    return list(needs.values())


def discard(session: Session, need_id: int) -> None:
    lock(session, Need, need_id)
    if found := session.get(DecisionDraft, need_id):
        session.delete(found)


def publish(session: Session, curator: Agent, need_ids: Iterable[int]) -> Batch:
    """All of these drafts, or none."""
    needs = lock_all(session, Need, need_ids)
    drafts = queries.drafts_of(session, needs)
    for key, need in needs.items():
        if key not in drafts:
            raise policy.no_draft(need)
        if refusal := policy.refusal_to_decide(need, drafts[key].kind):
            raise refusal
    batch = _batch(session, curator, PUBLISHED, len(needs), {})
    before = queries.standing(session, needs)
    decisions = [_decide(needs[key], row, curator, batch, before.get(key)) for key, row in drafts.items()]
    session.add_all(decisions)
    for row in drafts.values():
        session.delete(row)
    session.flush()
    record_all(session, [_line(each) for each in decisions], by=By(agent_id=curator.id))
    return batch


def assign(session: Session, curator: Agent, need_ids: Iterable[int], to: Agent | None) -> Batch:
    """`to`: nobody in particular when none."""
    needs = lock_all(session, Need, need_ids)
    if to and (refusal := policy.refusal_to_assign(queries.conflicted(session, list(needs.values()), to))):
        raise refusal
    known = queries.assignments_of(session, needs)
    before = {str(key): known[key].curator_id if key in known else None for key in needs}
    _give(session, dict.fromkeys(needs, to.id if to else None), known)
    batch = _batch(session, curator, ASSIGNED, len(needs), before)
    events = [Event("need.assigned", ("need", key), {"to": to.id if to else None}) for key in needs]
    record_all(session, events, by=By(agent_id=curator.id))
    return batch


def undo(session: Session, curator: Agent, batch_id: int) -> Batch:
    """Everything this batch did, or nothing."""
    batch = lock(session, Batch, batch_id)
    decisions = session.scalars(select(Decision).where(Decision.batch_id == batch.id).order_by(Decision.need_id)).all()
    keys = [each.need_id for each in decisions] or [int(key) for key in batch.before]
    needs = lock_all(session, Need, keys)
    moved = [needs[each.need_id] for each in decisions if _moved(needs[each.need_id], each)]
    if refusal := policy.refusal_to_undo(batch, curator.id, clock.now(), moved):
        raise refusal
    batch.undone_at = clock.now()
    drafted = queries.drafts_of(session, needs)
    for each in decisions:
        _take_back(session, needs[each.need_id], each, drafted)
    _give(session, {int(key): former for key, former in batch.before.items()}, queries.assignments_of(session, needs))
    action = "need.answer_undone" if decisions else "need.assignment_undone"
    events = [Event(action, ("need", key), {"batch": batch.id}) for key in sorted(needs)]
    record_all(session, events, by=By(agent_id=curator.id))
    return batch


def restore(need: Need, decision: Decision) -> None:
    """To where the decision found it."""
    need.state, need.state_at = State(decision.left_state), clock.now()


def _decide(need: Need, row: DecisionDraft, curator: Agent, batch: Batch, before: Decision | None) -> Decision:
    """`before`: the decision that stands, which reopening takes back."""
    now, left = clock.now(), need.state
    after = before.left_state if row.kind == Kind.REOPEN and before else policy.BECOMES.get(Kind(row.kind), left)
    if after != left:
        need.state, need.state_at = State(after), now
    need.first_answer_at = need.first_answer_at or now
    return Decision(
        need_id=need.id,
        batch_id=batch.id,
        kind=row.kind,
        destination=row.destination,
        solution_id=row.solution_id,
        motive=row.motive,
        left_state=left,
        new_state=after,
        curator_id=curator.id,
        at=now,
    )


def _moved(need: Need, decision: Decision) -> bool:
    return decision.new_state not in (decision.left_state, need.state)


def _take_back(session: Session, need: Need, decision: Decision, drafted: Mapping[int, DecisionDraft]) -> None:
    decision.undone_at = clock.now()
    if decision.new_state != decision.left_state:
        restore(need, decision)
    if need.first_answer_at == decision.at:
        need.first_answer_at = None
    if need.id not in drafted:
        words = {name: getattr(decision, name) for name in ("kind", "destination", "solution_id", "motive")}
        session.add(DecisionDraft(need_id=need.id, curator_id=decision.curator_id, at=clock.now(), **words))


def _give(session: Session, owners: Mapping[int, int | None], known: Mapping[int, Assignment]) -> None:
    for need_id, curator_id in owners.items():
        row = known.get(need_id)
        if curator_id is None:
            if row is not None:
                session.delete(row)
            continue
        row = row or Assignment(need_id=need_id)
        row.curator_id, row.at = curator_id, clock.now()
        session.add(row)
    session.flush()


def _batch(session: Session, curator: Agent, action: str, size: int, before: Mapping[str, int | None]) -> Batch:
    batch = Batch(action=action, size=size, before=dict(before), curator_id=curator.id, at=clock.now())
    session.add(batch)
    session.flush()
    return batch


def _line(decision: Decision) -> Event:
    facts = {"decision": decision.id, "motive": decision.motive, "state": decision.left_state}
    where = {"destination": decision.destination, "solution": decision.solution_id} if decision.destination else {}
    return Event(LINES[Kind(decision.kind)], ("need", decision.need_id), {**facts, **where})
