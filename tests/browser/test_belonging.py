"""People come to act for an organisation: by a code, by a colleague, by an invitation; under several hats, or by the
team's hand."""

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Arrive
from tests.browser.letters import follow_link, open_letter, read_code, sign_in
from tests.browser.people import enter_as
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import PHONE, Visitor
from tests.served import Site

SECRETARY, TOWN_HALL = "mairie.eance35@gmail.com", "mairie@eance.example"
NEWCOMER, INVITED = "louise@metropole.example", "paul.rennes@orange.fr"
LEAK = "/besoins/29"
VILLAGES = ("Broualan", "Lourmais", "Trémeheuc")
VERN_TEAM, RENNES_TEAM = "/organisations/213503527/equipe", "/organisations/243500139/equipe"
EANCE = "/organisations/213501034"


def ask(visitor: Visitor, address: str, name: str, place: str, choice: str) -> None:
    """A newcomer, sent there by a need they cannot support yet."""
    visitor.go(LEAK)
    visitor.follow("Nous avons aussi ce besoin")
    sign_in(visitor, address)
    visitor.write("Prénom et nom", name)
    visitor.press("Enregistrer")
    visitor.sees("Pour agir, il faut être rattaché à une collectivité.")
    visitor.follow("Choisir ma collectivité")
    visitor.write("Nom, code postal ou SIREN", place)
    visitor.press("Chercher")
    visitor.main.get_by_role("link").filter(has_text=choice).click()
    visitor.sees("Demander votre rattachement")
    visitor.write("Votre fonction", "Secrétaire de mairie")
    visitor.press("Envoyer ma demande")
    visitor.sees("Prouver que vous en faites partie")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_village_on_gmail_comes_in_by_the_code_on_a_phone(own_site: Site, arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(own_site, scripts=scripts, viewport=PHONE)
    ask(visitor, SECRETARY, "Josiane Tual", "eance", "Eancé")
    visitor.sees("Chacun peut ouvrir une boîte en @gmail.com", TOWN_HALL)
    proof = visitor.page.url
    visitor.press("Envoyer le code à cette adresse")
    visitor.sees(f"Un code part vers {TOWN_HALL}")
    open_letter(visitor, TOWN_HALL, "pour Eancé")
    code = read_code(visitor)
    visitor.go(proof)
    visitor.write("Code reçu à l’adresse officielle", "0000 0000")
    visitor.press("Vérifier le code")
    visitor.sees("Ce n’est pas le bon code. Il vous reste 4 essais.")
    visitor.write("Code reçu à l’adresse officielle", code)
    visitor.press("Vérifier le code")
    visitor.sees("C’est le bon code : vous pouvez dès maintenant agir pour Eancé.")

    visitor.go(LEAK)
    visitor.press("Nous avons aussi ce besoin")
    visitor.sees("C’est noté : votre collectivité soutient ce besoin.")
    visitor.go(f"{LEAK}/soutiens")
    visitor.sees("Eancé")


def test_a_referent_approves_a_colleague_with_the_keys_alone(own_site: Site, arrive: Arrive) -> None:
    colleague = arrive(own_site)
    ask(colleague, NEWCOMER, "Louise Méhaut", "rennes metropole", "Rennes Métropole")
    colleague.sees("Par un référent de votre organisation")

    referent = arrive(own_site)
    enter_as(referent, people.TANGUY)
    page = referent.page
    open_letter(referent, "velo@rennes-metropole.example", "Louise Méhaut demande à agir")
    tab_to(page, f"{own_site.url}{RENNES_TEAM}")
    page.keyboard.press("Enter")
    referent.sees("Demandes qui attendent", "Louise Méhaut", "Secrétaire de mairie")
    tab_to(page, "Accorder")
    page.keyboard.press("Shift+Tab")  # the box before the button
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="avec mandat")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    referent.sees("La demande est accordée.", "agent mandaté")
    assert "Demandes qui attendent" not in referent.text()

    colleague.go(LEAK)
    expect(colleague.page.get_by_role("banner")).to_contain_text("Rennes Métropole")
    colleague.follow("Rejoindre et mettre en commun")
    colleague.sees("Ce que votre arrivée change")
    colleague.go(RENNES_TEAM)
    colleague.sees("Louise Méhaut (vous)", "Tanguy Hervé")
    assert colleague.main.get_by_role("button").count() == 0

    curator = arrive(own_site)
    enter_as(curator, people.CLAIRE)
    curator.follow("@metropole.example, Rennes Métropole (Ille-et-Vilaine)")
    curator.sees("Vérifier un domaine", "Louise Méhaut")


