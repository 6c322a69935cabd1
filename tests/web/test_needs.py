"""A need from its draft to its withdrawal, as its people see it."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.actions import save_draft
from coconstruction.needs.models import Need, State, Support
from tests import cast
from tests.reading import PageClient

TYPED = {
    "title": "Les parents appellent la mairie pour réserver la salle des fêtes",
    "problem": "Un agenda papier, trois appels par jour.",
    "theme": "heritage_facilities",
    "origin": "need",
}


@pytest.fixture
def village(app: Flask, client: PageClient) -> PageClient:
    with app.app_context(), transaction() as session:
        cast.agent(session, "secretaire@arbrissel.example", cast.ARBRISSEL)
    cast.sign_in(client, "secretaire@arbrissel.example")
    return client


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        return cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))


def test_a_posted_need_is_public_with_its_bearer_and_its_first_voice(village: PageClient, app: Flask) -> None:
    page = village.send("/besoins/nouveau", TYPED)
    assert page.title == TYPED["title"]
    assert "Arbrissel" in page.text
    visitor = PageClient(app)
    listed = visitor.page("/besoins")
    assert TYPED["title"] in listed.text
    assert "1 collectivité" in listed.text


def test_a_departement_without_a_need_stays_chosen(client: PageClient, need_id: int) -> None:
    chosen = client.page("/besoins?departement=33").soup.select("#departement option[selected]")
    assert [(each["value"], each.get_text()) for each in chosen] == [("33", "33 Gironde (0)")]


def test_a_need_without_a_problem_is_given_back_as_typed(village: PageClient, session: Session) -> None:
    page = village.send("/besoins/nouveau", {**TYPED, "problem": ""})
    assert page.status == 422
    assert "Décrivez la situation d’aujourd’hui." in page.text
    assert page.field("title") == TYPED["title"]
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_a_draft_is_kept_as_it_is_typed_and_seen_by_its_organisation_only(
    village: PageClient, app: Flask, session: Session
) -> None:
    page = village.send("/besoins/brouillons", {"title": "Réserver la sal"})
    assert page.field("title") == "Réserver la sal"
    draft = session.scalars(select(Need)).one()
    again = village.send("/besoins/brouillons", {"draft": draft.id, "title": "Réserver la salle"})
    assert again.field("title") == "Réserver la salle"
    assert session.scalar(select(func.count()).select_from(Need)) == 1
    stranger = PageClient(app)
    assert stranger.get(f"/besoins/{draft.id}").status_code == 404
    assert "Réserver" not in stranger.page("/besoins").text


def test_a_posted_draft_leaves_no_draft(village: PageClient, session: Session) -> None:
    village.send("/besoins/brouillons", {"title": "Réserver la sal"})
    draft = session.scalars(select(Need)).one()
    village.send("/besoins/nouveau", {**TYPED, "draft": draft.id})
    session.expire_all()
    assert [(need.state, need.title) for need in session.scalars(select(Need))] == [(State.OPEN, TYPED["title"])]


def test_an_edit_keeps_every_version_readable(village: PageClient, session: Session) -> None:
    village.send("/besoins/nouveau", TYPED)
    need = session.scalars(select(Need)).one()
    form = {**TYPED, "problem": "Un agenda papier, dix appels par jour.", "version": 1}
    assert "dix appels" in village.send(f"/besoins/{need.id}/modification", form).text
    versions = village.page(f"/besoins/{need.id}/versions").text
    assert "trois appels" in versions
    assert "dix appels" in versions


def test_an_edit_over_somebody_elses_is_refused_and_nothing_is_lost(village: PageClient, session: Session) -> None:
    village.send("/besoins/nouveau", TYPED)
    need = session.scalars(select(Need)).one()
    village.send(f"/besoins/{need.id}/modification", {**TYPED, "problem": "Version du maire.", "version": 1})
    page = village.send(f"/besoins/{need.id}/modification", {**TYPED, "problem": "Ma version.", "version": 1})
    assert page.status == 409
    assert "Un autre agent a modifié ce besoin" in page.text
    assert page.field("problem") == "Ma version."
    session.expire_all()
    assert session.scalars(select(Need)).one().problem == "Version du maire."


def test_a_withdrawn_need_keeps_its_page_and_can_be_reopened(village: PageClient, session: Session) -> None:
    village.send("/besoins/nouveau", TYPED)
    need = session.scalars(select(Need)).one()
    page = village.send(f"/besoins/{need.id}/retrait", {"motive": "Nous avons trouvé un outil."})
    assert "Nous avons trouvé un outil." in page.text
    assert TYPED["title"] not in village.page("/besoins").text
    reopened = village.send(f"/besoins/{need.id}/reouverture")
    assert "rouvert" in reopened.text
    assert TYPED["title"] in village.page("/besoins").text


def test_two_agents_of_a_commune_make_one_voice(app: Flask, client: PageClient, need_id: int, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        for email in ("a@arbrissel.example", "b@arbrissel.example"):
            cast.agent(writing, email, cast.ARBRISSEL)
    for email in ("a@arbrissel.example", "b@arbrissel.example"):
        cast.sign_in(client, email)
        page = client.send(f"/besoins/{need_id}/soutien")
    assert "2 collectivités" in page.text
    assert session.scalar(select(func.count()).select_from(Support).where(Support.need_id == need_id)) == 2
    actions = session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)).all()
    assert actions[-2:] == ["need.supported", "need.support_seconded"]


def test_a_support_is_taken_back(village: PageClient, need_id: int, session: Session) -> None:
    village.send(f"/besoins/{need_id}/soutien")
    page = village.send(f"/besoins/{need_id}/soutien/retrait")
    assert "retiré" in page.text
    assert session.get_one(Need, need_id).supports_count == 1


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/besoins/{id}/modification", {**TYPED, "version": 1}),
        ("/besoins/{id}/retrait", {"motive": "Je voudrais bien."}),
        ("/besoins/{id}/reouverture", {}),
    ],
)
def test_another_organisation_changes_nothing_of_a_need(
    village: PageClient, need_id: int, session: Session, path: str, form: dict[str, str]
) -> None:
    page = village.send(path.format(id=need_id), form)
    assert page.status == 403
    assert "Seule la collectivité qui porte ce besoin" in page.text
    need = session.get_one(Need, need_id)
    assert (need.state, need.title, need.version) == (State.OPEN, cast.CONTENT.title, 1)


def test_a_title_with_markup_is_text(village: PageClient) -> None:
    page = village.send("/besoins/nouveau", {**TYPED, "title": "<script>alert(1)</script> & Cie"})
    assert page.title == "<script>alert(1)</script> & Cie"


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"title": "x" * 2_100_000}, 413, "trop long"),
        ({"title": "x" * 1_000_000}, 422, "140 signes au plus"),
        ({"title": "x" * 141}, 422, "140 signes au plus"),
        ({"theme": "weather"}, 422, "Choisissez un thème."),
        ({"origin": "nowhere"}, 422, "Choisissez l’une des deux réponses."),
        ({"estimated_cost": "beaucoup"}, 422, "Donnez un nombre entier"),
        ({"estimated_cost": "-3"}, 422, "entre 1 et un milliard"),
        ({"estimated_cost": "99999999999999999999"}, 422, "entre 1 et un milliard"),
        ({"origin": "existing_service", "service_url": "javascript:alert(1)"}, 422, "commence par https://"),
        ({"origin": "existing_service", "service_url": " "}, 422, "Donnez l’adresse du service existant."),
        ({"draft": "9999999"}, 404, "n’existe pas"),
        ({"title": "\u200b\u2060"}, 422, "Dites le problème en une phrase."),
        ({"title": "\u3164"}, 422, "Dites le problème en une phrase."),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    village: PageClient, session: Session, change: dict[str, str], status: int, sentence: str
) -> None:
    page = village.send("/besoins/nouveau", {**TYPED, **change})
    assert page.status == status
    assert sentence in page.text
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_a_whole_report_pasted_as_a_title_is_given_back(village: PageClient) -> None:
    title = "Monsieur le maire, " * 55_000
    assert village.send("/besoins/nouveau", {**TYPED, "title": title}).field("title") == title.strip()


def test_a_null_sign_is_dropped_rather_than_breaking_the_database(village: PageClient) -> None:
    assert village.send("/besoins/nouveau", {**TYPED, "title": "Une\x00 salle"}).title == "Une salle"


def test_a_title_holds_on_one_line_and_nothing_turns_it_around(village: PageClient) -> None:
    title = "Une\x0bsalle\r\ndes\u2028fêtes \u202eà l’envers"
    assert village.send("/besoins/nouveau", {**TYPED, "title": title}).title == "Une salle des fêtes à l’envers"


@pytest.mark.parametrize("path", ["/besoins/0", "/besoins/999999", "/besoins/99999999999999999999", "/besoins/abc-x"])
def test_an_unknown_need_is_a_page_that_says_so(client: PageClient, path: str) -> None:
    page = client.page(path)
    assert page.status == 404
    assert "n’existe pas" in page.text


def test_a_form_without_its_token_is_offered_again_with_what_was_typed(village: PageClient, session: Session) -> None:
    response = village.post("/besoins/nouveau", data=TYPED, headers={"Referer": "http://localhost/besoins/nouveau"})
    assert response.status_code == 400
    assert TYPED["problem"] in response.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_what_another_site_sends_is_not_offered_again(village: PageClient) -> None:
    response = village.post("/besoins/nouveau", data=TYPED, headers={"Referer": "https://elsewhere.example/"})
    assert response.status_code == 400
    assert TYPED["problem"] not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "action", ["soutien", "soutien/retrait", "reouverture", "modification", "retrait", "rejoindre"]
)
def test_somebody_elses_draft_does_not_exist(village: PageClient, app: Flask, action: str) -> None:
    with app.app_context(), transaction() as session:
        draft = save_draft(session, cast.affiliation(session, "maire@vern.example", cast.VERN), None, cast.CONTENT)
        path = f"/besoins/{draft.id}/{action}"
    page = village.send(path, {**TYPED, "version": 0, "motive": "Pour voir.", "role": "pilote"})
    assert page.status == 404
    assert "cantine" not in str(page.soup)


def test_a_draft_is_edited_as_a_draft_only(village: PageClient, session: Session) -> None:
    village.send("/besoins/brouillons", {"title": "Réserver la sal"})
    draft = session.scalars(select(Need)).one()
    page = village.send(f"/besoins/{draft.id}/modification", {**TYPED, "version": 0})
    assert page.status == 409
    assert page.links()["Ouvrir le brouillon"] == f"/besoins/brouillons/{draft.id}"
    assert session.scalars(select(JournalEntry.action).where(JournalEntry.action.startswith("need."))).all() == []


def test_a_need_reopened_is_in_the_state_it_left(village: PageClient, app: Flask, session: Session) -> None:
    village.send("/besoins/nouveau", TYPED)
    need = session.scalars(select(Need)).one()
    with app.app_context(), transaction() as writing:
        writing.get_one(Need, need.id).state = State.NOT_SELECTED
    village.send(f"/besoins/{need.id}/retrait", {"motive": "Nous n’en avons plus l’usage."})
    village.send(f"/besoins/{need.id}/reouverture")
    assert session.scalar(select(Need.state)) == State.NOT_SELECTED


def test_a_form_sent_twice_publishes_one_need(village: PageClient, session: Session) -> None:
    first, second = (village.send("/besoins/nouveau", TYPED, follow=False) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    village.send("/besoins/nouveau", {**TYPED, "problem": "Autre chose, avec le même titre."})
    assert session.scalars(select(Need.state)).all() == [State.OPEN, State.OPEN]


def test_a_draft_that_saved_itself_while_its_text_was_posted_is_dropped(village: PageClient, session: Session) -> None:
    village.send("/besoins/brouillons", {"title": TYPED["title"]})
    village.send("/besoins/nouveau", TYPED)
    assert session.scalars(select(Need.state)).all() == [State.OPEN]


@pytest.mark.parametrize("path", ["/besoins/brouillons", "/besoins/nouveau"])
def test_a_colleagues_draft_is_not_written_over(village: PageClient, session: Session, path: str) -> None:
    opened = village.send("/besoins/brouillons", TYPED)
    form = {**TYPED, "draft": opened.field("draft"), "seen": opened.field("seen")}
    village.send("/besoins/brouillons", {**form, "problem": "Le long texte du maire."})
    page = village.send(path, {**form, "problem": "Ma version à moi."})
    assert page.status == 409
    assert page.field("problem") == "Ma version à moi."
    assert session.scalars(select(Need)).one().problem == "Le long texte du maire."
