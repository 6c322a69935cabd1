from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.database import Base
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation


class JoinInvitation(Base):
    """An organisation asked, once, to join the coalition of a need. The letter's token, of which only the SHA-256 is
    kept, lets whoever reads it refuse all others for good."""

    __tablename__ = "join_invitation"
    __table_args__ = (Index("ix_join_invitation_organisation_id_at", "organisation_id", "at"),)

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"), index=True)
    at: Mapped[datetime]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)

    need: Mapped[Need] = relationship()
    organisation: Mapped[Organisation] = relationship()
    affiliation: Mapped[Affiliation] = relationship()


class NoInvitation(Base):
    """An organisation that wants no invitation to join, from anyone, until it says otherwise."""

    __tablename__ = "no_invitation"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
