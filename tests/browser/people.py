"""The demonstration's people, entered in one click."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

MIREILLE = "Mireille Le Goff"  # the secretary of Arbrissel, a village
BERTRAND = "Bertrand Ollivier"  # an elected member of the Roche aux Fées communauté de communes
FATOU = "Fatou Diarra"  # the CIO of the Ille-et-Vilaine département
STEPHANE = "Stéphane Labbé"  # the mayor of Vern-sur-Seiche
TANGUY = "Tanguy Hervé"  # Rennes Métropole
ANNICK = "Annick Rouault"  # the secretary of three villages; no mandate in one of them
CLAIRE = "Claire Montagne"  # curator


def enter_as(visitor: Visitor, name: str) -> None:
    visitor.go("/demonstration")
    visitor.press(f"Entrer sous le nom de {name}")
    expect(visitor.main).to_contain_text(f"Vous êtes maintenant {name}.")
