from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.notifications.models import Letter


def latest_letters(session: Session, limit: int = 100) -> Sequence[Letter]:
    return session.scalars(select(Letter).order_by(Letter.id.desc()).limit(limit)).all()


def letter(session: Session, letter_id: int) -> Letter | None:
    return session.get(Letter, letter_id)
