"""The directory as one types, by the keys, and the same without scripts."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import PHONE, Visitor
from tests.served import Site

FIELD = "Nom, code postal, code Insee ou SIREN"


def ask(visitor: Visitor, text: str) -> None:
    if visitor.scripts:
        visitor.main.get_by_label(FIELD).press_sequentially(text)
    else:
        visitor.write(FIELD, text)
        visitor.press("Chercher")


def test_from_a_name_to_the_right_homonym(visitor: Visitor) -> None:
    visitor.go("/organisations")
    ask(visitor, "ste colombe")
    visitor.sees("pour « ste colombe »", "Sainte-Colombe — Gironde (33)")
    expect(visitor.page).to_have_url(re.compile(r"q=ste(\+|%20)colombe"))
    visitor.main.get_by_label("Région").select_option("75")
    if not visitor.scripts:
        visitor.press("Afficher")
    expect(visitor.page).to_have_url(re.compile(r"region=75"))
    visitor.sees("Sainte-Colombe — Gironde (33)")
    assert "Sainte-Colombe — Yonne" not in visitor.text()
    visitor.page.reload()
    visitor.sees("Sainte-Colombe — Gironde (33)")
    visitor.follow("Sainte-Colombe — Gironde (33)")
    visitor.sees("11 autres communes s’appellent Sainte-Colombe", "Son territoire")


def test_going_back_finds_the_list_as_it_was_left(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.go("/organisations?departement=35&nature=commune&page=3")
    names = visitor.main.locator(".co-choices__name").all_inner_texts()
    visitor.main.locator(".co-choices__name").first.click()
    expect(visitor.page).not_to_have_url(re.compile(r"\?"))
    visitor.page.go_back()
    expect(visitor.main.locator(".co-choices__name").first).to_have_text(names[0])
    assert visitor.main.locator(".co-choices__name").all_inner_texts() == names


def test_with_the_keys_alone(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.go("/organisations")
    visitor.main.get_by_label(FIELD).focus()
    visitor.page.keyboard.type("arbrissel")
    expect(visitor.main).to_contain_text("pour « arbrissel »", use_inner_text=True)
    expect(visitor.main.get_by_label(FIELD)).to_be_focused()
    tab_to(visitor.page, "Arbrissel — Ille-et-Vilaine (35)")
    visitor.page.keyboard.press("Enter")
    visitor.sees("Commune de 266 habitants")


def test_on_a_phone_the_filters_wait_behind_one_word(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.go("/organisations")
    region = visitor.main.get_by_label("Région")
    expect(region).to_be_hidden()
    visitor.main.get_by_text("Préciser").click()
    region.select_option("53")
    expect(visitor.main.get_by_role("heading", level=2)).to_contain_text(re.compile(r"1.\d\d\d organisations"))
    expect(region).to_be_visible()
    visitor.looks()
