from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from flask_login import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from coconstruction import clock
from coconstruction.database import Base
from coconstruction.territories.models import Organisation


class Proof(StrEnum):
    """The rungs of belonging, the best first (docs/decisions/0017)."""

    PROCONNECT = "proconnect"
    OFFICIAL_ADDRESS = "official_address"
    EMAIL_DOMAIN = "email_domain"
    OFFICIAL_CODE = "official_code"
    REFERENT = "referent"
    CURATOR = "curator"
    ASSISTED = "assisted"


class Role(StrEnum):
    """The profile an agent is shown under."""

    AGENT = "agent"
    ELU = "elu"
    PARTENAIRE = "partenaire"


class MandateRole(StrEnum):
    AGENT = "agent"
    ELU = "elu"
    REFERENT = "referent"


class Scope(StrEnum):
    """What a mandate is good for."""

    EVERYTHING = "everything"
    ROUND = "round"
    NEED = "need"


class Authority(StrEnum):
    """In whose name somebody decides on the people of an organisation."""

    CURATOR = "curator"
    REFERENT = "referent"


class DomainState(StrEnum):
    """`official`: that of an official contact address, of this organisation alone."""

    OFFICIAL = "official"
    VERIFIED = "verified"
    PENDING = "pending"
    REFUSED = "refused"


PROVING = frozenset({DomainState.OFFICIAL, DomainState.VERIFIED})


class Agent(UserMixin, Base):  # type: ignore[misc]  # Flask-Login ships no types
    """A person. `seen_at`: when they last signed in; `warned_at`: since when they know that, away for too long, they
    will be forgotten. `session_key` and what follows it are not stored: they are those of the session that loaded this
    agent, if any."""

    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    is_curator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    warned_at: Mapped[datetime | None]

    session_key = ""
    session_used_at = cast("datetime | None", None)
    second_factor_at = cast("datetime | None", None)

    def get_id(self) -> str:
        return self.session_key


class Affiliation(Base):
    """An agent's tie to an organisation. Live while one of its proofs stands, and until it ends; a mandate is apart.

    `proof`, `evidence`, `proven_at` and `proven_by_id` repeat the best standing proof. `suspended_at`: its last proof
    fell. `lapses_at`: not live from then on. `ended_by_id`: who ended it; a tie ended by somebody else than its agent
    is proven anew by people only, never by an address."""

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
    suspended_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    agent: Mapped[Agent] = relationship(foreign_keys=agent_id)
    ended_by: Mapped[Agent | None] = relationship(foreign_keys=ended_by_id)
    organisation: Mapped[Organisation] = relationship()
    proofs: Mapped[list["AffiliationProof"]] = relationship(back_populates="affiliation")
    mandates: Mapped[list["Mandate"]] = relationship(
        back_populates="affiliation", foreign_keys="Mandate.affiliation_id", order_by="Mandate.id"
    )
    mandate_request: Mapped["MandateRequest | None"] = relationship()

    @property
    def live(self) -> bool:
        lapsed = self.lapses_at is not None and self.lapses_at <= clock.now()
        return self.proven_at is not None and self.ended_at is None and not lapsed

    @property
    def waiting(self) -> bool:
        """Asked for, and nothing happened since."""
        nothing = self.proof, self.suspended_at, self.ended_at
        return nothing == (None, None, None)

    @property
    def revoked(self) -> bool:
        """Ended, refused or suspended by somebody else than the agent, and not approved since."""
        return self.ended_by_id not in (None, self.agent_id)

    @property
    def put_out_by_team(self) -> bool:
        """What a curator ended, no référent begins again."""
        return self.revoked and self.ended_by is not None and self.ended_by.is_curator

    @property
    def assisted(self) -> bool:
        """A curator writes for an organisation that nobody represents online."""
        return self.proof == Proof.ASSISTED

    @property
    def mandate(self) -> bool:
        """Whether it may commit the organisation to something, if not to everything."""
        return self.live and any(each.commits for each in self.mandates_in_force)

    @property
    def is_referent(self) -> bool:
        return self.live and any(each.role == MandateRole.REFERENT for each in self.mandates_in_force)

    @property
    def mandates_in_force(self) -> "list[Mandate]":
        return [each for each in self.mandates if each.in_force(clock.now())]

    @property
    def under(self) -> Mapping[str, Any]:
        """What the journal keeps beside an act: the proof it rests on and the mandates then in force."""
        return {"proof": self.proof, "mandates": [each.id for each in self.mandates_in_force]}


