from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import Base
from coconstruction.territories.models import Organisation
from coconstruction.web.paths import slug


class State(StrEnum):
    """Life of a need. All but draft, open and withdrawn are reached by the system or by a curator's decision."""

    DRAFT = "draft"
    OPEN = "open"
    QUALIFIED = "qualified"
    SHORTLISTED = "shortlisted"
    IN_ROUND = "in_round"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    GROUPED = "grouped"
    REDIRECTED = "redirected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


TAKES_ORGANISATIONS = frozenset({State.OPEN, State.QUALIFIED, State.SHORTLISTED, State.NOT_SELECTED})
IN_SELECTION = frozenset({State.SHORTLISTED, State.IN_ROUND, State.SELECTED})
SET_ASIDE = frozenset({State.GROUPED, State.REDIRECTED, State.DECLINED})


class Origin(StrEnum):
    NEED = "need"
    EXISTING_SERVICE = "existing_service"


class Need(Base):
    """`estimated_cost` in whole euros. `departement_code` is the bearer's, copied to count without a join. The three
    counters equal the rows they count: they are written in the transaction that adds or removes one, with this row
    locked, and exist to sort lists. A common need, which `groups` others, counts each organisation of its own and of
    theirs once; theirs stay theirs, under `common_id` (docs/decisions/0025). `first_answer_at`: when curators first
    answered in public, whatever they said."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("estimated_cost IS NULL OR estimated_cost > 0", name="estimated_cost"),
        CheckConstraint("supports_count >= 0 AND members_count >= 0 AND covered_population >= 0", name="counters"),
        Index("ix_need_posted_at", "posted_at", "id"),
        Index("ix_need_supports_count", "supports_count", "id"),
        Index("ix_need_members_count", "members_count", "id"),
        Index("ix_need_covered_population", "covered_population", "id"),
        Index("ix_need_counted", "theme", "state", "departement_code"),
        Index("ix_need_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20), default=Origin.NEED)
    title: Mapped[str] = mapped_column(String(140), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")
    frequency: Mapped[str] = mapped_column(Text, default="")
    workaround: Mapped[str] = mapped_column(Text, default="")
    expected_effect: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str] = mapped_column(String(30), default="")
    estimated_cost: Mapped[int | None] = mapped_column(BigInteger)
    service_url: Mapped[str] = mapped_column(String(300), default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    departement_code: Mapped[str | None] = mapped_column(String(3))
    author_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    created_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    state_at: Mapped[datetime]
    first_answer_at: Mapped[datetime | None]
    common_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    groups: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    supports_count: Mapped[int] = mapped_column(default=0)
    members_count: Mapped[int] = mapped_column(default=0)
    covered_population: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship()
    author: Mapped[Affiliation] = relationship()

    @property
    def saved_mark(self) -> str:
        """When a draft was last saved, as its form carries it."""
        return self.state_at.isoformat()

    @property
    def path(self) -> str:
        return f"/besoins/{self.id}-{slug(self.title)}"


class NeedVersion(Base):
    """What the need said after each posting or edit; `content` holds the fields of the form."""

    __tablename__ = "need_version"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]

    author: Mapped[Affiliation] = relationship()


class Support(Base):
    """One voice per organisation, whatever its size."""

    __tablename__ = "support"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    need: Mapped[Need] = relationship()


class SteppedOut(Base):
    """An organisation that does not count in the common need for what it did on this one of its grouped needs."""

    __tablename__ = "stepped_out"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False, index=True
    )
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]


class SupportAgent(Base):
    """The agents who clicked, beside the voice they gave or confirmed."""

    __tablename__ = "support_agent"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    at: Mapped[datetime]

    agent: Mapped[Agent] = relationship()
