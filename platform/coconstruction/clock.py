"""The one place that asks what time it is, so that a test can move the whole product at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    return _told.get() or datetime.now(UTC)


def day_start(day: date) -> datetime:
    """Midnight in Paris."""
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


@contextmanager
def told_as(moment: datetime) -> Iterator[None]:
    """For the demonstration's loader alone, which tells a past that must be dated in the past."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)
