from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Agent
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.scoring.grid import Criterion, read


class ScoringGrid(Base):
    """A version of the criteria (`grid.Criterion`); the highest is in force. `curator_id`: none wrote the first one."""

    __tablename__ = "scoring_grid"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    motive: Mapped[str] = mapped_column(Text, default="")
    curator_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]

    curator: Mapped[Agent | None] = relationship()

    @property
    def read(self) -> list[Criterion]:
        return read(self.criteria)


class Review(Base):
    """What one curator thinks of a need under a grid: `notes` by code of criterion. A draft, its author's alone, until
    `submitted_at`."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("need_id", "curator_id", "grid_version"),
        Index("ix_review_curator_id", "curator_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    grid_version: Mapped[int] = mapped_column(ForeignKey("scoring_grid.version"))
    notes: Mapped[dict[str, int]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    curator: Mapped[Agent] = relationship()
    corrections: Mapped[list["ReviewCorrection"]] = relationship(order_by="ReviewCorrection.number")


class ReviewCorrection(Base):
    """What a submitted review said before it was corrected (`notes`, `comment`), and why it was."""

    __tablename__ = "review_correction"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notes: Mapped[dict[str, int]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text)
    motive: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class DeclaredInterest(Base):
    """A curator says that they have an interest in a need; `withdrawn_at`: they said since that they have none. The
    reason is kept out of the journal, where nothing personal could ever be erased."""

    __tablename__ = "interest"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
