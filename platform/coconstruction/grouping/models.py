from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from coconstruction.database import Base


class DismissedPair(Base):
    """Two needs that a curator found different, the lower number first: not suggested again, until one of their texts
    is no longer the version that was compared."""

    __tablename__ = "dismissed_pair"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    second_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    first_version: Mapped[int]
    second_version: Mapped[int]
    curator_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
