"""Carries out what requests wrote down: letters, search updates, results that are due. Every step is safe to repeat."""

import logging
import signal
import threading
from types import FrameType

from flask import Flask

from coconstruction import clock
from coconstruction.database import db, transaction
from coconstruction.notifications.carrier import carry_letters
from coconstruction.rounds.actions import publish_due
from coconstruction.search.updates import catch_up
from coconstruction.settings import Settings

TICK_SECONDS = 0.2
log = logging.getLogger(__name__)


def run_once(app: Flask, settings: Settings) -> None:
    """Letters first: they wait for nobody's index."""
    with app.app_context():
        publish_due_results()
        carry_letters(settings)
    with app.app_context():
        catch_up(app.extensions["search"], db.session())


def publish_due_results() -> None:
    with transaction() as session:
        publish_due(session, clock.now())


def run(app: Flask, settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Nothing is lost by a failed step: what it had to do is still written down."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.wait(TICK_SECONDS):
        try:
            run_once(app, settings)
        except Exception:  # whatever one step meets (a busy database, a full disk), the next tick tries again
            log.exception("a step of the worker failed; trying again")
            stopping.wait(2)
