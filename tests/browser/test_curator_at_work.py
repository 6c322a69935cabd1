"""A curator comes in by a letter, adds a phone on the way to a decision, then looks after it."""

import pyotp
import pytest
from playwright.sync_api import expect

from coconstruction import clock
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.served import Site

CURATOR = "curatrice@incubateur.example"
MOTIVE = "Cinq collectivités de tailles différentes le portent ensemble."


def enter_by_letter(visitor: Visitor) -> None:
    visitor.go("/connexion?next=/curation")
    visitor.write("Adresse électronique", CURATOR)
    visitor.main.get_by_role("button").last.click()
    visitor.sees(CURATOR)
    visitor.go("/demonstration/courriels")
    visitor.main.get_by_role("row").filter(has_text=CURATOR).get_by_role("link").first.click()
    visitor.main.get_by_role("link").filter(has_text="/connexion/").click()
    visitor.main.get_by_role("button").last.click()


def last_code(phone: pyotp.TOTP, half_minutes: int = 0) -> str:
    return phone.at(clock.now().timestamp() + 30 * half_minutes)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_curator_adds_a_phone_and_decides(own_site: Site, arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(own_site, scripts=scripts)
    visitor.watch.refusals = {403}  # the decision sent too early
    enter_by_letter(visitor)
    visitor.sees("Vous lisez. Pour décider, donnez d’abord votre second facteur.")

    visitor.go("/curation/besoins/4/preselection")
    visitor.main.get_by_role("textbox").first.fill(MOTIVE)
    visitor.press("Présélectionner")
    visitor.sees("Ce geste demande votre second facteur")
    with visitor.page.expect_popup() as beside:
        visitor.follow("Donner mon code")
    phone_page = Visitor(beside.value, visitor.watch, scripts)
    phone_page.sees("Votre second facteur")
    phone_page.press("Ajouter un second facteur")
    phone_page.sees("scannez ce carré")
    expect(phone_page.main.get_by_role("img", name="Carré à scanner")).to_be_visible()
    phone = pyotp.TOTP(phone_page.main.locator("code").inner_text())

    phone_page.write("Code", "000000")
    phone_page.press("Vérifier et ajouter")
    phone_page.sees("Il vous reste 4 essais")
    phone_page.write("Code", last_code(phone))
    phone_page.press("Vérifier et ajouter")
    phone_page.sees("Vos codes de secours")
    codes = phone_page.main.locator("code").all_inner_texts()
    assert len(codes) == 10
    phone_page.follow("Je les ai notés")
    phone_page.sees("Présélectionner ce besoin")  # where the decision was left

    assert visitor.main.get_by_role("textbox").first.input_value() == MOTIVE
    visitor.press("Renvoyer")
    visitor.sees("Le besoin est présélectionné.")

    visitor.go("/compte/second-facteur")
    visitor.sees("En place", "Il vous reste 10 codes de secours")
    visitor.follow("Avoir de nouveaux codes de secours")
    visitor.sees("ne serviront plus")
    visitor.write("Code", codes[0])
    visitor.press("Avoir de nouveaux codes")
    visitor.sees("Vos codes de secours")
    fresh = visitor.main.locator("code").all_inner_texts()

    visitor.go("/compte/sessions")
    visitor.sees("Cette session", "Second facteur donné")

    visitor.go("/compte/second-facteur/verification")
    visitor.write("Code", last_code(phone, 1))
    visitor.press("Vérifier")
    visitor.sees("C’est vérifié")

    visitor.go("/compte/second-facteur/retrait")
    visitor.sees("vous ne pourrez plus rien décider")
    visitor.write("Code", fresh[0])
    visitor.press("Retirer")
    visitor.sees("est retiré", "Ajouter un second facteur")
    visitor.go("/curation")
    visitor.sees("Vous lisez. Pour décider, donnez d’abord votre second facteur.")
