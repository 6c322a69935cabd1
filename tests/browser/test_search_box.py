"""Searching as one types, and the same without scripts."""

import re
import time
from urllib.parse import urlencode

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor
from tests.served import Site

GRAVES = "Le plan du cimetière tient dans la mémoire du cantonnier"


def ask(visitor: Visitor, words: str) -> None:
    field = visitor.main.get_by_label("Besoin, solution ou collectivité")
    if visitor.scripts:
        field.press_sequentially(words)
    else:
        field.fill(words)
        visitor.press("Chercher")


def narrow(visitor: Visitor, choice: str) -> None:
    visitor.main.locator("label").filter(has_text=choice).first.click()
    if not visitor.scripts:
        visitor.press("Filtrer")


def test_results_and_address_follow_what_is_typed(visitor: Visitor) -> None:
    visitor.go("/recherche")
    ask(visitor, "cimetiere")
    visitor.sees(GRAVES, "pour « cimetiere »")
    expect(visitor.page).to_have_url(re.compile(r"/recherche\?.*q=cimetiere"))
    expect(visitor.main.locator("mark").get_by_text("cimetière", exact=True)).to_be_visible()
    narrow(visitor, "Besoins")
    expect(visitor.page).to_have_url(re.compile(r"type=need"))
    visitor.sees(GRAVES)
    assert "Solution ·" not in visitor.text()


def test_the_same_answers_with_scripts_and_without(site: Site, arrive: Arrive) -> None:
    texts = []
    for scripts in (True, False):
        visitor = arrive(site, scripts=scripts)
        visitor.go("/recherche")
        ask(visitor, "cantine scolaire")
        visitor.sees("pour « cantine scolaire »")
        texts.append([each.inner_text() for each in visitor.main.get_by_role("listitem").all()])
    assert texts[0] == texts[1]


def test_a_posted_need_is_found_within_a_second(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    enter_as(visitor, people.STEPHANE)
    visitor.go("/besoins/nouveau")
    visitor.write("Le problème en une phrase", "Les nichoirs à chouettes ne sont inventoriés nulle part")
    visitor.write("Que se passe-t-il aujourd’hui ?", "Chacun tient sa liste.")
    visitor.main.get_by_label("Thème").select_option("Environnement, nature, agriculture")
    visitor.press("Publier ce besoin")
    expect(visitor.main).to_contain_text("Votre besoin est publié.")
    since, address = time.monotonic(), "/recherche?" + urlencode({"q": "nichoir chouette"})
    found = False
    while not found and time.monotonic() - since < 1:
        found = "inventoriés nulle part" in site.get(address)[1].replace("<mark>", "").replace("</mark>", "")
    assert found
