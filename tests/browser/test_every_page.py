"""Every page of the site, each as someone who may read it: axe, the console, other hosts, the width of a phone."""

import pytest

from coconstruction.settings import ROOT
from tests.browser import people
from tests.browser.conftest import Arrive, Reader
from tests.browser.people import enter_as
from tests.served import Site

ROUND = "/tours/axe-1-edition-de-demonstration"
PUBLIC = {
    "/": "/",
    "/accessibilite": "/accessibilite",
    "/besoins": "/besoins?tri=soutiens",
    "/besoins/<key:need_id>-<slug>": "/besoins/4",
    "/besoins/<key:need_id>/coalition": "/besoins/4/coalition",
    "/besoins/<key:need_id>/discussion": "/besoins/4/discussion",
    "/besoins/<key:need_id>/nouvelles": "/besoins/4/nouvelles",
    "/besoins/<key:need_id>/financements": "/besoins/4/financements?date=2021-10-01&aid=axe-2",
    "/besoins/<key:need_id>/soutiens": "/besoins/4/soutiens",
    "/besoins/<key:need_id>/versions": "/besoins/4/versions",
    "/besoins/proches": "/besoins/proches?title=salle",
    "/connexion": "/connexion",
    "/demonstration": "/demonstration",
    "/demonstration/courriels": "/demonstration/courriels",
    "/demonstration/courriels/<key:letter_id>": "/demonstration/courriels/1",
    "/demonstration/horloge": "/demonstration/horloge",
    "/donnees-personnelles": "/donnees-personnelles",
    "/campagne": "/campagne",
    "/delais": "/delais",
    "/financements": "/financements?kind=commune&inhabitants=8169&cost=28000&date=2021-10-01",
    "/mentions-legales": "/mentions-legales",
    "/organisations": "/organisations?q=sainte colombe",
    "/organisations/<code>": "/organisations/213500051",
    "/qui-peut-faire-quoi": "/qui-peut-faire-quoi",
    "/recherche": "/recherche?q=salle",
    "/seuils": "/seuils",
    "/solutions": "/solutions",
    "/solutions/<key:solution_id>-<slug>": "/solutions/2",
    "/tours": "/tours",
    "/tours/<slug>": ROUND,
    "/tours/<slug>/bulletin": f"{ROUND}/bulletin",
    "/tours/<slug>/resultats": f"{ROUND}/resultats",
}
MEMBER = {
    "/besoins/<key:need_id>": "/besoins/36",
    "/besoins/<key:need_id>/accord": "/besoins/4/accord",
    "/besoins/<key:need_id>/discussion/<key:message_id>/reponse": "/besoins/4/discussion/1/reponse",
    "/besoins/<key:need_id>/discussion/<key:message_id>/retrait": "/besoins/4/discussion/2/retrait",
    "/besoins/<key:need_id>/discussion/<key:message_id>/signalement": "/besoins/4/discussion/1/signalement",
    "/besoins/<key:need_id>/engagement": "/besoins/4/engagement",
    "/besoins/<key:need_id>/inviter": "/besoins/4/inviter",
    "/besoins/<key:need_id>/modification": "/besoins/36/modification",
    "/besoins/<key:need_id>/nouvelles/<key:news_id>/retrait": "/besoins/4/nouvelles/1/retrait",
    "/besoins/<key:need_id>/nouvelles/ecrire": "/besoins/4/nouvelles/ecrire",
    "/besoins/<key:need_id>/quitter": "/besoins/4/quitter",
    "/besoins/<key:need_id>/rejoindre": "/besoins/36/rejoindre",
    "/besoins/<key:need_id>/relais": "/besoins/4/relais",
    "/besoins/<key:need_id>/retrait": "/besoins/36/retrait",
    "/besoins/nouveau": "/besoins/nouveau?titre=Une salle",
    "/compte": "/compte",
    "/compte/agir": "/compte/agir?next=/besoins",
    "/compte/donnees": "/compte/donnees",
    "/compte/invitations": "/compte/invitations",
    "/compte/organisations/<key:affiliation_id>/fin": "/compte/organisations/1/fin",
    "/compte/organisations/<key:affiliation_id>/mandat": "/compte/organisations/1/mandat",
    "/compte/organisations/<key:affiliation_id>/preuve": "/compte/organisations/1/preuve",
    "/compte/organisations/nouvelle": "/compte/organisations/nouvelle?q=saint-denis",
    "/compte/profil": "/compte/profil",
    "/compte/second-facteur": "/compte/second-facteur",
    "/compte/sessions": "/compte/sessions",
    "/compte/suivis": "/compte/suivis",
    "/compte/suppression": "/compte/suppression",
    "/deconnexion": "/deconnexion",
    "/tours/<slug>/bulletin/recu": f"{ROUND}/bulletin/recu",
}
VERN = "/organisations/213503527/equipe"
REFERENT = {
    "/organisations/<code>/equipe": VERN,
    "/organisations/<code>/equipe/invitations/nouvelle": f"{VERN}/invitations/nouvelle",
    "/organisations/<code>/equipe/mandats/<key:mandate_id>/fin": f"{VERN}/mandats/11/fin",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/fin": f"{VERN}/personnes/8/fin",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/mandat": f"{VERN}/personnes/8/mandat",
}
CURATOR = {
    "/curation": "/curation",
    "/curation/besoins": "/curation/besoins?etape=a-repondre&age=30",
    "/curation/besoins/<key:need_id>": "/curation/besoins/4?a=moi",
    "/curation/regroupement": "/curation/regroupement?besoin=4&besoin=12&q=salle",
    "/curation/modeles": "/curation/modeles",
    "/curation/modeles/<key:template_id>": "/curation/modeles/1",
    "/curation/modeles/nouveau": "/curation/modeles/nouveau",
    "/curation/reponses": "/curation/reponses",
    "/curation/besoins/<key:need_id>/evaluation": "/curation/besoins/4/evaluation",
    "/curation/besoins/<key:need_id>/preselection": "/curation/besoins/4/preselection",
    "/curation/evaluations": "/curation/evaluations",
    "/curation/grille": "/curation/grille",
    "/curation/journal": "/curation/journal",
    "/curation/mandats/<key:affiliation_id>": "/curation/mandats/1",
    "/curation/rattachements/<key:affiliation_id>": "/curation/rattachements/1",
    "/curation/messages/<key:message_id>": "/curation/messages/1",
    "/curation/organisations/<code>/doublon": "/curation/organisations/ccas-vern-sur-seiche/doublon?q=vern",
    "/curation/organisations/<code>/saisie": "/curation/organisations/213501034/saisie",
    "/curation/seuils": "/curation/seuils?modele=axe-2-vague-2",
    "/curation/tours": "/curation/tours",
    "/curation/tours/<key:round_id>": "/curation/tours/1",
    "/curation/tours/<key:round_id>/calendrier": "/curation/tours/1/calendrier",
    "/curation/tours/<key:round_id>/modification": "/curation/tours/1/modification",
    "/curation/tours/nouveau": "/curation/tours/nouveau",
    "/organisations/<code>/equipe/personnes/<key:affiliation_id>/suspension": f"{VERN}/personnes/8/suspension",
    "/solutions/<key:solution_id>": "/solutions/1",
    "/solutions/<key:solution_id>/modification": "/solutions/1/modification",
    "/solutions/nouvelle": "/solutions/nouvelle",
}
ELSEWHERE = {
    "/besoins/<key:need_id>/coalition-departements.csv",  # these six are files
    "/besoins/<key:need_id>/coalition.csv",
    "/besoins/<key:need_id>/coalition.odt",
    "/besoins/<key:need_id>/coalition.pdf",
    "/besoins/<key:need_id>/lettre-d-engagement.odt",
    "/besoins/<key:need_id>/lettre-d-engagement.pdf",
    "/besoins/<key:need_id>/deliberations/<key:membership_id>",  # a file
    "/besoins/brouillons/<key:need_id>",  # in the journey
    "/besoins/<key:need_id>/discussion/<key:message_id>/modification",  # just after writing, in test_discussing.py
    "/besoins/<key:need_id>/discussion/pieces/<key:attachment_id>",  # a file
    "/compte/donnees.json",  # a file
    "/compte/second-facteur/ajout",  # these four with a phone, in test_curator_at_work.py
    "/compte/second-facteur/codes",
    "/compte/second-facteur/retrait",
    "/compte/second-facteur/verification",
    "/connexion/<token>",  # with a letter, in test_entering.py
    "/connexion/proconnect",  # these four there and back, in test_by_proconnect.py
    "/connexion/proconnect/retour",
    "/connexion/proconnect/suite",
    "/deconnexion/retour",
    "/contester/<token>",  # with a letter, like the next one, in test_belonging.py
    "/invitations/<token>",
    "/rejoindre/<token>",  # with a letter, in test_inviting.py
    "/suivis/<token>",  # with a letter, in test_hearing_of_a_need.py
    "/curation/domaines/<code>/<domain>",  # once somebody has written from there, in test_belonging.py
    "/curation/pieces/<key:document_id>",  # a file
    "/curation/besoins/<key:need_id>/separation",  # once needs are grouped, in test_grouping_needs.py
    "/curation/recours/<key:decision_id>",  # these two once somebody has been answered, in test_triage_day.py
    "/besoins/<key:need_id>/recours",
    "/campagne/besoins.csv",  # these four are files
    "/campagne/besoins.ods",
    "/campagne/tableaux.csv",
    "/campagne/tableaux.ods",
    "/curation/besoins/<key:need_id>/preselection/annulation",  # refused to this stage's needs, below
    "/healthz",
    "/langue/<code>",
    "/static/<path:filename>",
    "/tours/<slug>/resultats.json",
}
REFUSED = [
    ("/nulle-part", None, 404),
    ("/besoins/99999", None, 404),
    ("/curation", people.MIREILLE, 403),
    (VERN, people.MIREILLE, 403),
    ("/besoins/4/discussion/1/retrait", people.MIREILLE, 403),
    (f"{VERN}/personnes/8/mandat", "Lina Haddad", 403),
    ("/curation/organisations/213503527/saisie", people.CLAIRE, 409),
    ("/contester/un-lien-qui-ne-sert-plus", None, 410),
    ("/invitations/un-lien-qui-ne-sert-plus", None, 410),
    ("/connexion/un-lien-qui-ne-sert-plus", None, 410),
    ("/curation/besoins/36/preselection", people.CLAIRE, 409),
    ("/curation/besoins/36/preselection/annulation", people.CLAIRE, 409),
]
DUPLICATE = "association-usagers-numerique-35"
ALSO_PUBLIC = [
    "/financements",
    "/organisations",
    "/organisations?q=zzzz&disparues=oui",
    "/organisations/213303902",  # one of the twelve Sainte-Colombe
    "/organisations/243500139",
    "/organisations/region-53",
    "/organisations/departement-974",
    "/organisations/collectivite-20R",
    f"/organisations/{DUPLICATE}",
]
ALSO_CURATOR = [
    VERN,
    f"{VERN}/personnes/8/mandat",
    f"{VERN}/personnes/8/fin",
    f"/curation/organisations/{DUPLICATE}/doublon",
    "/curation/organisations/ccas-vern-sur-seiche/doublon?original=213503527",
]
VISITS = [
    *((path, None) for path in [*PUBLIC.values(), *ALSO_PUBLIC]),
    *((path, people.CLAIRE) for path in ALSO_CURATOR),
    *((path, people.MIREILLE) for path in MEMBER.values()),
    ("/besoins/4/discussion", people.MIREILLE),
    ("/besoins/4/financements", people.MIREILLE),
    *((path, people.STEPHANE) for path in REFERENT.values()),
    *((path, people.CLAIRE) for path in CURATOR.values()),
    (VERN, "Lina Haddad"),
]
DARK = [
    "/organisations?q=vern",
    "/organisations/213500051",
    "/",
    "/besoins",
    "/besoins/4",
    "/besoins/4/discussion",
    "/recherche?q=salle",
    "/solutions/2",
    ROUND,
    "/connexion",
]


