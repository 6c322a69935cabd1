"""The same body entered twice beside the official referential: one is kept, the other no longer acts. Nothing moves:
what the duplicate did stays its own, on its page, and the declaration can be undone."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, delete, select, union
from sqlalchemy.orm import Session, aliased

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.accounts.queries import LIVE
from coconstruction.coalitions.models import Membership
from coconstruction.curation import policy
from coconstruction.database import lock
from coconstruction.journal import By, record
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need, Support
from coconstruction.notifications.actions import Mail, post
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.models import Ballot, Round, RoundPhase
from coconstruction.territories.models import Lineage, Organisation

DUPLICATE = "duplicate"


def declare_duplicate(session: Session, curator: Agent, duplicate_id: int, original_id: int, motive: str) -> None:
    held = {key: lock(session, Organisation, key) for key in sorted({duplicate_id, original_id})}
    duplicate, original = held[duplicate_id], held[original_id]
    if refusal := policy.refusal_to_declare_duplicate(duplicate, original, in_common(session, *held)):
        raise refusal
    duplicate.active = False
    session.add(Lineage(predecessor_id=duplicate.id, successor_id=original.id, kind=DUPLICATE, at=clock.now()))
    for mail in _letters(session, duplicate, original, motive):
        post(session, mail)
    payload = {"original": original.id, "motive": motive}
    by = By(agent_id=curator.id)
    record(session, "organisation.declared_duplicate", ("organisation", duplicate.id), by=by, payload=payload)


def restore(session: Session, curator: Agent, duplicate_id: int, motive: str) -> None:
    duplicate = lock(session, Organisation, duplicate_id)
    lineage = declaration(session, duplicate_id)
    if refusal := policy.refusal_to_restore(lineage, duplicate):
        raise refusal
    declared = Lineage.predecessor_id == duplicate_id, Lineage.kind == DUPLICATE
    session.execute(delete(Lineage).where(*declared))
    duplicate.active = True
    by, payload = By(agent_id=curator.id), {"motive": motive}
    record(session, "organisation.restored", ("organisation", duplicate.id), by=by, payload=payload)


def declaration(session: Session, duplicate_id: int) -> Lineage | None:
    return session.scalar(select(Lineage).where(Lineage.predecessor_id == duplicate_id, Lineage.kind == DUPLICATE))


def in_common(session: Session, *organisation_ids: int) -> Sequence[str]:
    """Titles of the needs and open rounds where each of these bodies counts. A need whose selection is under way takes
    and releases nobody: it is history."""
    if len(organisation_ids) < 2:
        return []
    needs = select(Need.title).where(Need.state.in_(TAKES_ORGANISATIONS))
    for key in organisation_ids:
        needs = needs.where(Need.id.in_(_stands_for(key)))
    closing = aliased(RoundPhase)
    open_ = (closing.round_id == Round.id) & (closing.phase == Phase.COUNTING) & (closing.starts_at > clock.now())
    rounds = select(Round.title).join(closing, open_)
    for key in organisation_ids:
        rounds = rounds.where(Round.id.in_(select(Ballot.round_id).where(Ballot.organisation_id == key)))
    return [*session.scalars(needs.order_by(Need.id)), *session.scalars(rounds.order_by(Round.id))]


def _stands_for(organisation_id: int) -> Select[int]:
    joined = select(Membership.need_id).where(
        Membership.organisation_id == organisation_id, Membership.left_at.is_(None)
    )
    either = union(select(Support.need_id).where(Support.organisation_id == organisation_id), joined).subquery()
    return select(either.c.need_id)


def _letters(session: Session, duplicate: Organisation, original: Organisation, motive: str) -> Iterator[Mail]:
    """To those who acted for the duplicate: they now ask to belong to the one that is kept."""
    context = {"duplicate": duplicate.name, "original": original.name, "code": original.code, "motive": motive}
    belonging = select(Agent.email).join(Affiliation, Affiliation.agent_id == Agent.id)
    belonging = belonging.where(Affiliation.organisation_id == duplicate.id, LIVE).order_by(Agent.id)
    for email in session.scalars(belonging):
        yield Mail(f"duplicate-{duplicate.id}-{clock.now().isoformat()}", email, "organisation_duplicate", context)
