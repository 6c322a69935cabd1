from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.database import Base
from coconstruction.territories.models import Organisation


class AssistedAct(Base):
    """A line of the journal that a curator caused for an organisation, of which it was told by letter. The letter's
    token, of which only the SHA-256 is kept, lets it contest."""

    __tablename__ = "assisted_act"

    seq: Mapped[int] = mapped_column(ForeignKey("journal_entry.seq"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    told_at: Mapped[datetime]
    contested_at: Mapped[datetime | None]
    contested_because: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()
