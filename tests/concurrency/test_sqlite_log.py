"""The log of SQLite is emptied by the worker alone (docs/decisions/0020)."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from coconstruction.database import LARGEST_LOG, db, transaction
from coconstruction.settings import Settings
from coconstruction.worker import run_once
from tests import cast


@pytest.fixture
def log(worker_settings: Settings) -> Path:
    if not worker_settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL looks after its own log")
    return Path(f"{make_url(worker_settings.database_url).database}-wal")


def test_commits_leave_the_log_to_the_worker_which_empties_it(app: Flask, worker_settings: Settings, log: Path) -> None:
    with app.app_context():
        filler = "x" * 2**20
        for number in range(LARGEST_LOG // 2**20 + 1):
            with transaction() as session:
                cast.agent(session, f"agent{number}@crowd.example").name = filler
        assert log.stat().st_size > LARGEST_LOG
        db.session.remove()
        assert run_once(app, worker_settings)
        assert log.stat().st_size < LARGEST_LOG
        with transaction() as session:
            assert cast.agent(session, "agent0@crowd.example").name == filler