class AffiliationProof(Base):
    """One rung of the ladder that an affiliation stands on. Proven again, its row is written anew; the journal keeps
    what it said."""

    __tablename__ = "affiliation_proof"

    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    evidence: Mapped[str] = mapped_column(Text)
    proven_at: Mapped[datetime]
    proven_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(Text, default="")

    affiliation: Mapped[Affiliation] = relationship(back_populates="proofs")


class Mandate(Base):
    """What an affiliation may do beyond belonging, for a time and within a scope. A référent's gives the care of the
    organisation's people; `commits`, the right to join, pledge and vote. `scope_id`: the round's or need's number, or 0
    for everything."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("(scope = 'everything') = (scope_id = 0)", name="scope"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="period"),
        # An organisation must not lose its last référent by the calendar.
        CheckConstraint("role <> 'referent' OR (ends_at IS NULL AND scope = 'everything')", name="referent"),
        Index("ix_mandate_affiliation_id", "affiliation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    role: Mapped[str] = mapped_column(String(20))
    commits: Mapped[bool]
    scope: Mapped[str] = mapped_column(String(20), default=Scope.EVERYTHING)
    scope_id: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    motive: Mapped[str] = mapped_column(Text, default="")
    deliberation_number: Mapped[str] = mapped_column(String(60), default="")
    deliberation_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    ended_because: Mapped[str] = mapped_column(Text, default="")

    affiliation: Mapped[Affiliation] = relationship(back_populates="mandates", foreign_keys=affiliation_id)

    def in_force(self, at: datetime) -> bool:
        return self.ended_at is None and self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def covers(self, scope: Scope, scope_id: int) -> bool:
        return self.scope == Scope.EVERYTHING or (self.scope, self.scope_id) == (scope, scope_id)


class MandateRequest(Base):
    """What an agent asks for, until somebody decides."""

    __tablename__ = "mandate_request"

    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    deliberation_number: Mapped[str] = mapped_column(String(60), default="")
    deliberation_on: Mapped[date | None]
    asked_at: Mapped[datetime]

    affiliation: Mapped[Affiliation] = relationship(back_populates="mandate_request")


class OrganisationDomain(Base):
    """An e-mail domain beside one organisation, and what is thought of it."""

    __tablename__ = "organisation_domain"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    state_at: Mapped[datetime]
    motive: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()


class OfficialCode(Base):
    """A code sent to an organisation's official address, for one agent's affiliation. Only its digest is kept; the last
    one sent is the one that serves, for a day and five attempts."""

    __tablename__ = "official_code"
    __table_args__ = (Index("ix_official_code_affiliation_id", "affiliation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_to: Mapped[str] = mapped_column(String(254), index=True)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Document(Base):
    """A piece added to a request, for those who decide on it: never public."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    added_at: Mapped[datetime]

    affiliation: Mapped[Affiliation] = relationship()


class AgentSession(Base):
    """A signed-in browser. Only the key's SHA-256 is kept; ending the row signs that browser out. `used_at`: the last
    time it wrote something, to the hour, or was given a new key. `second_factor_at`: since when it has proven more than
    a mailbox. `id_token`: ProConnect's, to sign out there too."""

    __tablename__ = "agent_session"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(80), default="")
    id_token: Mapped[str] = mapped_column(Text, default="")

    agent: Mapped[Agent] = relationship()


class SecondFactor(Base):
    """A secret shared with an application of the agent's phone (TOTP, RFC 6238), encrypted under the site's key. It
    serves once confirmed; `last_step` is the last thirty seconds whose code was taken, each once."""

    __tablename__ = "second_factor"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    waits_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """For whoever lost their phone: serves once in place of a code. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    used_at: Mapped[datetime | None]


class AgentIdentity(Base):
    """A person as ProConnect knows them through one identity provider: `subject` (`sub`) under `issuer`. `email` and
    `acr` (the level of assurance) are what was told the last time."""

    __tablename__ = "agent_identity"

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    idp_id: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    acr: Mapped[str] = mapped_column(String(100), default="")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]

    agent: Mapped[Agent] = relationship()


class SignInToken(Base):
    """Only the token's SHA-256 is kept. It serves once, within 15 minutes. `identity`: what ProConnect said of whoever
    asked, attached to the account once its mailbox confirms."""

    __tablename__ = "sign_in_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    next_path: Mapped[str] = mapped_column(String(500), default="")
    identity: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
