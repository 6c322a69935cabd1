"""Similar needs under a common one: nothing moves, nothing is lost, and it comes undone (docs/decisions/0025)."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.crossing import Change, settle
from coconstruction.coalitions.mails import concerned
from coconstruction.coalitions.models import Cause
from coconstruction.database import insert_once, lock_all
from coconstruction.errors import NotFound
from coconstruction.grouping import policy, queries
from coconstruction.grouping.models import DismissedPair
from coconstruction.journal import By, Event, last_payload, record, record_all
from coconstruction.needs.actions import count_voices, keep_version
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need, State, SteppedOut
from coconstruction.notifications.actions import Mail, post


def group(session: Session, curator: Agent, child_ids: Iterable[int], common_id: int, motive: str) -> Need:
    """Under a need that is there already."""
    held = lock_all(session, Need, {*child_ids, common_id})
    if common_id not in held:
        raise NotFound
    common = held[common_id]
    return _group(session, curator, [each for key, each in held.items() if key != common_id], common, motive)


def group_anew(
    session: Session, curator: Agent, child_ids: Iterable[int], bearer_id: int, content: NeedContent, motive: str
) -> Need:
    """Under a common need with a text of its own, borne by the organisation that bears `bearer_id`, one of them."""
    children = list(lock_all(session, Need, child_ids).values())
    if refusal := policy.refusal_to_group(children, None):
        raise refusal
    chosen = next((each for each in children if each.id == bearer_id), None)
    if chosen is None:
        raise NotFound
    common = Need(
        state=State.OPEN,
        organisation_id=chosen.organisation_id,
        departement_code=chosen.departement_code,
        author_id=chosen.author_id,
        created_at=clock.now(),
        posted_at=clock.now(),
        state_at=clock.now(),
        first_answer_at=clock.now(),
        groups=0,
        version=0,
        supports_count=0,
        members_count=0,
        covered_population=0,
    )
    content.write_to(common)
    session.add(common)
    keep_version(session, common, chosen.author)
    return _group(session, curator, children, common, motive)


def ungroup(session: Session, curator: Agent, child_id: int, motive: str) -> Need:
    """The need is again in the state it left. A common need that nothing is left of is withdrawn."""
    child, common = _held(session, child_id)
    if refusal := policy.refusal_to_ungroup(child, common):
        raise refusal
    if common is not None:
        former = last_payload(session, "need.grouped", ("need", child.id))
        child.common_id, child.state, child.state_at = None, State(former["state"]), clock.now()
        session.execute(delete(SteppedOut).where(SteppedOut.need_id == child.id))
        common.groups -= 1
        by, payload = By(agent_id=curator.id), {"motive": motive, "common": common.id}
        record(session, "need.ungrouped", ("need", child.id), by=by, payload=payload)
        _recount(session, common)
        _withdraw_if_empty(session, curator, common)
    return child


def step_out(session: Session, acting: Affiliation, child_id: int, *, out: bool) -> Need:
    """The organisation counts no more in the common need, or does again. What it did on the grouped one stays."""
    child, common = _held(session, child_id)
    involved = queries.is_involved(session, child.id, acting.organisation_id)
    if refusal := policy.refusal_to_step_out(child, common, acting, involved=involved):
        raise refusal
    key = {"need_id": child.id, "organisation_id": acting.organisation_id}
    was_out = queries.is_out(session, child.id, acting.organisation_id)
    if common is not None and was_out != out:
        if out:
            insert_once(session, SteppedOut, **key, affiliation_id=acting.id, at=clock.now())
        else:
            session.execute(
                delete(SteppedOut).where(*(getattr(SteppedOut, name) == held for name, held in key.items()))
            )
        action = "need.stepped_out" if out else "need.stepped_back_in"
        record(session, action, ("need", child.id), by=acting, payload={"common": common.id})
        _recount(session, common)
    return child


def dismiss(session: Session, curator: Agent, one_id: int, other_id: int) -> None:
    """Not suggested together any more, as long as their texts stay what they are."""
    first, second = sorted((one_id, other_id))
    held = lock_all(session, Need, (first, second))
    if len(held) < 2:
        raise NotFound
    there = DismissedPair.first_id == first, DismissedPair.second_id == second
    session.execute(delete(DismissedPair).where(*there))
    versions = {"first_version": held[first].version, "second_version": held[second].version}
    pair = {"first_id": first, "second_id": second}
    insert_once(session, DismissedPair, **pair, **versions, curator_id=curator.id, at=clock.now())


def _group(session: Session, curator: Agent, children: Sequence[Need], common: Need, motive: str) -> Need:
    if refusal := policy.refusal_to_group(children, common):
        raise refusal
    events = []
    for child in children:
        payload = {"motive": motive, "state": child.state, "common": common.id}
        events.append(Event("need.grouped", ("need", child.id), payload))
        child.state, child.state_at, child.common_id = State.GROUPED, clock.now(), common.id
        child.first_answer_at = child.first_answer_at or clock.now()
    common.groups += len(children)
    common.first_answer_at = common.first_answer_at or clock.now()
    session.flush()
    _tell(session, children, common, motive)
    told = {"motive": motive, "needs": [child.id for child in children]}
    record_all(session, [*events, Event("need.groups", ("need", common.id), told)], by=By(agent_id=curator.id))
    _recount(session, common)
    return common


def _held(session: Session, child_id: int) -> tuple[Need, Need | None]:
    """The need and the one it is grouped under, both held in the order of their numbers."""
    child = session.get(Need, child_id)
    if child is None or child.posted_at is None:
        raise NotFound
    held = lock_all(session, Need, [child_id, *([child.common_id] if child.common_id else [])])
    child = held[child_id]
    return child, held.get(child.common_id) if child.common_id else None


def _recount(session: Session, common: Need) -> None:
    count_voices(session, common)
    settle(session, common, Change(Cause.GROUPING))


def _withdraw_if_empty(session: Session, curator: Agent, common: Need) -> None:
    if common.groups or common.supports_count or common.members_count:
        return
    payload = {"motive": "", "state": common.state}
    common.state, common.state_at = State.WITHDRAWN, clock.now()
    record(session, "need.withdrawn", ("need", common.id), by=By(agent_id=curator.id), payload=payload)


def _tell(session: Session, children: Sequence[Need], common: Need, motive: str) -> None:
    """One letter a person, whichever of these needs it is concerned by."""
    people = concerned(session, [child.id for child in children])
    titles: dict[str, list[dict[str, str]]] = {}
    for child in children:
        for email in people.get(child.id, ()):
            titles.setdefault(email, []).append({"title": child.title, "path": child.path})
    event = f"grouped-{common.id}-{'-'.join(str(child.id) for child in children)}-{clock.now().isoformat()}"
    for email, told in titles.items():
        context = {"needs": told, "common": common.title, "path": common.path, "motive": motive}
        post(session, Mail(event, email, "grouped", context))
