"""The picture of the README: `README_SCREENSHOT=1 make test ENGINES=sqlite ARGS="-k screenshot"` writes it anew."""

import os
from pathlib import Path

from playwright.sync_api import expect

from coconstruction.settings import ROOT
from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.served import Site

PICTURE = ROOT / "docs" / "screenshot.png"


def test_the_readme_shows_a_need_and_its_threshold_screenshot(site: Site, arrive: Arrive, tmp_path: Path) -> None:
    visitor = arrive(site)
    enter_as(visitor, people.MIREILLE)
    visitor.go("/besoins/9")
    visitor.sees("Le seuil de mutualisation")
    expect(visitor.page.get_by_role("progressbar").first).to_be_visible()
    wanted = os.environ.get("README_SCREENSHOT") == "1"
    visitor.page.set_viewport_size({"width": 1280, "height": 1120})
    picture = visitor.page.screenshot(path=PICTURE if wanted else tmp_path / PICTURE.name)
    assert picture.startswith(b"\x89PNG")
