"""From who is missing to a letter, and from the letter to a refusal, with scripts and without."""

from tests.browser import people
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor

BORNE_BY_ARBRISSEL = {True: "/besoins/4", False: "/besoins/36"}  # one letter a need: another one without scripts


def test_a_member_invites_and_the_invited_refuse_the_next(visitor: Visitor) -> None:
    enter_as(visitor, people.MIREILLE)
    visitor.go(BORNE_BY_ARBRISSEL[visitor.scripts])
    visitor.follow("Inviter d’autres collectivités")
    visitor.sees("Inviter à rejoindre")
    visitor.write("Une autre collectivité", "rennes métropole")
    visitor.press("Chercher")
    visitor.main.locator("label", has_text="Rennes Métropole").click()
    visitor.write("Un mot de votre part", "Nous commençons en mars.")
    visitor.press("Envoyer les invitations")
    visitor.sees("L’invitation est partie.", "1 collectivité déjà invitée")

    enter_as(visitor, people.TANGUY)
    visitor.go("/")
    visitor.follow("Invitations à rejoindre")
    visitor.sees("Invitée par Arbrissel")
    visitor.go("/demonstration/courriels")
    visitor.main.get_by_role("link", name="Arbrissel vous invite à rejoindre").first.click()
    visitor.sees("« Nous commençons en mars. »")
    visitor.main.get_by_role("link", name="/rejoindre/").click()
    visitor.sees("invite Rennes Métropole")
    visitor.press("Ne plus recevoir d’invitation à rejoindre")
    visitor.sees("votre organisation ne recevra plus d’invitation")
    visitor.press("En recevoir de nouveau")
    visitor.sees("votre organisation recevra de nouveau les invitations")
