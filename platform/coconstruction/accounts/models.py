from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.database import Base
from coconstruction.territories.models import Organisation


class Proof(StrEnum):
    EMAIL_DOMAIN = "email_domain"
    CURATOR = "curator"


class Role(StrEnum):
    AGENT = "agent"
    ELU = "elu"
    PARTENAIRE = "partenaire"


class Agent(UserMixin, Base):  # type: ignore[misc]  # Flask-Login ships no types
    """A person. `session_key` is not stored: it is the key of the session that loaded this agent, if any."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    is_curator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    session_key = ""

    def get_id(self) -> str:
        return self.session_key


class Affiliation(Base):
    """An agent's tie to an organisation. Live once proven and until it ends; the mandate is granted apart."""

    __tablename__ = "affiliation"
    __table_args__ = (
        UniqueConstraint("agent_id", "organisation_id"),
        CheckConstraint("(proven_at IS NULL) = (proof IS NULL)", name="proof"),
        Index("ix_affiliation_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(20))
    function: Mapped[str] = mapped_column(String(120), default="")
    motive: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    proof: Mapped[str | None] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(Text, default="")
    proven_at: Mapped[datetime | None]
    proven_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    mandate_asked_at: Mapped[datetime | None]
    mandate_at: Mapped[datetime | None]
    mandate_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    ended_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship(foreign_keys=agent_id)
    organisation: Mapped[Organisation] = relationship()

    @property
    def live(self) -> bool:
        return self.proven_at is not None and self.ended_at is None

    @property
    def mandate(self) -> bool:
        return self.live and self.mandate_at is not None


class VerifiedDomain(Base):
    """An e-mail domain that proves belonging to one organisation."""

    __tablename__ = "verified_domain"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    verified_at: Mapped[datetime]


class AgentSession(Base):
    """A signed-in browser. Only the key's SHA-256 is kept; ending the row signs that browser out."""

    __tablename__ = "agent_session"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship()


class SignInToken(Base):
    """Only the token's SHA-256 is kept. It serves once, within 15 minutes."""

    __tablename__ = "sign_in_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    next_path: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
