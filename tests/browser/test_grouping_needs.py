"""From a need that resembles others to a common one, and back, with scripts and without."""

import re

import pytest

from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor
from tests.served import Site


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_needs_are_put_under_a_common_one_and_part(own_site: Site, arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(own_site, scripts=scripts)
    enter_as(visitor, people.CLAIRE)
    visitor.go("/curation/besoins")
    visitor.follow("Les examiner un par un")
    visitor.follow("Réunir à d’autres besoins")
    visitor.sees("1 besoin choisi")
    visitor.write("Chercher un autre besoin", "gymnases")
    visitor.press("Chercher")
    visitor.sees("gymnases")
    visitor.main.get_by_role("button", name=re.compile("^Ajouter « Les gymnases")).first.click()
    visitor.sees("2 besoins choisis", "soutiens, chaque collectivité une fois")
    visitor.write("Le problème commun en une phrase", "Réserver une salle ou un gymnase sans téléphoner")
    visitor.write("Pourquoi les réunir", "Le même agenda, pour toutes les salles.")
    visitor.press("Les réunir")
    visitor.sees("Le besoin commun est en place.", "Ce besoin commun en réunit 2 autres")
    visitor.main.get_by_role("link", name=re.compile("^Les gymnases")).first.click()
    visitor.sees("Regroupé", "Ce besoin avance au sein d’un besoin commun")
    part(visitor)
    visitor.sees("Le besoin est de nouveau seul", "Ouvert")


def part(visitor: Visitor) -> None:
    visitor.follow("Examiner ce besoin")
    visitor.follow("Séparer du besoin commun")
    visitor.sees("Séparer d’un besoin commun")
    visitor.write("Pourquoi les séparer", "Deux agendas, en fait.")
    visitor.press("Séparer")
