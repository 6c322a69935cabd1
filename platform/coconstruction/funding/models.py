from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coconstruction.accounts.models import Affiliation
from coconstruction.database import Base


class CostSplit(Base):
    """How a coalition chose to share what remains to pay; without a row, by population. `method`: `shares.Method`."""

    __tablename__ = "cost_split"
    __table_args__ = (CheckConstraint("method IN ('population', 'equal', 'pledge')", name="method"),)

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, autoincrement=False)
    method: Mapped[str] = mapped_column(String(20))
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("affiliation.id"))
    at: Mapped[datetime]

    affiliation: Mapped[Affiliation] = relationship()
