from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coconstruction.database import Base
from coconstruction.web.paths import slug


class Solution(Base):
    """A reusable service of the catalogue."""

    __tablename__ = "solution"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    summary: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    themes: Mapped[list[str]] = mapped_column(JSON)
    lifecycle: Mapped[str] = mapped_column(String(20))
    licence: Mapped[str] = mapped_column(String(60), default="")
    url: Mapped[str] = mapped_column(String(300))
    repository: Mapped[str] = mapped_column(String(300), default="")
    bearer: Mapped[str] = mapped_column(String(200), default="")
    audience: Mapped[str] = mapped_column(String(300), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def saved_mark(self) -> str:
        """When the sheet was last changed, as its form carries it."""
        return self.updated_at.isoformat()

    @property
    def path(self) -> str:
        return f"/solutions/{self.id}-{slug(self.name)}"
