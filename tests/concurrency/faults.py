"""Guards taken away on purpose: a race test that stays green without its guard proves nothing."""

from typing import Any

from sqlalchemy.orm import Session

from coconstruction import database
from coconstruction.coalitions import actions as coalitions
from coconstruction.database import Base
from coconstruction.needs import actions as needs


def no_lock() -> None:
    """Rows are read without being held, and SQLite begins writing only when it must."""
    needs.lock = coalitions.lock = _read  # type: ignore[assignment]
    database._begin_sqlite.__code__ = _begin_late.__code__  # already listened to, by every connection of the engine


def _read(session: Session, model: type[Base], key: Any) -> Base:
    return session.get_one(model, key)


def _begin_late(connection: Any) -> None:
    connection.exec_driver_sql("PRAGMA query_only=0")
    connection.exec_driver_sql("BEGIN")
