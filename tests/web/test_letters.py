"""Letters leave by the worker, which no letter, no relay and no other duty may hold up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import worker
from coconstruction.database import transaction
from coconstruction.journal import last_line
from coconstruction.notifications.actions import Mail, post
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings
from tests import cast

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
DOWN = "smtp://127.0.0.1:1"


@pytest.fixture
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def box(app: Flask, worker_settings: Settings, session: Session, tmp_path: Path) -> Settings:
    """Letters as files. The index has read the journal so far."""
    app.extensions["search"].rebuild([], last_line(session)[0])
    return replace(worker_settings, mail_url=f"file://{tmp_path}/letters")


def write(app: Flask, *titles: str) -> None:
    with app.app_context(), transaction() as session:
        for number, title in enumerate(titles):
            context = {"title": title, "path": "/besoins/1", "motive": "Utile partout."}
            post(session, Mail(f"news-{number}", f"agent{number}@demo.example", "shortlisted", context))


def subjects(box: Settings) -> list[str]:
    folder = Path(box.mail_url.removeprefix("file://"))
    files = sorted(folder.glob("*.eml"), key=lambda each: int(each.stem)) if folder.exists() else []
    return [message_from_bytes(each.read_bytes(), policy=policy.default)["Subject"] for each in files]


def test_the_worker_sends_letters_and_follows_the_journal(app: Flask, box: Settings, session: Session) -> None:
    write(app, "Une salle")
    with app.app_context(), transaction() as writing:
        cast.posted_need(writing, cast.affiliation(writing, "maire@vern.example", cast.VERN))
    assert worker.run_once(app, box) is True
    assert subjects(box) == ["Présélectionné : « Une salle »"]
    assert app.extensions["search"].watermark() == last_line(session)[0]


def test_a_title_on_two_lines_makes_a_subject_on_one(app: Flask, box: Settings) -> None:
    write(app, "Une\x0bsalle\x85des fêtes\u2028et plus", "Une autre")
    worker.run_once(app, box)
    assert subjects(box) == ["Présélectionné : « Une salle des fêtes et plus »", "Présélectionné : « Une autre »"]


def test_a_letter_that_cannot_be_written_holds_up_no_other(app: Flask, box: Settings, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        post(writing, Mail("broken", "agent@demo.example", "shortlisted", {"title": "Il manque le reste"}))
    write(app, "Une salle")
    worker.run_once(app, box)
    assert subjects(box) == ["Présélectionné : « Une salle »"]
    left = session.scalars(select(Letter).where(Letter.sent_at.is_(None))).one()
    assert (left.attempts, "path" in left.last_error or "motive" in left.last_error) == (1, True)


def test_letters_leave_after_three_days_without_a_relay(
    app: Flask, box: Settings, hand: time_machine.Traveller, session: Session
) -> None:
    write(app, "Une salle")
    for minutes in range(0, 3 * 24 * 60, 120):
        hand.move_to(MONDAY + timedelta(minutes=minutes), tick=False)
        worker.run_once(app, replace(box, mail_url=DOWN))
    assert session.scalars(select(Letter.attempts)).one() < 30
    hand.move_to(MONDAY + timedelta(days=3, hours=6), tick=False)
    worker.run_once(app, box)
    assert subjects(box) == ["Présélectionné : « Une salle »"]


def test_a_duty_that_fails_holds_up_no_other(app: Flask, box: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(worker, "publish_due_results", broken)
    write(app, "Une salle")
    assert worker.run_once(app, box) is False
    assert subjects(box) == ["Présélectionné : « Une salle »"]
