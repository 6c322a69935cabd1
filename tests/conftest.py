"""One migrated database holding the whole real referential is made once, then given fresh to every test that asks.

`--engine=sqlite` (default) or `--engine=postgresql`: the whole suite runs on both.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fasteners import InterProcessLock
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from coconstruction.app import create_app
from coconstruction.database import db, transaction
from coconstruction.settings import ROOT, Settings
from coconstruction.territories.actions import import_referential
from coconstruction.territories.referential import read_referential
from coconstruction.web.limits import limiter
from tests import postgres_server
from tests.reading import PageClient

REFERENTIAL = ROOT / "node_modules" / "@etalab" / "decoupage-administratif" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--engine") == "postgresql" and not hasattr(config, "workerinput"):
        postgres_server.server_url()  # the controller starts it; the workers find its address


def pytest_unconfigure() -> None:
    postgres_server.stop()


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def template_url(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the database every test starts from. Built once for all the processes of the run."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    with InterProcessLock(shared / f"{engine_name}.lock"):
        url = _template_address(engine_name, shared)
        done = shared / f"{engine_name}.done"
        if not done.exists():
            _build(url, shared)
            done.touch()
    return url


@pytest.fixture(scope="session")
def worker_settings(engine_name: str, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("site")
    return Settings(
        database_url=copy_of(template_url, folder),
        search_index_dir=folder / "index",
        secret_key="a key for tests only, of no value",
        base_url="http://localhost",
        rate_limit_url=f"counters://{folder / 'limits.sqlite3'}",
    )


@pytest.fixture(scope="session")
def worker_app(worker_settings: Settings) -> Iterator[Flask]:
    app = create_app(worker_settings)
    yield app
    hang_up(app)


@pytest.fixture
def app(worker_app: Flask, worker_settings: Settings, template_url: str) -> Flask:
    """The application over a fresh database, where nobody has tried anything yet."""
    hang_up(worker_app)
    restore(worker_settings.database_url, template_url)
    worker_app.extensions["search"].rebuild([], 0)
    limiter.reset()
    return worker_app


@pytest.fixture
def demo_app(app: Flask, worker_settings: Settings) -> Iterator[Flask]:
    demo = create_app(replace(worker_settings, demo=True))
    yield demo
    hang_up(demo)


@pytest.fixture
def client(app: Flask) -> PageClient:
    return PageClient(app, use_cookies=True)


@pytest.fixture
def session(app: Flask, worker_settings: Settings) -> Iterator[Session]:
    """To read what the site wrote, as another program would: outside the application, always the latest.
    Writing goes through `transaction()` in an application context."""
    engine = create_engine(worker_settings.database_url, isolation_level="AUTOCOMMIT")
    with Session(engine) as reading:
        event.listen(reading, "do_orm_execute", lambda state: state.update_execution_options(populate_existing=True))
        yield reading
    engine.dispose()


def hang_up(app: Flask) -> None:
    """A connection left open would keep the next test's database from being replaced."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def copy_of(template_url: str, folder: Path) -> str:
    if template_url.startswith("sqlite"):
        path = folder / "site.sqlite3"
        shutil.copyfile(str(make_url(template_url).database), path)
        return f"sqlite:///{path}"
    name = "site_" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return postgres_server.create_database(name, template=str(make_url(template_url).database))


def restore(url: str, template_url: str) -> None:
    if url.startswith("sqlite"):
        path = Path(str(make_url(url).database))
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(str(make_url(template_url).database), path)
        return
    postgres_server.create_database(str(make_url(url).database), template=str(make_url(template_url).database))


def _template_address(engine_name: str, shared: Path) -> str:
    if engine_name == "sqlite":
        return f"sqlite:///{shared / 'template.sqlite3'}"
    return postgres_server.database_url("template_" + hashlib.sha256(str(shared).encode()).hexdigest()[:12])


def _build(url: str, shared: Path) -> None:
    if not url.startswith("sqlite"):
        postgres_server.create_database(str(make_url(url).database))
    app = create_app(Settings(database_url=url, search_index_dir=shared / "template-index", secret_key="template"))
    with app.app_context():
        upgrade()
        with transaction() as session:
            import_referential(session, read_referential(REFERENTIAL), lambda _done: None)
        if url.startswith("sqlite"):
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
