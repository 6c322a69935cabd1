from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.curation.models import Shortlisting
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.territories.models import Organisation

LINES_A_PAGE = 100


@dataclass(frozen=True)
class Line:
    entry: JournalEntry
    agent: Agent | None
    organisation: Organisation | None


def to_shortlist(session: Session, limit: int = 200) -> Sequence[Need]:
    """Needs that crossed their threshold, oldest first: the committee owes them an answer. Those it has already
    taken to a round come after."""
    return [*_in_state(session, (State.QUALIFIED,), limit), *_in_state(session, (State.NOT_SELECTED,), limit)]


def shortlisted(session: Session, limit: int = 200) -> Sequence[Need]:
    return _in_state(session, (State.SHORTLISTED,), limit)


def decisions_on(session: Session, need_id: int) -> Sequence[Shortlisting]:
    wanted = select(Shortlisting).where(Shortlisting.need_id == need_id)
    return session.scalars(wanted.order_by(Shortlisting.at.desc())).all()


def journal_page(session: Session, number: int, subject: tuple[str, int] | None) -> tuple[Sequence[Line], int]:
    """Newest lines first, and how many there are."""
    wanted = (
        select(JournalEntry, Agent, Organisation)
        .outerjoin(Agent, Agent.id == JournalEntry.agent_id)
        .outerjoin(Organisation, Organisation.id == JournalEntry.organisation_id)
    )
    count = select(func.count()).select_from(JournalEntry)
    if subject:
        about = JournalEntry.subject_kind == subject[0], JournalEntry.subject_id == subject[1]
        wanted, count = wanted.where(*about), count.where(*about)
    wanted = wanted.order_by(JournalEntry.seq.desc()).limit(LINES_A_PAGE).offset((number - 1) * LINES_A_PAGE)
    return [Line(*row) for row in session.execute(wanted)], session.scalar(count) or 0


def _in_state(session: Session, states: Sequence[State], limit: int) -> Sequence[Need]:
    wanted = (
        select(Need)
        .options(joinedload(Need.organisation), joinedload(Need.author).joinedload(Affiliation.agent))
        .where(Need.state.in_(states))
    )
    return session.scalars(wanted.order_by(Need.state_at, Need.id).limit(limit)).all()
