"""Starts the real provider, tells it how to behave, and goes through it as a browser does."""

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from coconstruction.settings import ROOT

SCRIPT = Path(__file__).with_name("provider.mjs")
NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
START_SECONDS = 30


class Provider:
    """`site`: where the site that asks is served, for its return addresses. `port`: one already told to the site."""

    def __init__(self, site: str, port: int = 0) -> None:
        self.port = port or free_port()
        self.issuer = f"http://127.0.0.1:{self.port}/api/v2"
        self._process = subprocess.Popen(  # noqa: S603 - a script of this folder
            [str(NODE), str(SCRIPT), str(self.port), site],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._expect("ready")

    def behave(self, **how: Any) -> None:
        """`person`: the claims told; `acr`; `ahead`: seconds its clock runs fast; `tamper`: what alters the answer;
        `forge`: what is signed anew, and `at` which address; `say`: what is answered instead; `silent`: an address
        that never answers."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(how) + "\n")
        self._process.stdin.flush()
        self._expect("ok")

    def be_itself(self, person: dict[str, Any]) -> None:
        self.behave(person=person, acr=None, ahead=0, tamper=None, forge=None, say=None, silent=None)

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()

    def go_through(self, address: str) -> str:
        """From the address the site sends to, up to the one the provider sends back to."""
        with requests.Session() as browser:
            for _step in range(10):
                if urlsplit(address).port != self.port:
                    return address
                answer = browser.get(address, allow_redirects=False, timeout=10)
                assert answer.is_redirect, answer.text
                address = urljoin(address, answer.headers["Location"])
        raise AssertionError("the provider never sends back")

    def _expect(self, word: str) -> None:
        assert self._process.stdout
        said = self._process.stdout.readline().strip()
        assert said == word, said


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
