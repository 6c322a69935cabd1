"""A part of the page replaced in place shows what a reload would show."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor
from tests.served import Site

# The news of what was just done is said once.
LASTING = """main => { const copy = main.cloneNode(true);
    copy.querySelectorAll('#messages, #statut').forEach(each => each.remove());
    return copy.textContent.replace(/\\s+/g, ' ').trim(); }"""


def check_equals_a_reload(visitor: Visitor) -> None:
    visitor.looks()
    swapped = visitor.main.evaluate(LASTING)
    visitor.page.reload()
    visitor.looks()
    assert swapped == visitor.main.evaluate(LASTING)


@pytest.fixture
def chelun(site: Site, arrive: Arrive) -> Visitor:
    visitor = arrive(site)
    enter_as(visitor, "Yvon Gautier")
    return visitor


def test_supporting_a_need_and_taking_it_back(chelun: Visitor) -> None:
    chelun.go("/besoins/40")
    address = chelun.page.url
    chelun.press("Nous avons aussi ce besoin")
    chelun.sees("C’est noté", "Retirer notre soutien")
    assert chelun.page.evaluate("document.activeElement.textContent").strip().startswith("C’est noté")
    check_equals_a_reload(chelun)
    chelun.press("Retirer notre soutien")
    chelun.sees("est retiré", "Nous avons aussi ce besoin")
    check_equals_a_reload(chelun)
    assert chelun.page.url == address


def test_supporting_a_need_from_the_list(chelun: Visitor) -> None:
    chelun.go("/besoins?theme=mobility")
    before = chelun.main.get_by_text("Votre collectivité soutient ce besoin", exact=True).count()
    chelun.main.get_by_role("button", name="Nous avons aussi ce besoin").first.click()
    chelun.sees("C’est noté")
    expect(chelun.main.get_by_text("Votre collectivité soutient ce besoin", exact=True)).to_have_count(before + 1)
    check_equals_a_reload(chelun)
    assert chelun.page.url.endswith("/besoins?theme=mobility")


def test_a_support_given_after_the_session_ended(chelun: Visitor) -> None:
    chelun.watch.refusals = {400, 403}
    chelun.go("/besoins/39")
    chelun.looks()
    chelun.page.context.clear_cookies()
    chelun.press("Nous avons aussi ce besoin")
    expect(chelun.page.locator("#messages").get_by_role("alert")).to_be_visible()
    chelun.looks()


def test_searching_narrowing_and_going_back(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.go("/recherche")
    visitor.main.get_by_label("Besoin, solution ou collectivité").press_sequentially("salle")
    visitor.sees("pour « salle »")
    check_equals_a_reload(visitor)
    wide = visitor.main.evaluate(LASTING)
    visitor.main.locator("label").filter(has_text="Besoins").first.click()
    expect(visitor.page).to_have_url(re.compile("type=need"))
    check_equals_a_reload(visitor)
    visitor.page.go_back()
    expect(visitor.page).not_to_have_url(re.compile("type=need"))
    visitor.looks()
    assert visitor.main.evaluate(LASTING) == wide


def test_a_draft_saved_as_one_types_is_the_one_reopened(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    enter_as(visitor, people.STEPHANE)
    visitor.go("/besoins/nouveau")
    visitor.write("Que se passe-t-il aujourd’hui ?", "Le car passe à l’heure qu’il veut.")
    expect(visitor.page.locator("#enregistrement")).to_contain_text("Enregistré à")
    number = visitor.page.locator("#brouillon input[name=draft]").input_value()
    visitor.go(f"/besoins/brouillons/{number}")
    expect(visitor.main.get_by_label("Que se passe-t-il aujourd’hui ?")).to_have_value(
        "Le car passe à l’heure qu’il veut."
    )
    visitor.press("Supprimer ce brouillon")
    visitor.sees("Le brouillon est supprimé.")
