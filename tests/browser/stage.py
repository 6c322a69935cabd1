"""The demonstration, prepared once for the run and copied for every site."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from coconstruction.settings import ROOT
from tests.conftest import copy_of
from tests.served import Site, environment


@dataclass(frozen=True)
class Stage:
    database_url: str
    index: Path

    def site(self, folder: Path, **settings: str) -> Site:
        """A new one, which remembers nothing of the others."""
        if self.index.exists():
            shutil.copytree(self.index, folder / "index", symlinks=True)  # « current » is one
        return Site(copy_of(self.database_url, folder), folder / "index", folder / "server.log", settings)


def prepare(template_url: str, folder: Path) -> Stage:
    """The first to come prepares, the next ones find it done."""
    done = folder / "address"
    if not done.exists():
        folder.mkdir()
        url = copy_of(template_url, folder)
        subprocess.run(
            [sys.executable, "-m", "coconstruction.prepare"],
            cwd=ROOT,
            env=environment(url, folder / "index"),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        _settle(url)
        done.write_text(url)
    return Stage(done.read_text(), folder / "index")


def _settle(url: str) -> None:
    """SQLite's last writes go to the one file that is copied."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def shared_folder(base: Path) -> Path:
    """Common to all the processes of the run."""
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
