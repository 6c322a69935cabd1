"""Coming in by the link of a letter."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

PEOPLE = {True: ("accueil@marseillan.example", "Marseillan"), False: ("elu@saint-flour.example", "Saint-Flour")}
KNOWN, UNKNOWN = "dgs@draguignan.example", "personne@nulle-part.example"


def test_the_link_of_a_letter_opens_the_door_once(visitor: Visitor) -> None:
    address, place = PEOPLE[visitor.scripts]
    visitor.go("/besoins/29")
    visitor.follow("Nous avons aussi ce besoin")
    visitor.write("Adresse électronique", address)
    visitor.main.get_by_role("button").last.click()
    visitor.sees(address)
    visitor.go("/demonstration/courriels")
    visitor.main.get_by_role("row").filter(has_text=address).get_by_role("link").first.click()
    visitor.sees("Votre lien de connexion", "quinze minutes")
    link = visitor.main.get_by_role("link").filter(has_text="/connexion/")
    path = str(link.get_attribute("href"))
    link.click()
    visitor.looks()
    visitor.main.get_by_role("button").last.click()
    visitor.sees("Une fuite sur le réseau se voit sur la facture")  # where the person was going
    expect(visitor.page.get_by_role("banner")).to_contain_text(place)

    visitor.watch.refusals = {410}
    visitor.go(path)
    visitor.sees("Nous n’avons pas pu faire cela")


def test_nobody_learns_which_addresses_are_known(visitor: Visitor) -> None:
    said = []
    for address in (KNOWN, UNKNOWN):
        visitor.go("/connexion")
        visitor.write("Adresse électronique", address)
        visitor.main.get_by_role("button").last.click()
        visitor.sees(address)
        said.append(visitor.text().replace(address, ""))
    assert said[0] == said[1]
