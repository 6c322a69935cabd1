"""The product as it is run: `flask serve`, its processes and its worker, on a free port of this machine."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from coconstruction.settings import ROOT

SECRET_KEY = "for tests only"
START_SECONDS = 60
STOP_SECONDS = 20


class DidNotStart(Exception):
    """What the server wrote before it gave up."""


def environment(database_url: str, index: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DEMO": "1",
        "DATABASE_URL": database_url,
        "SEARCH_INDEX_DIR": str(index),
        "SECRET_KEY": SECRET_KEY,
        "FLASK_APP": "wsgi",
        "PYTHONPATH": str(ROOT / "platform"),
        "HOST": "127.0.0.1",
        **more,
    }


@dataclass
class Site:
    database_url: str
    index: Path
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(init=False)
    server: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = _free_port()
        more = {**self.settings, "PORT": str(self.port), "BASE_URL": self.url}
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "flask", "serve"],
                cwd=ROOT,
                env=environment(self.database_url, self.index, **more),
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, so that its children end with it
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """As a person stops it; whoever is left afterwards is not asked."""
        self.server.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.server.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """As a power cut does: the server, its processes and its worker at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def get(self, path: str) -> tuple[int, str]:
        """As a program asks, without a browser."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _wait_until_healthy(self) -> None:
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            with suppress(OSError, http.client.HTTPException):
                if self.get("/healthz")[0] == 200:
                    return
            with suppress(subprocess.TimeoutExpired):
                self.server.wait(0.05)
                break
        raise DidNotStart(self.log.read_text()[-4000:])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
