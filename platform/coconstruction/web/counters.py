"""Where attempts are counted: an SQLite file that every process of this machine shares (docs/decisions/0014)."""

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from limits.storage import Storage

from coconstruction import clock

SCHEME = "counters"
SWEEP_SECONDS = 600
BUSY_SECONDS = 5


class Counters(Storage):
    """Lost in a power cut without harm: a count is a matter of minutes."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._path = Path((uri or "").removeprefix(f"{SCHEME}://"))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._sweeps_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = _now()
        if now >= self._sweeps_at:
            self._sweeps_at = now + SWEEP_SECONDS
            self._ask("DELETE FROM counter WHERE ends <= ?", (now,))
        # One statement, so that no other process counts between reading and writing.
        row = self._ask(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " total = CASE WHEN ends <= ? THEN excluded.total ELSE total + excluded.total END,"
            " ends = CASE WHEN ends <= ? THEN excluded.ends ELSE ends END RETURNING total",
            (key, amount, now + expiry, now, now),
        )
        return int(row[0]) if row else 0

    def get(self, key: str) -> int:
        row = self._ask("SELECT total FROM counter WHERE name = ? AND ends > ?", (key, _now()))
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._ask("SELECT ends FROM counter WHERE name = ?", (key,))
        return float(row[0]) if row else _now()

    def check(self) -> bool:
        return self._ask("SELECT 1", ()) is not None

    def reset(self) -> int | None:
        return self._connection().execute("DELETE FROM counter").rowcount

    def clear(self, key: str) -> None:
        self._ask("DELETE FROM counter WHERE name = ?", (key,))

    def _ask(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection().execute(statement, values).fetchone()
        return row

    def _connection(self) -> sqlite3.Connection:
        """One a thread; a process that was forked opens its own, as SQLite asks."""
        if getattr(self._local, "process", None) != os.getpid():
            self._local.connection, self._local.process = self._open(), os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        self._write_ahead(connection)
        connection.execute("CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, total INTEGER, ends REAL)")
        return connection

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Only one may change the mode of a new file, and SQLite does not make the others wait for it."""
        limit = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.01)


def _now() -> float:
    return clock.now().timestamp()
