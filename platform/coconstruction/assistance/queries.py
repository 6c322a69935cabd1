from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import AffiliationProof, Proof
from coconstruction.assistance.models import AssistedAct
from coconstruction.assistance.wording import ACTS
from coconstruction.journal import JournalEntry
from coconstruction.territories.models import Organisation

MOST_SHOWN = 50


@dataclass(frozen=True)
class Act:
    """Something a curator wrote for an organisation."""

    entry: JournalEntry
    organisation: Organisation
    contested_at: datetime | None


def acts_on_need(session: Session, need_id: int) -> Sequence[Act]:
    return _acts(session, JournalEntry.subject_kind == "need", JournalEntry.subject_id == need_id)


def acts_for(session: Session, organisation_id: int) -> Sequence[Act]:
    return _acts(session, JournalEntry.organisation_id == organisation_id)


def untold(session: Session, after: int) -> Sequence[JournalEntry]:
    """Assisted lines beyond `after` of which the organisation has not been told, oldest first."""
    told = select(AssistedAct.seq)
    wanted = _lines(JournalEntry.seq > after, JournalEntry.seq.not_in(told)).order_by(JournalEntry.seq)
    return [entry for entry in session.scalars(wanted) if _assisted(entry)]


def act_by_token(session: Session, token: str) -> AssistedAct | None:
    wanted = select(AssistedAct).options(joinedload(AssistedAct.organisation))
    return session.scalar(wanted.where(AssistedAct.token_hash == digest(token)))


def entry_of(session: Session, act: AssistedAct) -> JournalEntry:
    return session.get_one(JournalEntry, act.seq)


def contested(session: Session, limit: int = 100) -> Sequence[AssistedAct]:
    """The latest first."""
    wanted = select(AssistedAct).options(joinedload(AssistedAct.organisation))
    wanted = wanted.where(AssistedAct.contested_at.is_not(None))
    return session.scalars(wanted.order_by(AssistedAct.contested_at.desc()).limit(limit)).all()


def _acts(session: Session, *where: ColumnElement[bool]) -> Sequence[Act]:
    wanted = (
        select(JournalEntry, Organisation, AssistedAct.contested_at)
        .join(Organisation, Organisation.id == JournalEntry.organisation_id)
        .outerjoin(AssistedAct, AssistedAct.seq == JournalEntry.seq)
        .where(*where, _by_assistance(), JournalEntry.action.in_(ACTS))
        .order_by(JournalEntry.seq.desc())
        .limit(MOST_SHOWN)
    )
    return [Act(*row) for row in session.execute(wanted) if _assisted(row[0])]


def _lines(*where: ColumnElement[bool]) -> Select[JournalEntry]:
    return select(JournalEntry).where(*where, _by_assistance(), JournalEntry.action.in_(ACTS))


def _by_assistance() -> ColumnElement[bool]:
    ties = select(AffiliationProof.affiliation_id).where(AffiliationProof.kind == Proof.ASSISTED)
    return JournalEntry.affiliation_id.in_(ties)


def _assisted(entry: JournalEntry) -> bool:
    """At the time: the same tie may have been proven otherwise since."""
    return bool(entry.payload.get("under", {}).get("proof") == Proof.ASSISTED)
