from flask import Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from coconstruction.database import db, deadlocked

MOST_TRIES = 4


class Application(Flask):
    """Two requests may each hold what the other waits for: two référents who put each other out hold their own tie.
    PostgreSQL undoes one of them, whole, and that one is done again (docs/decisions/0003)."""

    def dispatch_request(self) -> ResponseReturnValue:
        for _ in range(MOST_TRIES - 1):
            try:
                return super().dispatch_request()
            except OperationalError as error:
                if not deadlocked(error):
                    raise
                _forget_what_was_read()
        return super().dispatch_request()


def _forget_what_was_read() -> None:
    db.session.rollback()
    db.session.expunge_all()
    for name in list(g):
        g.pop(name)
