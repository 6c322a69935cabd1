"""Talking about a need, with scripts and without: asked, answered, corrected, reported, hidden."""

import re

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import enter_as
from tests.browser.visitor import Visitor

NEED = "/besoins/39"
QUESTION = "Qui a déjà *essayé* ? Voir https://exemple.fr/essai"


def test_a_question_asked_answered_reported_and_hidden(visitor: Visitor) -> None:
    visitor.watch.refusals = {422}  # a message sent empty on purpose
    enter_as(visitor, people.MIREILLE)
    visitor.go(NEED)
    visitor.follow("Ouvrir la discussion" if "Personne n’a encore écrit." in visitor.text() else "Lire")
    visitor.sees("Vous écrivez pour Arbrissel")
    visitor.press("Publier le message")
    visitor.sees("Écrivez votre message.")
    visitor.write("Votre message", QUESTION)
    visitor.main.get_by_text("Mentionner une organisation").click()
    visitor.write("Chercher une organisation à mentionner", "Vern-sur-Seiche")
    visitor.press("Chercher")
    visitor.choose("Vern-sur-Seiche (Ille-et-Vilaine)")
    expect(visitor.main.get_by_label("Votre message")).to_have_value(QUESTION)
    attach(visitor)
    visitor.press("Publier le message")
    visitor.sees("Votre message est publié.", "Qui a déjà essayé ?", "@Vern-sur-Seiche", "Télécharger plan.pdf")
    number = re.findall(r"message=(\d+)", visitor.page.url)[0]

    visitor.page.get_by_role("link", name=f"Modifier le message {number}").click()
    visitor.write("Votre message", "Qui l’a essayé ?")
    visitor.press("Enregistrer")
    visitor.sees("Le message est modifié.", "modifié à", "Qui l’a essayé ?")

    enter_as(visitor, people.BERTRAND)
    visitor.go(f"{NEED}/discussion?message={number}")
    visitor.page.get_by_role("link", name=f"Répondre à Arbrissel (Ille-et-Vilaine), message {number}").click()
    visitor.sees("Qui l’a essayé ?")
    visitor.write("Votre message", "Nous, l’an dernier.")
    visitor.press("Publier la réponse")
    visitor.sees("Votre réponse est publiée.", "Nous, l’an dernier.")
    answer = re.findall(r"message=(\d+)", visitor.page.url)[0]

    visitor.page.get_by_role("link", name=f"Signaler le message {number}").click()
    visitor.write("Pourquoi le signaler ?", "Il nomme une personne.")
    visitor.press("Signaler ce message")
    visitor.sees("l’équipe de l’Incubateur va examiner")

    enter_as(visitor, people.CLAIRE)
    visitor.go("/curation")
    visitor.follow(f"Arbrissel (Ille-et-Vilaine), message {number}")
    visitor.sees("Il nomme une personne.", "Qui l’a essayé ?")
    visitor.write("Raisons de la décision", "Un nom y est écrit.")
    visitor.press("Masquer le message")
    visitor.sees("Le message est masqué.")

    enter_as(visitor, people.BERTRAND)
    visitor.go(f"{NEED}/discussion?message={number}")
    visitor.sees("Message masqué par l’équipe", "Un nom y est écrit.", "Nous, l’an dernier.")
    visitor.page.get_by_role("link", name=f"Retirer le message {answer}").click()
    visitor.sees("Retirer ce message ?")
    visitor.press("Retirer le message")
    visitor.sees("Le message est retiré.", "Message retiré par son auteur.")


def attach(visitor: Visitor) -> None:
    piece = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 un plan"}
    visitor.main.get_by_label("Pièces jointes").set_input_files([piece])  # type: ignore[list-item]
