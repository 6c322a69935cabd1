"""Serves the site with the worker beside it. Stopping one stops the other."""

import os
import signal
import subprocess
import sys
from types import FrameType

import click

from coconstruction.settings import NO_KEY, ROOT, Settings, SettingsError


def serve(settings: Settings, web_processes: int) -> int:
    """Run both until one ends or the person stops them; the exit status of the one that ended."""
    if not settings.may_serve:
        raise SettingsError(NO_KEY)
    environment = {**os.environ, "FLASK_APP": "wsgi", "HOST": settings.host, "PORT": str(settings.port)}
    children = [
        subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - both commands are written below
        for command in (_web_command(settings, web_processes), [sys.executable, "-m", "flask", "worker"])
    ]

    click.echo(f"Le site est sur {settings.base_url} (Ctrl+C pour l’arrêter).")

    def stop(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pid, status = os.wait()
    stop(signal.SIGTERM, None)
    for child in children:
        if child.pid != pid:
            child.wait()
    return os.waitstatus_to_exitcode(status)


def announced_host() -> str | None:
    """The address given to `flask run --host`, which is not in the environment."""
    context = click.get_current_context(silent=True)
    return context.params.get("host") if context is not None and context.info_name == "run" else None


def runs_a_command() -> bool:
    """Whether this process was started to run a command of `flask` rather than to answer requests."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name != "run"


def _web_command(settings: Settings, processes: int) -> list[str]:
    # --backpressure is left alone: SQLite writers queue in the database, which answers 503 past its own wait.
    return [
        *(
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            settings.host,
            "--port",
            str(settings.port),
        ),
        *("--workers", str(processes), "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "wsgi:app"),
    ]
