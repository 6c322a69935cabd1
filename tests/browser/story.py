"""A need from its posting to the published selection, as its people live it: the same with scripts and without."""

import json
from collections import Counter
from typing import Any

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor

TITLE = "La salle polyvalente se réserve sur un cahier, et ses clés se perdent"
PROBLEM = "Le samedi, deux associations arrivent avec la même réservation, écrite à deux pages différentes."
SIMILAR = "La salle des fêtes se réserve par téléphone, et parfois deux fois le même soir"
ROUND = "/tours/axe-1-edition-de-demonstration"
OTHERS = (
    "Les familles se déplacent en mairie pour inscrire leurs enfants à la cantine",
    "Chaque petite commune paie cher des outils du quotidien qu’elle ne maîtrise pas",
    "Les habitants sans internet n’apprennent pas que le car scolaire ne passe pas",
)


def draft(visitor: Visitor) -> None:
    """What already exists is shown as the title is typed, and nothing typed is lost."""
    enter_as(visitor, people.MIREILLE)
    visitor.go("/")
    visitor.page.get_by_role("link", name="Déposer un besoin").first.click()
    visitor.sees("Vous écrivez pour Arbrissel")
    if visitor.scripts:
        visitor.main.get_by_label("Le problème en une phrase").press_sequentially(TITLE)
        expect(visitor.page.locator("#proches")).to_contain_text(SIMILAR)
        expect(visitor.page.locator("#enregistrement")).to_contain_text("Enregistré à")
        visitor.looks()
        visitor.page.reload()
        visitor.sees("Vous avez un brouillon")
        visitor.follow(TITLE)
    else:
        visitor.write("Le problème en une phrase", TITLE)
        visitor.press("Enregistrer et voir ce qui existe déjà")
        visitor.follow("Voir les besoins et les solutions proches")
        visitor.sees(SIMILAR)
        visitor.page.go_back()
    visitor.sees("Enregistré à")
    expect(visitor.main.get_by_label("Le problème en une phrase")).to_have_value(TITLE)


def post(visitor: Visitor) -> str:
    """The address of the need."""
    visitor.press("Publier ce besoin")
    visitor.sees("réponses sont à revoir", "Choisissez un thème.")
    visitor.write("Que se passe-t-il aujourd’hui ?", PROBLEM)
    visitor.write("Coût estimé, en euros", "40 000")
    visitor.main.get_by_label("Thème").select_option("Patrimoine, équipements publics")
    visitor.press("Publier ce besoin")
    visitor.sees("Votre besoin est publié.", "Il manque", "collectivité soutient ce besoin")
    return visitor.page.url


def support(visitor: Visitor, need: str, name: str) -> None:
    enter_as(visitor, name)
    visitor.go(need)
    visitor.press("Nous avons aussi ce besoin")
    visitor.sees("C’est noté : votre collectivité soutient ce besoin.", "Retirer notre soutien")


def join(visitor: Visitor, need: str, name: str, announced: str, role: str, pledges: dict[str, str]) -> None:
    enter_as(visitor, name)
    visitor.go(need)
    visitor.follow("Rejoindre et mettre en commun")
    visitor.sees("Ce que votre arrivée change", announced)
    visitor.choose(role)
    for label, amount in pledges.items():
        visitor.write(label, amount)
    visitor.press("Rejoindre")
    visitor.sees("Votre collectivité fait partie de la coalition.")


def gather(visitor: Visitor, need: str) -> None:
    """Five organisations, of which a whole département: the last one crosses the line."""
    missing, crossing = "La coalition ", "Avec vous, le seuil est franchi."
    lead, pilot = "Chef de file : nous menons le projet", "Territoire pilote : nous essayons les premiers"
    builder, helper = (
        "Co-porteur : nous construisons avec le chef de file",
        "Contributeur : nous aidons, à notre mesure",
    )
    join(visitor, need, people.MIREILLE, missing, lead, {"Jours de travail d’agents": "5"})
    join(
        visitor, need, people.BERTRAND, missing, pilot, {"Lequel ?": "Quatre salles", "Participation en euros": "2 000"}
    )
    join(
        visitor,
        need,
        people.FATOU,
        missing,
        builder,
        {"Participation en euros": "10 000,50", "Expertise": "Une juriste"},
    )
    join(visitor, need, people.STEPHANE, "déjà couverts", helper, {"Code ou données": "Le plan de nos salles"})
    visitor.sees("Il manque")
    support(visitor, need, people.TANGUY)
    join(visitor, need, people.TANGUY, crossing, helper, {"Jours de travail d’agents": "12"})
    visitor.sees("Seuil franchi", "par l’arrivée de ce membre : Rennes Métropole", "12 000,50")


