"""News given and read, and a text that changes under those who joined, with scripts and without."""

from tests.browser import people
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor

NEED = "/besoins/4"  # led by Arbrissel; Vern-sur-Seiche is of its coalition


def test_news_reach_those_who_asked_and_a_member_agrees_to_a_new_text(visitor: Visitor) -> None:
    visitor.watch.refusals = {422}  # news sent empty on purpose
    enter_as(visitor, people.TANGUY)
    visitor.go(NEED)
    visitor.press("Ne plus recevoir de nouvelles")  # Rennes Métropole supports it
    visitor.sees("Vous ne recevrez plus de nouvelles de ce besoin.")
    visitor.press("Recevoir les nouvelles par courriel")
    visitor.sees("Vous recevrez les nouvelles de ce besoin.")
    visitor.go("/compte/suivis")
    visitor.sees("La salle des fêtes")

    enter_as(visitor, people.MIREILLE)
    visitor.go(NEED)
    visitor.follow("Donner des nouvelles")
    visitor.sees("Un courriel par semaine au plus")
    visitor.press("Publier la nouvelle")
    visitor.sees("Dites la nouvelle en une phrase.")
    visitor.write("La nouvelle en une phrase", "Le logiciel est choisi")
    visitor.write("Ce qu’il faut savoir", "Il est *libre*.")
    visitor.press("Publier la nouvelle")
    visitor.sees("La nouvelle est publiée.", "Le logiciel est choisi", "Il est libre.")
    visitor.go(f"{NEED}/modification")
    visitor.write("Coût estimé, en euros", "26 000" if visitor.scripts else "27 000")
    visitor.press("Publier cette version")

    enter_as(visitor, people.STEPHANE)
    visitor.go(NEED)
    visitor.sees("Ce besoin a changé depuis votre engagement", "pas encore confirmé depuis")
    visitor.follow("Voir ce qui a changé, et confirmer ou quitter la coalition")
    visitor.sees("Maintenant :", "000 €")
    visitor.press("Confirmer notre engagement")
    visitor.sees("votre collectivité confirme son engagement")
