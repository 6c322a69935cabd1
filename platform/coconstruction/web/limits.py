"""How often one may ask: counted for all the processes of this machine in a small file of its own
(docs/decisions/0014). A person never meets these limits; a machine that tries does."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import current_user
from limits.storage import Storage

from coconstruction import clock
from coconstruction.settings import Settings

SCHEME = "counters"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])


class Counters(Storage):
    """Counts in an SQLite file: lost in a power cut without harm, shared by every process that opens it."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._path = Path((uri or "").removeprefix(f"{SCHEME}://"))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = clock.now().timestamp()
        row = self._ask(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " total = CASE WHEN ends <= ? THEN excluded.total ELSE total + excluded.total END,"
            " ends = CASE WHEN ends <= ? THEN excluded.ends ELSE ends END RETURNING total",
            (key, amount, now + expiry, now, now),
        )
        return int(row[0]) if row else 0

    def get(self, key: str) -> int:
        row = self._ask("SELECT total FROM counter WHERE name = ? AND ends > ?", (key, clock.now().timestamp()))
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._ask("SELECT ends FROM counter WHERE name = ?", (key,))
        return float(row[0]) if row else clock.now().timestamp()

    def check(self) -> bool:
        return self._ask("SELECT 1", ()) is not None

    def reset(self) -> int | None:
        return self._count("DELETE FROM counter")

    def clear(self, key: str) -> None:
        self._ask("DELETE FROM counter WHERE name = ?", (key,))

    def _ask(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection().execute(statement, values).fetchone()
        return row

    def _count(self, statement: str) -> int:
        return self._connection().execute(statement).rowcount

    def _connection(self) -> sqlite3.Connection:
        """One a thread, opened anew when the file is gone."""
        known = getattr(self._local, "connection", None)
        if known is None:
            known = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            known.execute("PRAGMA journal_mode=WAL")
            known.execute("PRAGMA synchronous=OFF")
            known.execute("CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, total INTEGER, ends REAL)")
            known.execute("DELETE FROM counter WHERE ends <= ?", (clock.now().timestamp(),))
            self._local.connection = known
        return known


def requester() -> str:
    """Where the request comes from; behind a proxy, TRUSTED_PROXIES tells whom to believe."""
    return f"at:{request.remote_addr}"


def person() -> str:
    """Who is signed in; a visitor, by where the request comes from."""
    return f"by:{current_user.id}" if current_user.is_authenticated else requester()


limiter = Limiter(key_func=requester, strategy="fixed-window", headers_enabled=True)


def init_app(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_limit_url
    limiter.init_app(app)


def _reading() -> bool:
    return request.method in SAFE


def sign_in(view: View) -> View:
    """Links to sign in, from one place."""
    return _limited(view, "20 per minute; 100 per hour", requester, exempt_when=_reading)


def codes(view: View) -> View:
    """Codes sent or typed."""
    return _limited(view, "20 per minute; 60 per hour", person, exempt_when=_reading)


def posting(view: View) -> View:
    """What is published or changed in an organisation's name."""
    return _limited(view, "60 per minute; 600 per hour", person, exempt_when=_reading)


def autocomplete(view: View) -> View:
    """Answers while one types: five a second."""
    return _limited(view, "300 per minute", person)


def _limited(view: View, rates: str, key: Callable[[], str], **more: Any) -> View:
    return cast("View", limiter.limit(rates, key_func=key, **more)(view))
