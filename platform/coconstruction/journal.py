"""Who did what, for whom, under which mandate: one line a change of state, in its transaction (docs/decisions/0011).

Lines are numbered without a gap and each carries the hash of the one before, so that a removed or edited line shows.
`record` holds the head of the chain until the transaction ends: call it last, after the rows decided upon are locked.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, CheckConstraint, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from coconstruction import clock
from coconstruction.database import Base

GENESIS = "0" * 64
Payload = Mapping[str, Any]


class Actor(Protocol):
    """An affiliation: the agent, the organisation acted for, and under what: the proof between them, the mandates."""

    @property
    def id(self) -> int: ...
    @property
    def agent_id(self) -> int: ...
    @property
    def organisation_id(self) -> int: ...
    @property
    def under(self) -> Mapping[str, Any]: ...


class JournalEntry(Base):
    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_subject", "subject_kind", "subject_id"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int]
    agent_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    affiliation_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class JournalHead(Base):
    """A single row: the last line's number and hash."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


HELD_HEAD = select(JournalHead.seq, JournalHead.hash).where(JournalHead.id == 1).with_for_update()
NEW_LINE = insert(Base.metadata.tables[JournalEntry.__tablename__])
NEW_HEAD = update(Base.metadata.tables[JournalHead.__tablename__]).where(JournalHead.id == 1)


@dataclass(frozen=True)
class By:
    """An act of a person who stands for no organisation (a curator, a newcomer), or of the system (no agent)."""

    agent_id: int | None = None
    organisation_id: int | None = None
    id: int | None = None

    @property
    def under(self) -> Mapping[str, Any]:
        return {}


SYSTEM = By()


def record(
    session: Session, action: str, subject: tuple[str, int], *, by: Actor | By, payload: Payload | None = None
) -> None:
    """Append one line. `subject` is (kind, id), for example ("need", 12). What the actor acts under is kept with it."""
    record_all(session, [Event(action, subject, payload or {})], by=by)


@dataclass(frozen=True)
class Event:
    action: str
    subject: tuple[str, int]
    payload: Payload


def record_all(session: Session, events: Iterable[Event], *, by: Actor | By) -> None:
    """Append a line for each, in their order, holding the head once."""
    session.flush()
    connection = session.connection()
    head = connection.execute(HELD_HEAD).one()
    seq, last_hash, lines = head.seq, head.hash, []
    for each in events:
        seq += 1
        line = _new_line(seq, each, by)
        line_hash = digest(last_hash, line)
        lines.append({**line, "prev_hash": last_hash, "hash": line_hash})
        last_hash = line_hash
    if lines:
        connection.execute(NEW_LINE, lines)
        connection.execute(NEW_HEAD, {"seq": seq, "hash": last_hash})


def _new_line(seq: int, event: Event, by: Actor | By) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": clock.now(),
        "action": event.action,
        "subject_kind": event.subject[0],
        "subject_id": event.subject[1],
        "agent_id": by.agent_id,
        "organisation_id": by.organisation_id,
        "affiliation_id": by.id,
        "payload": {**event.payload, **({"under": dict(by.under)} if by.under else {})},
    }


def digest(prev_hash: str, line: Mapping[str, Any]) -> str:
    """SHA-256 of the previous hash and the line's canonical JSON (sorted keys, no spaces, UTC to the microsecond)."""
    text = {**line, "at": line["at"].isoformat(timespec="microseconds")}
    canonical = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{prev_hash}\n{canonical}".encode()).hexdigest()


def first_flaw(entries: Iterable[JournalEntry], last_seq: int, last_hash: str) -> int | None:
    """The number of the first line that does not follow from the one before, or None when the chain is whole
    up to the head (`last_seq`, `last_hash`): lines cut off at the end show too."""
    seq, prev_hash = 0, GENESIS
    for entry in entries:
        if entry.seq != seq + 1 or entry.prev_hash != prev_hash or digest(prev_hash, _line(entry)) != entry.hash:
            return seq + 1
        seq, prev_hash = entry.seq, entry.hash
    return None if (seq, prev_hash) == (last_seq, last_hash) else seq + 1


def entries_after(session: Session, seq: int, limit: int = 10_000) -> Iterator[JournalEntry]:
    yield from session.scalars(
        select(JournalEntry).where(JournalEntry.seq > seq).order_by(JournalEntry.seq).limit(limit)
    )


def last_payload(session: Session, action: str, subject: tuple[str, int]) -> dict[str, Any]:
    """What the latest line of this action says of the subject."""
    wanted = select(JournalEntry).where(JournalEntry.subject_kind == subject[0], JournalEntry.subject_id == subject[1])
    latest = wanted.where(JournalEntry.action == action).order_by(JournalEntry.seq.desc()).limit(1)
    return session.scalars(latest).one().payload


def has_line(session: Session, seq: int, line_hash: str) -> bool:
    """Whether this journal goes on from that line: another one, of a copy brought back, does not."""
    return (
        session.scalar(select(JournalEntry.seq).where(JournalEntry.seq == seq, JournalEntry.hash == line_hash)) == seq
    )


def last_line(session: Session) -> tuple[int, str]:
    row = session.execute(select(JournalHead.seq, JournalHead.hash)).one()
    return row.seq, row.hash


def _line(entry: JournalEntry) -> dict[str, Any]:
    names = ("seq", "at", "action", "subject_kind", "subject_id", "agent_id", "organisation_id", "affiliation_id")
    return {**{name: getattr(entry, name) for name in names}, "payload": entry.payload}
