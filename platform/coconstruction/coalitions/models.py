from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation


class MemberRole(StrEnum):
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


class PledgeEvent(StrEnum):
    DECLARED = "declared"
    WITHDRAWN = "withdrawn"


class Membership(Base):
    """An organisation in a need's coalition. Leaving keeps the row and its ledger; coming back reopens it."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("need_id", "organisation_id"),
        Index("ix_membership_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    role: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    organisation: Mapped[Organisation] = relationship()
    affiliation: Mapped[Affiliation] = relationship()


class Pledge(Base):
    """One line of the ledger, never changed: `amount` in cents for euros, in days for person-days, else 1.
    A withdrawal is a line of its own that names the line it withdraws."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(event = 'withdrawn') = (withdraws_id IS NOT NULL)", name="withdraws"),
        UniqueConstraint("withdraws_id"),
        Index("ix_pledge_membership_id", "membership_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300), default="")
    event: Mapped[str] = mapped_column(String(20))
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]


class ThresholdRule(Base):
    """A versioned rule; `tree` is described in `thresholds.py`. The highest version in force is the one applied."""

    __tablename__ = "threshold_rule"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tree: Mapped[dict[str, Any]] = mapped_column(JSON)
    in_force_at: Mapped[datetime]


class Crossing(Base):
    """A need reached its threshold. The key lets it happen once; the figures are those of that moment. Without a
    `membership`, nobody joined: an import brought more inhabitants (docs/decisions/0016)."""

    __tablename__ = "crossing"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    rule_version: Mapped[int] = mapped_column(ForeignKey("threshold_rule.version"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]

    membership: Mapped[Membership | None] = relationship()
