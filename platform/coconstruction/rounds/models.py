from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation


class Round(Base):
    """A selection round. `envelope` in cents. Nothing but its dates changes once `frozen_at` is set."""

    __tablename__ = "round"
    __table_args__ = (CheckConstraint("envelope > 0", name="envelope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(140))
    envelope: Mapped[int] = mapped_column(BigInteger)
    rule: Mapped[str] = mapped_column(String(40))
    seed: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    setup_hash: Mapped[str] = mapped_column(String(64), default="")

    phases: Mapped[list["RoundPhase"]] = relationship(order_by="RoundPhase.starts_at")
    candidates: Mapped[list["Candidate"]] = relationship(order_by="Candidate.lot_rank")


class RoundPhase(Base):
    __tablename__ = "round_phase"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    starts_at: Mapped[datetime]


class Candidate(Base):
    """A need as it entered the round: text, coalition and coverage are copied and hashed; `price` in cents.
    `lot_rank` orders ties; it is drawn from the round's seed before the vote opens."""

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("round_id", "need_id"),
        UniqueConstraint("round_id", "lot_rank"),
        CheckConstraint("price > 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    price: Mapped[int] = mapped_column(BigInteger)
    lot_rank: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    snapshot_hash: Mapped[str] = mapped_column(String(64))

    need: Mapped[Need] = relationship()
    round: Mapped[Round] = relationship(overlaps="candidates")


class Ballot(Base):
    """An organisation's current ballot: the ids of the candidates it approves, sorted. `salt` is drawn for each
    version and published with it: without it, trying every set of choices would unseal a receipt."""

    __tablename__ = "ballot"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    version: Mapped[int]
    choices: Mapped[list[int]] = mapped_column(JSON)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    cast_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))
    receipt: Mapped[str] = mapped_column(String(64))

    organisation: Mapped[Organisation] = relationship()
    affiliation: Mapped[Affiliation] = relationship()


class BallotVersion(Base):
    """Every ballot cast, replaced ones included."""

    __tablename__ = "ballot_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "organisation_id"],
            ["ballot.round_id", "ballot.organisation_id"],
            name="fk_ballot_version_ballot",
        ),
    )

    round_id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    choices: Mapped[list[int]] = mapped_column(JSON)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    cast_at: Mapped[datetime]
    salt: Mapped[str] = mapped_column(String(32))
    receipt: Mapped[str] = mapped_column(String(64))


class RoundResult(Base):
    """The published result, as the counting rule gave it, and the SHA-256 of its canonical JSON."""

    __tablename__ = "round_result"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    outcome_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
