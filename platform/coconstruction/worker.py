"""Carries out what requests wrote down: letters, search updates, results that are due. Every step is safe to repeat."""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.assistance.actions import tell_assisted
from coconstruction.coalitions.crossing import GRACE, lapse
from coconstruction.coalitions.queries import needs_to_reopen
from coconstruction.database import db, empty_log, transaction
from coconstruction.following.actions import send_digest, tell_edits
from coconstruction.following.queries import needs_with_news
from coconstruction.journal import has_line, last_line
from coconstruction.notifications.carrier import carry_letters
from coconstruction.rounds.actions import publish
from coconstruction.rounds.queries import rounds_due
from coconstruction.search.updates import catch_up
from coconstruction.settings import Settings
from coconstruction.triage.queries import batches_to_tell
from coconstruction.triage.telling import tell

TICK_SECONDS = 0.2
log = logging.getLogger(__name__)


def run_once(app: Flask, settings: Settings) -> bool:
    """Each step by itself: one that fails holds up no other. Whether all went well."""
    steps: tuple[Callable[[], object], ...] = (
        publish_due_results,
        reopen_lapsed_needs,
        _reader(app, tell_assisted),
        _reader(app, tell_edits),
        send_news,
        tell_answers,
        lambda: carry_letters(settings),
        lambda: catch_up(app.extensions["search"], db.session()),
        empty_log,
    )
    return all([_carried_out(app, step) for step in steps])


def publish_due_results() -> None:
    """A transaction a round: two results at once would hold the journal while waiting for needs."""
    for round_id in rounds_due(db.session(), clock.now()):
        with transaction() as session:
            publish(session, round_id, clock.now())


def reopen_lapsed_needs() -> None:
    for need_id in needs_to_reopen(db.session(), clock.now() - GRACE):
        with transaction() as session:
            lapse(session, need_id)


def send_news() -> None:
    for need_id in needs_with_news(db.session(), clock.now()):
        with transaction() as session:
            send_digest(session, need_id, clock.now())


def tell_answers() -> None:
    for batch_id in batches_to_tell(db.session()):
        with transaction() as session:
            tell(session, batch_id)


def _reader(app: Flask, carry: Callable[[Session, int], None]) -> Callable[[], object]:
    """Reads on from the line it stopped at: the journal is long, and tells of such things seldom. From the start,
    should the database be another one."""
    place = f"{carry.__name__}_seen"

    def read_on() -> None:
        seen, head = app.extensions.get(place, (0, "")), last_line(db.session())
        if head != seen:
            with transaction() as session:
                carry(session, seen[0] if has_line(session, *seen) else 0)
            app.extensions[place] = head

    return read_on


def _carried_out(app: Flask, step: Callable[[], object]) -> bool:
    try:
        with app.app_context():
            step()
    except Exception:  # whatever it meets (a busy database, a full disk), the next tick tries again
        log.exception("a step of the worker failed; trying again")
        return False
    return True


def run(app: Flask, settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Nothing is lost by a failed step: what it had to do is still written down."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.wait(TICK_SECONDS):
        if not run_once(app, settings):
            stopping.wait(2)
