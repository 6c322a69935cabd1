from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Agent
from coconstruction.database import Base
from coconstruction.needs.models import Need


class Shortlisting(Base):
    """The committee's dated, motivated decision to present a need to a round. A need that comes back to a later
    round has several."""

    __tablename__ = "shortlisting"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    motive: Mapped[str] = mapped_column(Text)
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]

    need: Mapped[Need] = relationship()
    curator: Mapped[Agent] = relationship()
