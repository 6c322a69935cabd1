"""The map of a coalition, with the keys alone, and on a phone."""

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.visitor import PHONE
from tests.served import Site

NEED = "/besoins/1"  # its coalition covers a whole département and parts of others


def test_from_a_departement_of_the_map_to_its_row_with_the_keys(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site, viewport=PHONE)
    visitor.go(NEED)
    page = visitor.page
    places = visitor.main.locator(".co-map svg").get_by_role("link")
    first = places.first
    figures = str(first.locator("title").text_content())
    expect(visitor.main.get_by_role("link", name=figures)).to_have_count(1)
    apart = str(first.locator("path").first.evaluate("element => getComputedStyle(element).strokeWidth"))
    first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # come to by the keys, it shows that it has the focus
    expect(first).to_be_focused()
    expect(first.locator("path").first).not_to_have_css("stroke-width", apart)
    expect(visitor.main.locator("#carte-tableau")).not_to_be_visible()
    page.keyboard.press("Enter")
    row = visitor.main.locator(":target")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text(figures.split("\u00a0: ")[0])
    visitor.looks()


def test_without_scripts_too_the_map_leads_to_the_table(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site, scripts=False)
    visitor.go(NEED)
    visitor.main.locator(".co-map svg a").first.click()
    expect(visitor.main.locator("tr:target")).to_be_visible()
    visitor.looks()
