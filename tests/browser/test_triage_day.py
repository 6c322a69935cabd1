"""A curator's day: walking the inbox, answering, thinking again; then the bearer who asks another to look."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor
from tests.served import Site

MOTIVE = "Le programme ne finance pas de matériel."


def walk_to(visitor: Visitor, bearer: str) -> None:
    """From need to need, until one of this bearer's."""
    while bearer not in visitor.text():
        visitor.follow("Suivant")
        visitor.looks()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_day_of_answers(own_site: Site, arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(own_site, scripts=scripts)
    enter_as(visitor, people.CLAIRE)
    visitor.go("/curation/besoins?etape=a-repondre")
    visitor.sees("Besoins à examiner", "sans réponse")
    visitor.follow("Les examiner un par un")
    visitor.sees("1 sur")
    walk_to(visitor, "Porteur Arbrissel")
    title = visitor.main.locator("h1").inner_text()
    address = visitor.page.url

    visitor.main.get_by_label("Commencer par un modèle").select_option(label="Matériel ou réseau")
    visitor.press("Reprendre ce modèle")
    visitor.sees("Ce que tout le monde lira", "Ce besoin ne relève pas de ce programme.")
    visitor.write("Raisons de la décision", MOTIVE)
    if not scripts:
        visitor.press("Voir l’aperçu")
    visitor.main.get_by_label("Raisons de la décision").blur()
    visitor.sees(MOTIVE)
    visitor.press("Garder en brouillon")
    visitor.sees("La réponse est en brouillon")

    visitor.go("/curation/reponses")
    visitor.sees(title, MOTIVE)
    visitor.press("Voir ce que cela changerait")
    visitor.sees("1 besoin change")
    visitor.press("Le faire")
    visitor.sees("C’est fait, pour 1 besoin.")
    visitor.press("Annuler ce geste")
    visitor.sees("C’est annulé")
    visitor.page.goto(address)
    visitor.sees("Ouvert")
    visitor.press("Publier maintenant")
    visitor.sees("La réponse est publiée.")

    enter_as(visitor, people.MIREILLE)
    visitor.go("/besoins/" + str(re.search(r"/besoins/(\d+)", address)[1]))  # type: ignore[index]
    visitor.sees("Écarté", "Ce besoin ne relève pas de ce programme.", MOTIVE)
    visitor.follow("Demander un nouvel examen")
    visitor.sees("ne le demande qu’une fois")
    visitor.write("Pourquoi un nouvel examen", "Nous ne demandons pas de tablettes.")
    visitor.press("Demander un nouvel examen")
    visitor.sees("Votre demande est transmise.")
    visitor.go("/delais")
    visitor.sees("délai médian")


def test_the_inbox_is_walked_by_keys_that_can_be_switched_off(own_site: Site, arrive: Arrive) -> None:
    visitor = arrive(own_site, scripts=True)
    enter_as(visitor, people.CLAIRE)
    visitor.go("/curation/besoins?etape=a-repondre")
    visitor.page.keyboard.press("j")
    visitor.sees("1 sur")
    visitor.page.keyboard.press("j")
    visitor.sees("2 sur")
    visitor.page.keyboard.press("k")
    visitor.sees("1 sur")
    visitor.page.keyboard.press("m")
    expect(visitor.main.get_by_label("Raisons de la décision")).to_be_focused()
    visitor.page.keyboard.type("j")  # written, not obeyed
    expect(visitor.main.get_by_label("Raisons de la décision")).to_have_value("j")
    visitor.main.get_by_text("Raccourcis du clavier").click()
    visitor.main.get_by_text("Raccourcis actifs sur cet appareil").click()
    visitor.main.get_by_text("Raccourcis actifs sur cet appareil").blur()
    visitor.page.keyboard.press("j")
    visitor.sees("1 sur")
