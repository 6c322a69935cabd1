"""A limit is one limit, however many processes serve: each with its own application, as the product runs."""

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from coconstruction.database import transaction
from coconstruction.settings import Settings
from coconstruction.web.counters import Counters
from tests import cast
from tests.concurrency.crowd import PATIENCE, PROCESSES, Act, rush

LINKS_A_MINUTE = 20
EACH = 200


def asked_at_once(app: Flask, settings: Settings, number: int) -> Counter[int]:
    with app.app_context(), transaction() as session:
        cast.agent(session, "anne@crowd.example")
        session.flush()
        keys = [cast.session_key(session, "anne@crowd.example") for _ in range(PROCESSES)]
    acts = [Act(keys[each % PROCESSES], "/connexion", {"email": "anne@crowd.example"}) for each in range(number)]
    return Counter(rush(settings, acts))


def test_four_processes_count_to_one_limit(app: Flask, worker_settings: Settings) -> None:
    answers = asked_at_once(app, worker_settings, 3 * LINKS_A_MINUTE)
    assert answers == {303: LINKS_A_MINUTE, 429: 2 * LINKS_A_MINUTE}


def test_counted_apart_the_limit_would_not_hold(app: Flask, worker_settings: Settings) -> None:
    """The twin of the test above: it must see what the shared file prevents."""
    answers = asked_at_once(app, replace(worker_settings, rate_limit_url="memory://"), 3 * LINKS_A_MINUTE)
    assert answers[303] > LINKS_A_MINUTE


def test_counters_that_do_not_open_stop_nobody(app: Flask, worker_settings: Settings, tmp_path: Path) -> None:
    answers = asked_at_once(app, replace(worker_settings, rate_limit_url=f"counters://{tmp_path}"), PROCESSES)
    assert answers == {303: PROCESSES}


def test_no_attempt_is_lost_between_processes_that_open_the_file_together(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(PROCESSES), spawn.Queue()
    address = f"counters://{tmp_path / 'new' / 'limits.sqlite3'}"
    crowd = [spawn.Process(target=_count, args=(address, barrier, answers)) for _ in range(PROCESSES)]
    for each in crowd:
        each.start()
    told: list[int] = [total for _ in crowd for total in answers.get(timeout=PATIENCE)]
    for each in crowd:
        each.join(PATIENCE)
    assert sorted(told) == list(range(1, PROCESSES * EACH + 1))


def _count(address: str, barrier: Any, answers: Any) -> None:
    barrier.wait(PATIENCE)
    counters = Counters(address)
    told: Sequence[int] = [counters.incr("everyone", 600) for _ in range(EACH)]
    answers.put(told)
