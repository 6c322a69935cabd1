"""Separate processes that do the same thing at the same instant, each with its own application on one database."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask

from coconstruction.app import create_app
from coconstruction.settings import Settings
from tests import cast
from tests.reading import PageClient

PROCESSES = 4
PATIENCE = 120  # seconds, for machines that do much else


@dataclass(frozen=True)
class Act:
    """One form, posted by one person. `key` opens that person's session."""

    key: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)


def rush(settings: Settings, acts: Sequence[Act], fault: Callable[[], None] | None = None) -> list[int]:
    """The statuses answered. `fault` is called in each process first, to take a guard away."""
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(PROCESSES), spawn.Queue()
    shares = [acts[start::PROCESSES] for start in range(PROCESSES)]
    people = [spawn.Process(target=_take_part, args=(settings, share, barrier, answers, fault)) for share in shares]
    for each in people:
        each.start()
    statuses = [status for _ in people for status in answers.get(timeout=PATIENCE)]
    for each in people:
        each.join(PATIENCE)
    return statuses


def _take_part(
    settings: Settings, acts: Sequence[Act], barrier: Barrier, answers: Any, fault: Callable[[], None] | None
) -> None:
    app = create_app(settings)
    if fault is not None:
        fault()
    people = {key: _signed_in(app, key) for key in {act.key for act in acts}}
    ready = [(*people[act.key], act) for act in acts]
    barrier.wait(PATIENCE)
    answers.put([_post(client, token, act) for client, token, act in ready])


def _signed_in(app: Flask, key: str) -> tuple[PageClient, str]:
    """With the token of a page: all that is left is to post."""
    client = PageClient(app, use_cookies=True)
    cast.wear_key(client, key)
    return client, client.token()


def _post(client: PageClient, token: str, act: Act) -> int:
    return client.post(act.path, data={"csrf_token": token, **act.form}).status_code