def test_no_page_is_forgotten() -> None:
    table = (ROOT / "tests" / "access_table.txt").read_text().splitlines()
    rules = {line.split()[1] for line in table if line.startswith("GET")}
    assert rules == PUBLIC.keys() | MEMBER.keys() | REFERENT.keys() | CURATOR.keys() | ELSEWHERE


@pytest.mark.parametrize(("path", "name"), VISITS)
def test_a_page_is_fit_to_be_read(reader: Reader, path: str, name: str | None) -> None:
    visitor = reader(name)
    visitor.go(path)
    visitor.looks()


@pytest.mark.parametrize(("path", "name", "status"), REFUSED)
def test_a_refusal_is_fit_to_be_read(reader: Reader, path: str, name: str | None, status: int) -> None:
    visitor = reader(name)
    visitor.watch.refusals = {status}
    answer = visitor.page.goto(path)
    assert answer is not None
    assert answer.status == status
    visitor.looks()


@pytest.mark.parametrize("path", DARK)
def test_a_page_is_fit_to_be_read_in_the_dark(site: Site, arrive: Arrive, path: str) -> None:
    visitor = arrive(site, color_scheme="dark")
    visitor.go(path)
    assert visitor.page.locator("html").get_attribute("data-fr-theme") == "dark"
    visitor.looks()


def test_what_was_typed_is_there_when_the_session_has_ended(site: Site, arrive: Arrive) -> None:
    visitor = arrive(site)
    visitor.watch.refusals = {400, 403}
    enter_as(visitor, people.MIREILLE)
    visitor.go("/besoins/nouveau")
    visitor.page.context.clear_cookies()
    visitor.write("Le problème en une phrase", "Tout ce que j’ai écrit ce matin")
    visitor.press("Publier ce besoin")
    visitor.sees("Nous n’avons pas pu faire cela")
    assert "Tout ce que j’ai écrit ce matin" in [
        each.input_value() for each in visitor.main.get_by_role("textbox").all()
    ]