def read_letters(visitor: Visitor, subject: str) -> dict[str, int]:
    """How many letters each recipient has of this subject."""
    visitor.go("/demonstration/courriels")
    visitor.sees(subject)
    rows = visitor.main.get_by_role("row").filter(has_text=subject).all()
    return Counter(row.get_by_role("cell").first.inner_text() for row in rows)


def shortlist(visitor: Visitor) -> None:
    enter_as(visitor, people.CLAIRE)
    visitor.go("/curation")
    visitor.sees(TITLE)
    visitor.follow(f"Présélectionner « {TITLE} »")
    visitor.sees("Présélectionner ce besoin")
    visitor.press("Présélectionner")
    visitor.sees("est à revoir")
    visitor.main.get_by_role("textbox").first.fill("Cinq collectivités de tailles différentes le portent ensemble.")
    visitor.press("Présélectionner")
    visitor.sees("Le besoin est présélectionné.")


def enter_in_round(visitor: Visitor, price: str) -> None:
    visitor.follow("Les tours de sélection")
    visitor.follow("Axe 1, édition de démonstration")
    visitor.sees("Faire entrer un besoin présélectionné")
    visitor.main.get_by_label("Besoin présélectionné").select_option(TITLE)
    visitor.main.get_by_label("Prix, en euros", exact=False).last.fill(price)
    visitor.press("Faire entrer dans le tour")
    visitor.sees("Le besoin est candidat.")


def turn_clock(visitor: Visitor, phase: str) -> None:
    visitor.go("/demonstration/horloge")
    visitor.press(phase)
    visitor.sees(f"la phase « {phase} » commence")


def vote(visitor: Visitor, name: str, approved: tuple[str, ...], version: int = 1) -> None:
    enter_as(visitor, name)
    visitor.go(ROUND)
    visitor.follow("Remplir notre bulletin")
    visitor.sees("Notre bulletin")
    for box in visitor.main.get_by_role("checkbox", checked=True).all():
        visitor.page.locator(f"label[for={box.get_attribute('id')}]").click()
    for title in approved:
        visitor.main.locator("label").filter(has_text=title).click()
    visitor.press("Vérifier avant de déposer")
    visitor.sees("Il n’est pas encore déposé.", *approved)
    visitor.press("Déposer ce bulletin")
    visitor.sees("Votre bulletin est déposé.", "Reçu de notre bulletin", f"Version du bulletin {version}")


def check_sealed(visitor: Visitor) -> None:
    visitor.go(f"{ROUND}/resultats")
    visitor.sees("Le résultat n’est pas encore publié", "Il paraîtra ici le")
    assert "Retenu" not in visitor.text()


def published(visitor: Visitor) -> dict[str, Any]:
    """The page says what became of each candidate; the document is the one offered on it."""
    visitor.go(ROUND)
    visitor.follow("Voir le résultat")
    visitor.sees("Résultat du tour", "La dépense cumulée, dans l’ordre des voix", "Aucune collectivité ne l’approuve")
    file = visitor.main.get_by_role("link", name="Télécharger le résultat et les bulletins (JSON)")
    document: dict[str, Any] = json.loads(visitor.page.request.get(str(file.get_attribute("href"))).body())
    rows = visitor.page.locator("#candidats tbody tr")
    expect(rows).to_have_count(len(document["candidates"]))
    assert all(row.get_by_role("cell").last.inner_text().endswith(".") for row in rows.all())
    return document


def state_of(visitor: Visitor, need: str) -> str:
    visitor.go(need)
    visitor.looks()
    return (visitor.main.locator(".fr-badge").first.text_content() or "").strip()
