"""With the keys alone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.served import Site

MOST_STOPS = 120
FOCUSED = """() => {
    const here = document.activeElement, parts = [undefined, '::before', '::after'];
    const outlines = parts.map(part => getComputedStyle(here, part)).filter(style => style.outlineStyle !== 'none');
    return { name: here.textContent.replace(/\\s+/g, ' ').trim(), tag: here.tagName,
        marked: outlines.some(style => parseFloat(style.outlineWidth) > 0) };
}"""


def tab_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Each stop on the way must be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] != "BODY":
            assert here["marked"], here
            expect(page.locator(":focus")).to_be_in_viewport()
        if here["name"] == name:
            return
    raise AssertionError(f"« {name} » was never reached")


def test_from_the_home_page_to_a_support(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    enter_as(visitor, "Lucie Perrot")
    visitor.go("/")
    page = visitor.page
    tab_to(page, "Besoins")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Les besoins des collectivités")
    offered = (
        visitor.main.get_by_role("button", name="Nous avons aussi ce besoin").first.get_attribute("aria-label") or ""
    )
    tab_to(page, offered.split(" : ", 1)[1])
    page.keyboard.press("Enter")
    visitor.sees("Le seuil de mutualisation")
    tab_to(page, "Nous avons aussi ce besoin")
    page.keyboard.press("Enter")
    visitor.sees("C’est noté")
    tab_to(page, "Retirer notre soutien")  # the news has the focus: the way goes on from there
    page.keyboard.press("Enter")
    visitor.sees("est retiré")


def test_the_first_stop_leads_past_the_header(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.go("/besoins")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(FOCUSED)["name"] == "Contenu"
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.querySelector('main').contains(document.activeElement)")
