"""A real browser before a really served site. Where Chromium is missing, these tests are left out and say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fasteners import InterProcessLock
from playwright.sync_api import Browser, expect

from tests.browser.people import enter_as
from tests.browser.stage import Stage, prepare, shared_folder
from tests.browser.visitor import DESK, Visitor, Watch
from tests.served import Site

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
MISSING = "Chromium est absent : installez-le (apt install chromium) ou donnez son chemin dans CHROMIUM."
PATIENCE = 20_000  # milliseconds: the machine may be doing much else
HERE = Path(__file__).parent

Arrive = Callable[..., Visitor]
Reader = Callable[[str | None], Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=MISSING))
    _in_good_order(items)


def _in_good_order(items: list[pytest.Item]) -> None:
    """The journeys, which are long, begin early and apart from each other; the rest of the browser's tests come last,
    when the stage that a journey prepared is ready for them."""
    ours = [item for item in items if HERE in item.path.parents]
    journeys = [item for item in ours if item.path.name == "test_journeys.py"]
    others = [item for item in items if item not in ours]
    items[:] = others + [item for item in ours if item not in journeys]
    for number, journey in enumerate(journeys):
        items.insert(number * len(items) // (2 * len(journeys)), journey)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    closed = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"  # the browser itself calls nobody
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu", closed]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": options}


@pytest.fixture(scope="session")
def stage(engine_name: str, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = shared_folder(tmp_path_factory.getbasetemp()) / f"stage-{engine_name}"
    with InterProcessLock(folder.with_suffix(".lock")):
        return prepare(template_url, folder)


@pytest.fixture(scope="session")
def site(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all the tests of this process: each leaves the others' needs alone."""
    served = stage.site(tmp_path_factory.mktemp("served"))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def own_site(stage: Stage, tmp_path: Path) -> Iterator[Site]:
    """For one test, which may change everything."""
    served = stage.site(tmp_path)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Arrive]:
    """Opens a new browser window on a site."""
    opened = []

    def arrived(site: Site, **more: Any) -> Visitor:
        visitor = open_window(browser, site, **more)
        opened.append(visitor.page.context)
        return visitor

    yield arrived
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def reader(browser: Browser, site: Site) -> Iterator[Reader]:
    """A window kept open for the run, by who reads in it (None: a visitor): for tests that only read."""
    windows: dict[str | None, Visitor] = {}

    def window(name: str | None) -> Visitor:
        if name not in windows:
            windows[name] = open_window(browser, site)
            if name:
                enter_as(windows[name], name)
        windows[name].watch.start_anew()
        return windows[name]

    yield window
    for each in windows.values():
        each.page.context.close()


def open_window(browser: Browser, site: Site, *, scripts: bool = True, **more: Any) -> Visitor:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(
        base_url=site.url,
        java_script_enabled=scripts,
        **{
            "viewport": DESK,
            "locale": "fr-FR",
            "timezone_id": "Europe/Paris",
            "reduced_motion": "reduce",
            **more,
        },
    )
    context.set_default_timeout(PATIENCE)
    watch = Watch(site.url)
    watch.over(context)
    return Visitor(context.new_page(), watch, scripts)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(site: Site, arrive: Arrive, request: pytest.FixtureRequest) -> Visitor:
    """Nobody in particular yet, with a modern browser and with a bare one."""
    return arrive(site, scripts=request.param)
