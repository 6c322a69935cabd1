"""The laws of DESIGN §3 that a reader of files can enforce."""

import re
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from coconstruction.app import create_app
from coconstruction.settings import ROOT, Settings
from coconstruction.web import pages
from coconstruction.web.access import UndeclaredAccess, access_table, public

PACKAGE = ROOT / "platform" / "coconstruction"
TEMPLATES = ROOT / "templates"
SOURCES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.txt"))


def test_the_source_root_does_not_hide_the_standard_library() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_only_the_database_module_commits() -> None:
    assert _lines(SOURCES, r"\.commit\(", but={PACKAGE / "database.py"}) == []


def test_only_the_settings_and_the_server_read_the_environment() -> None:
    allowed = {PACKAGE / "settings.py", PACKAGE / "server.py", PACKAGE / "prepare.py"}
    assert _lines(SOURCES, r"os\.(environ|getenv)", but=allowed) == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    assert _lines(SOURCES, r"datetime\.(utc)?now\(|date\.today\(|time\.time\(", but={PACKAGE / "clock.py"}) == []


def test_no_template_turns_escaping_off_or_knows_the_transport() -> None:
    assert _lines(PAGES, r"\|\s*safe\b|autoescape|request\.headers") == []


def test_no_template_holds_inline_code() -> None:
    assert _lines(PAGES, r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:") == []


def test_no_template_is_orphan() -> None:
    text = "\n".join(path.read_text() for path in [*SOURCES, *PAGES])
    orphans = [page for page in PAGES if str(page.relative_to(TEMPLATES)) not in text and page.suffix == ".html"]
    letters = [page for page in PAGES if page.suffix == ".txt" and f'"{page.stem}"' not in text]
    assert orphans + letters == []


def test_no_source_file_is_a_drawer_or_too_long() -> None:
    names = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py", "core.py", "base.py"}
    assert [path for path in SOURCES if path.name in names] == []
    assert [path for path in SOURCES if len(path.read_text().splitlines()) > 400] == []


def test_no_two_test_modules_bear_one_name() -> None:
    """A spawned process imports its module by the bare name: it would get the other one, on the machines where that one
    comes first."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_lock_files_name_no_registry() -> None:
    locks = [ROOT / "package-lock.json", *ROOT.glob("requirements*.txt")]
    assert _lines(locks, r"\"resolved\": *\"https?:|--(extra-)?index-url|https?://\S+\.(whl|tgz|tar\.gz)") == []


def test_who_may_use_each_address_is_the_reviewed_table(demo_app: Flask) -> None:
    reviewed = (ROOT / "tests" / "access_table.txt").read_text().splitlines()
    assert access_table(demo_app) == reviewed


def test_an_endpoint_that_declares_nothing_stops_the_start(
    worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:

    view = pages.legal
    monkeypatch.delattr(view, "access")
    with pytest.raises(UndeclaredAccess, match="pages.legal"):
        create_app(worker_settings)
    public(view)


def _lines(files: list[Path], pattern: str, but: set[Path] = frozenset()) -> list[str]:  # type: ignore[assignment]
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        if path not in but
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]