def test_a_secretary_of_three_villages_always_sees_for_whom(own_site: Site, arrive: Arrive) -> None:
    visitor = arrive(own_site, scripts=False)
    enter_as(visitor, people.ANNICK)
    for name in VILLAGES:
        visitor.go(LEAK)
        wear(visitor, name)
        for path in ("/", "/besoins", "/compte", LEAK):
            visitor.go(path)
            expect(visitor.page.get_by_role("banner")).to_contain_text(name)
        visitor.press("Nous avons aussi ce besoin")
        visitor.sees("C’est noté : votre collectivité soutient ce besoin.")
        visitor.go("/besoins/nouveau")
        visitor.sees(f"Vous écrivez pour {name}")
    visitor.go(LEAK)
    visitor.sees("il faut un mandat pour le faire")  # which she has not in Trémeheuc
    visitor.go(f"{LEAK}/soutiens")
    visitor.sees(*VILLAGES)


def test_a_page_left_open_under_another_hat_does_nothing(own_site: Site, arrive: Arrive) -> None:
    first = arrive(own_site)
    first.watch.refusals = {400}
    enter_as(first, people.ANNICK)
    first.go(LEAK)
    second = Visitor(first.page.context.new_page(), first.watch, scripts=True)
    second.go("/besoins")
    wear(second, "Trémeheuc")

    first.press("Nous avons aussi ce besoin")
    first.sees("vous avez depuis changé de session ou de collectivité", "Rien n’a été enregistré")
    first.follow("Ouvrir cette page de nouveau")
    expect(first.page.get_by_role("banner")).to_contain_text("Trémeheuc")
    first.press("Nous avons aussi ce besoin")
    first.sees("C’est noté")
    first.go(f"{LEAK}/soutiens")
    first.sees("Trémeheuc")
    assert "Lourmais" not in first.text()


def wear(visitor: Visitor, name: str) -> None:
    """From the header, to come back where one was."""
    here = visitor.page.url
    visitor.page.get_by_role("banner").get_by_role("link", name="Mon compte. J’agis pour").click()
    visitor.sees("Pour qui agissez-vous ?")
    hat = visitor.main.get_by_role("listitem").filter(has_text=name)
    if hat.get_by_role("button").count():
        hat.get_by_role("button").click()
        visitor.sees(f"Vous agissez maintenant pour {name}")
        assert visitor.page.url == here


def test_an_invitation_is_read_then_accepted(own_site: Site, arrive: Arrive) -> None:
    referent, colleague = arrive(own_site), arrive(own_site)
    enter_as(referent, people.STEPHANE)
    referent.go(VERN_TEAM)
    referent.follow("Inviter un collègue")
    referent.write("Adresse électronique de votre collègue", INVITED)
    referent.write("Sa fonction", "Adjoint au numérique")
    referent.press("Envoyer l’invitation")
    referent.sees(f"L’invitation part vers {INVITED}", "Invitations")

    open_letter(colleague, INVITED, "vous invite à agir pour Vern-sur-Seiche")
    follow_link(colleague, "/invitations/")
    colleague.sees("Une invitation pour vous", INVITED)
    colleague.press("Accepter et me connecter")
    colleague.sees("Bienvenue : vous pouvez maintenant agir pour Vern-sur-Seiche.")
    expect(colleague.page.get_by_role("banner")).to_contain_text("Vern-sur-Seiche")

    referent.go(VERN_TEAM)
    referent.sees(INVITED)
    referent.main.get_by_role("link", name=f"Donner un mandat à {INVITED}").click()
    referent.sees("Donner un mandat")
    referent.choose("d’engager l’organisation, comme élu ou élue")
    referent.press("Donner ce mandat")
    referent.sees("Le mandat est donné.", "Élu mandaté")
    open_letter(colleague, INVITED, "Vous avez un mandat pour Vern-sur-Seiche")


def test_the_team_writes_for_a_village_which_contests(own_site: Site, arrive: Arrive) -> None:
    curator, mayor = arrive(own_site), arrive(own_site)
    enter_as(curator, people.CLAIRE)
    curator.go(EANCE)
    curator.follow("Saisir pour elle, à sa demande")
    curator.sees("Saisir pour Eancé", TOWN_HALL)
    curator.write("Qui le demande", "Mme Tual, maire")
    curator.choose("Par téléphone")
    curator.write("Ce qui est demandé", "Soutenir le besoin sur les fuites d’eau.")
    curator.press("Commencer la saisie")
    curator.go(LEAK)
    expect(curator.page.get_by_role("region", name="Saisie en cours")).to_contain_text("Vous écrivez pour Eancé")
    expect(curator.page.get_by_role("banner")).to_contain_text("Eancé")
    curator.press("Nous avons aussi ce besoin")
    curator.sees("C’est noté", "Saisi par l’Incubateur pour Eancé")
    curator.page.get_by_role("button", name="Finir la saisie").click()
    curator.sees("La saisie pour Eancé est finie.")

    open_letter(mayor, TOWN_HALL, "Ce que l’Incubateur a saisi pour Eancé")
    follow_link(mayor, "/contester/")
    mayor.sees("Contester un acte", "soutien")
    mayor.write("Pourquoi ?", "Personne ici ne l’a demandé.")
    mayor.press("Contester cet acte")
    mayor.sees("cet acte est marqué comme contesté", "Contesté")
    curator.go("/curation")
    curator.sees("Personne ici ne l’a demandé.")
