from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation

CHANGES_FOR = timedelta(minutes=15)


class Message(Base):
    """What an organisation, or the team (no affiliation), says of a need. `answers_id`: the message that begins the
    thread; none for that one itself. Removed by its author, it is emptied and keeps its place; hidden by the team, it
    is kept and shown to the team only."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_need_id", "need_id", "answers_id", "id"),
        Index("ix_message_answers_id", "answers_id"),
        Index("ix_message_author_id", "author_id", "posted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    affiliation_id: Mapped[int | None] = mapped_column(ForeignKey("affiliation.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str] = mapped_column(Text, default="")
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    need: Mapped[Need] = relationship()
    affiliation: Mapped[Affiliation | None] = relationship()
    author: Mapped[Agent] = relationship(foreign_keys=author_id)

    @property
    def organisation(self) -> Organisation | None:
        return self.affiliation.organisation if self.affiliation else None

    @property
    def by_team(self) -> bool:
        return self.affiliation_id is None

    @property
    def gone(self) -> bool:
        """Nobody reads it in the discussion any more."""
        return self.removed_at is not None or self.hidden_at is not None

    @property
    def path(self) -> str:
        return f"/besoins/{self.need_id}/discussion?message={self.id}#message-{self.id}"


class MessageMention(Base):
    """`told_at`: when its agents were written to; none when they had been lately."""

    __tablename__ = "message_mention"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    told_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class Attachment(Base):
    """Public, like its message."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    added_at: Mapped[datetime]

    message: Mapped[Message] = relationship()


class MessageReport(Base):
    """One by agent, seen by the team only, until it decides."""

    __tablename__ = "message_report"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
