"""The index follows the journal: what the site says now is what the search finds."""

import multiprocessing
import time
from dataclasses import replace
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import update

from coconstruction import worker
from coconstruction.app import create_app
from coconstruction.database import db, transaction
from coconstruction.journal import By, last_line
from coconstruction.needs.actions import edit, reopen, withdraw
from coconstruction.search.index import Question, SearchIndex
from coconstruction.search.updates import catch_up
from coconstruction.settings import Settings
from coconstruction.solutions.actions import enter
from coconstruction.solutions.content import SolutionContent
from coconstruction.solutions.lifecycle import LIFECYCLES
from coconstruction.territories.models import Organisation
from tests import cast
from tests.search.asking import keys

MAYOR = "maire@vern.example"
WRITERS, EACH = 4, 5
processes = multiprocessing.get_context("spawn")


@pytest.fixture
def index(app: Flask) -> SearchIndex:
    """Empty, and up to date: the import of the referential is behind it."""
    index: SearchIndex = app.extensions["search"]
    with app.app_context():
        seq, _ = last_line(db.session())
    index.rebuild([], seq)
    return index


@pytest.fixture
def only_two_communes(app: Flask) -> None:
    """The referential, short enough to be indexed in a moment."""
    kept = Organisation.reference.in_((cast.VERN, cast.ARBRISSEL))
    with app.app_context(), transaction() as session:
        session.execute(update(Organisation).where(~kept).values(active=False))


def test_a_need_is_found_once_posted_and_no_longer_once_withdrawn(app: Flask, index: SearchIndex) -> None:
    with app.app_context(), transaction() as session:
        mayor = cast.affiliation(session, MAYOR, cast.VERN)
        need_id = cast.posted_need(session, mayor)
    assert keys(index, "cantine") == []
    _follow(app)
    assert keys(index, "cantines") == keys(index, "Vern") == [("need", need_id)]
    with app.app_context(), transaction() as session:
        withdraw(session, cast.affiliation(session, MAYOR, cast.VERN), need_id, "Fait double emploi.")
    _follow(app)
    assert keys(index, "cantine") == []
    with app.app_context(), transaction() as session:
        reopen(session, cast.affiliation(session, MAYOR, cast.VERN), need_id)
    _follow(app)
    assert keys(index, "cantine") == [("need", need_id)]


def test_an_edited_need_is_found_by_its_new_words_only(app: Flask, index: SearchIndex) -> None:
    with app.app_context(), transaction() as session:
        mayor = cast.affiliation(session, MAYOR, cast.VERN)
        need_id = cast.posted_need(session, mayor)
    _follow(app)
    with app.app_context(), transaction() as session:
        content = replace(cast.CONTENT, title="Entretenir les chemins de randonnée")
        edit(session, cast.affiliation(session, MAYOR, cast.VERN), need_id, content, 1)
    _follow(app)
    assert keys(index, "randonnées") == [("need", need_id)]
    assert keys(index, "cantine") == []


def test_a_solution_is_found_once_entered(app: Flask, index: SearchIndex) -> None:
    with app.app_context(), transaction() as session:
        curator = cast.agent(session, "curatrice@etat.example", curator=True)
        content = SolutionContent(
            "Cadastre ouvert", "Le plan des parcelles.", ["procedures"], next(iter(LIFECYCLES)), "https://x.example"
        )
        solution_id = enter(session, By(agent_id=curator.id), content).id
    _follow(app)
    assert keys(index, "parcelle") == [("solution", solution_id)]


def test_what_is_found_is_up_to_date_with_the_journal(app: Flask, index: SearchIndex) -> None:
    with app.app_context(), transaction() as session:
        cast.posted_need(session, cast.affiliation(session, MAYOR, cast.VERN))
    _follow(app)
    with app.app_context():
        assert index.watermark() == last_line(db.session())[0]
        assert catch_up(index, db.session()) == 0


@pytest.mark.usefixtures("only_two_communes")
def test_a_lost_index_comes_back_whole_from_the_journal(app: Flask, index: SearchIndex) -> None:
    with app.app_context(), transaction() as session:
        need_id = cast.posted_need(session, cast.affiliation(session, MAYOR, cast.VERN))
    index.rebuild([], 0)
    _follow(app)
    assert index.search(Question("")).total == 3
    assert ("need", need_id) in keys(index, "cantine")


@pytest.mark.usefixtures("only_two_communes")
def test_the_command_rebuilds_everything_and_says_how_far_it_is(app: Flask, index: SearchIndex) -> None:
    result = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert result.exit_code == 0, result.output
    assert "Index de recherche" in result.output
    assert "2 fiches indexées." in result.output
    assert index.search(Question("35352")).total == 1


@pytest.mark.concurrency
def test_needs_posted_by_four_processes_are_all_found(
    app: Flask, index: SearchIndex, worker_settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, MAYOR, cast.VERN)
    _rest(app)
    writers = [processes.Process(target=_post, args=(worker_settings, each)) for each in range(WRITERS)]
    followers = [processes.Process(target=_follow_until, args=(worker_settings, WRITERS * EACH)) for _ in range(2)]
    for process in (*writers, *followers):
        process.start()
    for process in (*writers, *followers):
        process.join(120)
    assert [process.exitcode for process in (*writers, *followers)] == [0] * (WRITERS + 2)
    found = index.search(Question("cantine", per_page=100))
    assert found.total == len({hit.id for hit in found.hits}) == WRITERS * EACH


@pytest.mark.concurrency
def test_a_need_is_found_within_a_second_beside_the_worker(
    app: Flask, index: SearchIndex, worker_settings: Settings
) -> None:
    process = processes.Process(target=_work, args=(worker_settings,))
    process.start()
    try:
        _seconds_to_find(app, index, "premier", limit=60)  # the worker starts up meanwhile
        waits = [_seconds_to_find(app, index, f"essai{number}", limit=10) for number in range(5)]
    finally:
        process.terminate()
        process.join(30)
    assert median(waits) < 1
    assert process.exitcode == 0


def _follow(app: Flask) -> None:
    """As the worker does, until nothing is left to read."""
    with app.app_context():
        while catch_up(app.extensions["search"], db.session()):
            db.session.remove()


def _rest(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _post(settings: Settings, writer: int) -> None:
    app = create_app(settings)
    for number in range(EACH):
        with app.app_context(), transaction() as session:
            content = replace(cast.CONTENT, title=f"Cantine {writer} {number}")
            cast.posted_need(session, cast.affiliation(session, MAYOR, cast.VERN), content)


def _follow_until(settings: Settings, wanted: int) -> None:
    app = create_app(settings)
    while app.extensions["search"].search(Question("cantine")).total < wanted:
        with app.app_context():
            catch_up(app.extensions["search"], db.session())


def _work(settings: Settings) -> None:
    worker.run(create_app(settings), settings)


def _seconds_to_find(app: Flask, index: SearchIndex, word: str, limit: float) -> float:
    with app.app_context(), transaction() as session:
        content = replace(cast.CONTENT, title=f"Besoin {word}")
        cast.posted_need(session, cast.affiliation(session, MAYOR, cast.VERN), content)
    began = time.monotonic()
    while not index.search(Question(f"{word} ")).total:
        assert time.monotonic() - began < limit, f"{word} was never found"
    return time.monotonic() - began
