from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.database import Base
from coconstruction.needs.models import Need


class Following(Base):
    """What a person chose about a need: to hear of it, or not. Without a row, those who supported or joined it for
    their organisation hear of it, and nobody else."""

    __tablename__ = "following"
    __table_args__ = (Index("ix_following_agent_id", "agent_id"),)

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    wanted: Mapped[bool]
    at: Mapped[datetime]

    need: Mapped[Need] = relationship()


class News(Base):
    """What those who lead a coalition tell everyone, in Markdown. Taken back, only its place remains."""

    __tablename__ = "news"
    __table_args__ = (Index("ix_news_need_id", "need_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    title: Mapped[str] = mapped_column(String(140))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    affiliation: Mapped[Affiliation] = relationship()


class Digest(Base):
    """How far the letters of a need have told its news, and when the last one left."""

    __tablename__ = "digest"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    up_to: Mapped[int]
    sent_at: Mapped[datetime]


class Agreement(Base):
    """A member confirms its commitment after the need's text has changed: to this version."""

    __tablename__ = "agreement"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), primary_key=True, autoincrement=False)
    version: Mapped[int]
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]
