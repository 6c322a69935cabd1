from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions.ledger import PledgeEvent
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation


class MemberRole(StrEnum):
    """PORTEUR leads the coalition (chef de file): one at a time."""

    PORTEUR = "porteur"
    CO_PORTEUR = "co_porteur"
    PILOTE = "pilote"
    CONTRIBUTEUR = "contributeur"


class PledgeKind(StrEnum):
    EUROS = "euros"
    PERSON_DAYS = "person_days"
    PILOT_SITE = "pilot_site"
    EXPERTISE = "expertise"
    CODE_OR_DATA = "code_or_data"


class Cause(StrEnum):
    """What carried a need over the line: somebody joined or changed what they pledge, an import of populations, a new
    rule, other needs grouped under it."""

    MEMBER = "member"
    IMPORT = "import"
    RULE = "rule"
    GROUPING = "grouping"


LEADS = text("role = 'porteur' AND left_at IS NULL")


class Membership(Base):
    """An organisation in a need's coalition. Leaving keeps the row and its ledger; coming back reopens it. An intention
    until `firm_at`: its assembly has decided, by the deliberation named here."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("need_id", "organisation_id"),
        Index("ix_membership_organisation_id", "organisation_id"),
        Index("ix_membership_leads", "need_id", unique=True, sqlite_where=LEADS, postgresql_where=LEADS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    role: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    firm_at: Mapped[datetime | None]
    deliberation_number: Mapped[str] = mapped_column(String(60), default="")
    deliberation_on: Mapped[date | None]

    need: Mapped[Need] = relationship()
    organisation: Mapped[Organisation] = relationship()
    affiliation: Mapped[Affiliation] = relationship()

    @property
    def leads(self) -> bool:
        return self.role == MemberRole.PORTEUR and self.left_at is None


class Deliberation(Base):
    """The document that commits a member, read by the coalition and the team of the incubator: never public."""

    __tablename__ = "deliberation"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    added_at: Mapped[datetime]


class LeadOffer(Base):
    """The leading member wishes another to lead; it changes nothing until that one consents."""

    __tablename__ = "lead_offer"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()


class Pledge(Base):
    """One line of the ledger, never changed (`ledger.py`): `amount` in cents for euros, in days for person-days, else
    1. A declaration may carry a `condition` (`conditions.py`); any other event names the declaration it is about."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(event = 'declared') = (about_id IS NULL)", name="about"),
        UniqueConstraint("about_id", "event"),
        Index("ix_pledge_membership_id", "membership_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300), default="")
    event: Mapped[str] = mapped_column(String(20), default=PledgeEvent.DECLARED)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    condition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]


class ThresholdRule(Base):
    """A versioned rule; `tree` is described in `thresholds.py`. The highest version is the one applied. `motive`: why
    the team changed it, public."""

    __tablename__ = "threshold_rule"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tree: Mapped[dict[str, Any]] = mapped_column(JSON)
    motive: Mapped[str] = mapped_column(Text, default="")
    in_force_at: Mapped[datetime]


class Crossing(Base):
    """A need reached its threshold, under the rule and with the figures of that moment. `fallen_at`: since when it is
    below again; back within the grace period, it is still the same crossing."""

    __tablename__ = "crossing"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    rule_version: Mapped[int] = mapped_column(ForeignKey("threshold_rule.version"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    cause: Mapped[str] = mapped_column(String(10))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    fallen_at: Mapped[datetime | None]

    membership: Mapped[Membership | None] = relationship()
    rule: Mapped[ThresholdRule] = relationship()


class Milestone(Base):
    """A quarter of the way (`percent`: 25, 50 or 75), reached for the first time."""

    __tablename__ = "milestone"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
