"""What curators answer to needs. Drafts and notes are theirs alone; a published decision is public, and stays."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.solutions.models import Solution


class Kind(StrEnum):
    KEEP = "keep"
    ASK = "ask"
    REDIRECT = "redirect"
    DECLINE = "decline"
    REOPEN = "reopen"


class Destination(StrEnum):
    AXIS_TWO = "axis_two"
    AXIS_THREE = "axis_three"
    FRANCECONNECT = "franceconnect"
    ANSSI = "anssi"
    SOLUTION = "solution"


class DecisionDraft(Base):
    """One a need, until it is published or thrown away. `destination` is empty unless the need is redirected."""

    __tablename__ = "decision_draft"
    __table_args__ = (CheckConstraint("(kind = 'redirect') = (destination <> '')", name="destination"),)

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(20), default="")
    solution_id: Mapped[int | None] = mapped_column(ForeignKey("solution.id"))
    motive: Mapped[str] = mapped_column(Text)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]

    need: Mapped[Need] = relationship()
    solution: Mapped[Solution | None] = relationship()
    curator: Mapped[Agent] = relationship()


class Decision(Base):
    """`left_state`: where the need was, and goes back to should the decision fall; `new_state`: where it was brought.
    `undone_at`: taken back within the minutes when nobody had been written to."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(kind = 'redirect') = (destination <> '')", name="destination"),
        Index("ix_decision_need_id", "need_id"),
        Index("ix_decision_batch_id", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    kind: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(20), default="")
    solution_id: Mapped[int | None] = mapped_column(ForeignKey("solution.id"))
    motive: Mapped[str] = mapped_column(Text)
    left_state: Mapped[str] = mapped_column(String(20))
    new_state: Mapped[str] = mapped_column(String(20))
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    solution: Mapped[Solution | None] = relationship()


class Batch(Base):
    """What one press of a button did to many needs, and may be taken back for ten minutes. `before`: whose each need
    was, by its number, when they are assigned. `told_at`: when the letters were written."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None] = mapped_column(index=True)


class Appeal(Base):
    """The bearer's request that another curator look again: once a decision."""

    __tablename__ = "appeal"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True, autoincrement=False)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    curator_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    upheld: Mapped[bool | None]
    motive: Mapped[str] = mapped_column(Text, default="")

    decision: Mapped[Decision] = relationship()
    affiliation: Mapped[Affiliation] = relationship()


class Assignment(Base):
    __tablename__ = "assignment"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    at: Mapped[datetime]

    curator: Mapped[Agent] = relationship()


class Note(Base):
    """Between curators, never public."""

    __tablename__ = "triage_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    curator: Mapped[Agent] = relationship()


class SavedView(Base):
    """Filters of the inbox that a curator comes back to. `query`: as in the address."""

    __tablename__ = "saved_view"

    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    query: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class MotiveTemplate(Base):
    """A motive written once, to begin others with. `active`: still offered."""

    __tablename__ = "motive_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text)
    curator_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)
