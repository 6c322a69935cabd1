"""The journal cannot be rewritten without its showing, and the database refuses to try."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry, first_flaw, last_line
from tests import cast
from tests.reading import PageClient


@pytest.fixture
def written(app: Flask) -> Flask:
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, "maire@vern.example", cast.VERN)
        for _ in range(3):
            cast.posted_need(session, author)
        cast.agent(session, "curatrice@incubateur.example", curator=True)
    return app


def verify(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["journal", "verify"])
    return result.exit_code, result.output


def test_a_whole_journal_is_said_to_be_whole(written: Flask) -> None:
    status, words = verify(written)
    assert status == 0
    assert "Journal intact" in words


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET action = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_rewrite_a_line(written: Flask, statement: str) -> None:
    with written.app_context(), pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        {"action": "need.withdrawn"},
        {"payload": {"title": "Autre chose"}},
        {"organisation_id": 1},
        {"seq": 40},
        {"hash": "0" * 64},
    ],
)
def test_a_line_changed_in_a_copy_is_named(written: Flask, session: Session, change: dict[str, object]) -> None:
    lines = session.query(JournalEntry).order_by(JournalEntry.seq).all()
    session.expunge_all()
    head = lines[-1].seq, lines[-1].hash
    second_last = lines[-2]
    named = second_last.seq
    for name, value in change.items():
        setattr(second_last, name, value)
    assert first_flaw(lines, *head) == named


def test_lines_cut_off_at_the_end_show(written: Flask, session: Session) -> None:
    lines = session.query(JournalEntry).order_by(JournalEntry.seq).all()
    assert first_flaw(lines[:-1], *last_line(session)) == lines[-1].seq


def test_a_curator_reads_it_and_nobody_else(written: Flask, client: PageClient) -> None:
    cast.sign_in(client, "maire@vern.example")
    assert client.page("/curation/journal").status == 403
    cast.sign_in(client, "curatrice@incubateur.example")
    page = client.page("/curation/journal")
    assert "need.posted" in page.text
    assert "Vern-sur-Seiche" in page.text


def test_a_reading_request_cannot_write(app: Flask) -> None:
    with app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text("DELETE FROM letter"))
