from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coconstruction.database import Base


class Letter(Base):
    """An e-mail as data, written with the act it tells of and carried by the worker. `dedup_key` names the event and
    the recipient, so that the same news is never written twice. `claimed_at`: nobody else takes it before then.
    `context` feeds `templates/emails/<template>.txt`."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_sent_at", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dedup_key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    template: Mapped[str] = mapped_column(String(60))
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
