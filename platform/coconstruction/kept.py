"""Values worked out from the whole database, kept until the journal's next line: never stale, nothing to invalidate
(docs/decisions/0013)."""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from coconstruction.journal import last_line

T = TypeVar("T")


class Kept(Generic[T]):
    """One value a process. `work` must read nothing but what the journal tells of: no draft, no letter, no session."""

    def __init__(self, work: Callable[[Session], T]) -> None:
        self._work = work
        self._kept: tuple[tuple[int, str], T] | None = None

    def __call__(self, session: Session) -> T:
        head, kept = last_line(session), self._kept
        if kept is not None and kept[0] == head:
            return kept[1]
        value = self._work(session)
        self._kept = (head, value)
        return value
