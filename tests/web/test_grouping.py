"""The curators' workspace: what resembles what and why, what it would count, who is told, and the way out."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock, worker
from coconstruction.coalitions.actions import join
from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry, last_line
from coconstruction.needs.actions import edit, support
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from coconstruction.search.updates import catch_up
from tests import cast
from tests.reading import PageClient
from tests.selection import CURATOR

VERN, ARBRISSEL = "maire@vern.example", "maire@arbrissel.example"
CANTEEN = "Les parents viennent en mairie payer la cantine de leurs enfants"
GRAVES = "Le plan du cimetière est un rouleau de papier qui se déchire"
OTHERS = (
    "Un lampadaire éteint est signalé sept fois",
    "Les secours cherchent une maison sans numéro",
    "Le minibus du village part à moitié vide",
    "Une fuite sur le réseau se voit sur la facture",
    "Le tri des archives dort dans un grenier",
    "Les bénévoles de la fête manquent chaque été",
)
NEW = {
    "into": "nouveau",
    "title": "Inscrire et payer la cantine sans venir en mairie",
    "problem": "Les familles se déplacent pour s’inscrire, puis pour payer.",
    "theme": "procedures",
    "motive": "La même démarche, dans deux communes.",
}


@pytest.fixture
def needs(app: Flask) -> list[int]:
    """Two of the canteen, by two bearers that support each other's, and one of another matter."""
    with app.app_context():  # without the referential, which would be long to index
        app.extensions["search"].rebuild([], last_line(db.session())[0])
    with app.app_context(), transaction() as session:
        cast.agent(session, CURATOR, curator=True)
        vern = cast.affiliation(session, VERN, cast.VERN)
        arbrissel = cast.affiliation(session, ARBRISSEL, cast.ARBRISSEL)
        keys = [
            cast.posted_need(session, vern),
            cast.posted_need(session, arbrissel, replace(cast.CONTENT, title=CANTEEN, problem="Par chèque.")),
            cast.posted_need(session, vern, NeedContent(GRAVES, "Le fossoyeur cherche.", "Lui.", theme="heritage")),
        ]
        for title in OTHERS:  # a word is telling among texts that do not use it
            cast.posted_need(session, vern, NeedContent(title, title, "Tous.", theme="heritage"))
        support(session, vern, keys[1])
        join(session, arbrissel, keys[1], "pilote", [])
    with app.app_context():
        catch_up(app.extensions["search"], db.session())
    return keys


@pytest.fixture
def curator(needs: list[int], client: PageClient) -> PageClient:
    cast.sign_in(client, CURATOR)
    return client


def signed_in(app: Flask, email: str) -> PageClient:
    person = PageClient(app, use_cookies=True)
    cast.sign_in(person, email)
    return person


def group(curator: PageClient, needs: list[int], session: Session) -> int:
    form = {**NEW, "besoin": [str(each) for each in needs[:2]], "bearer": str(needs[1])}
    assert "Le besoin commun est en place." in curator.send("/curation/regroupement", form).soup.text
    return session.scalars(select(Need.id).order_by(Need.id.desc())).first() or 0


def test_what_resembles_is_suggested_with_the_words_that_say_so(curator: PageClient, needs: list[int]) -> None:
    page = curator.page(f"/curation/regroupement?besoin={needs[0]}").text
    assert CANTEEN in page
    assert "ressemblance :" in page
    assert "cantine" in page.split("Mots en commun :")[1]
    assert GRAVES not in page


def test_two_set_apart_come_back_once_a_text_changes(curator: PageClient, needs: list[int], app: Flask) -> None:
    path = f"/curation/regroupement?besoin={needs[0]}"
    curator.send("/curation/regroupement/distincts", {"besoin": str(needs[0]), "autre": str(needs[1])})
    assert CANTEEN not in curator.page(path).text
    assert (
        cast.CONTENT.title not in curator.page(f"/curation/regroupement?besoin={needs[1]}").text.split("Semblables")[-1]
    )
    with app.app_context(), transaction() as session:
        words = replace(cast.CONTENT, problem="Les parents font la queue pour payer.")
        edit(session, cast.affiliation(session, VERN, cast.VERN), needs[0], words, 1)
    assert CANTEEN in curator.page(path).text


def test_the_effect_is_shown_before_and_is_what_happens(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    chosen = curator.page(f"/curation/regroupement?besoin={needs[0]}&besoin={needs[1]}").text
    assert "2 soutiens, chaque collectivité une fois" in chosen or "soutiens, chaque collectivité une fois 2" in chosen
    assert "1 collectivité en soutient plusieurs" in chosen
    common = session.get_one(Need, group(curator, needs, session))
    assert (common.supports_count, common.members_count, common.groups) == (2, 1, 2)
    page = PageClient(app).page(f"/besoins/{common.id}").text
    assert "Ce besoin commun en réunit 2 autres" in page
    assert NEW["motive"] in page
    child = PageClient(app).page(f"/besoins/{needs[0]}").text
    assert "Regroupé" in child
    assert NEW["title"] in child
    assert cast.CONTENT.title not in PageClient(app).page("/besoins").text


def test_each_person_gets_one_letter(curator: PageClient, needs: list[int], session: Session) -> None:
    group(curator, needs, session)
    told = session.scalars(select(Letter).where(Letter.template == "grouped").order_by(Letter.recipient)).all()
    assert {each.recipient: [line["title"] for line in each.context["needs"]] for each in told} == {
        ARBRISSEL: [CANTEEN],
        VERN: [cast.CONTENT.title, CANTEEN],
    }


def test_an_answer_to_a_common_need_is_told_to_those_of_the_needs_it_groups(
    curator: PageClient, needs: list[int], app: Flask, session: Session
) -> None:
    common = group(curator, needs, session)
    form = {"kind": "decline", "motive": "Du matériel.", "geste": "publier"}
    curator.send(f"/curation/besoins/{common}/reponse", form)
    with time_machine.travel(clock.now() + timedelta(minutes=11)), app.app_context():
        worker.tell_answers()
    told = session.scalars(select(Letter.recipient).where(Letter.template == "decisions")).all()
    assert sorted(told) == [ARBRISSEL, VERN]


def test_a_supporter_steps_out_and_back(curator: PageClient, needs: list[int], app: Flask, session: Session) -> None:
    common = group(curator, needs, session)
    arbrissel = signed_in(app, ARBRISSEL)
    assert "Ne plus y compter" in arbrissel.page(f"/besoins/{needs[1]}").buttons()
    arbrissel.send(f"/besoins/{needs[1]}/besoin-commun", {"choix": "sortir"})
    session.expire_all()
    counts = session.get_one(Need, common).supports_count, session.get_one(Need, common).members_count
    assert counts == (1, 0)
    assert (session.get_one(Need, needs[1]).supports_count, session.get_one(Need, needs[1]).members_count) == (2, 1)
    back = arbrissel.send(f"/besoins/{needs[1]}/besoin-commun", {"choix": "revenir"})
    assert "Ne plus y compter" in back.buttons()
    session.expire_all()
    assert session.get_one(Need, common).supports_count == 2
    stranger = arbrissel.send(f"/besoins/{needs[0]}/besoin-commun", {"choix": "sortir"})
    assert stranger.status == 403
    assert "n’a ni soutenu ni rejoint" in stranger.text


def test_parting_gives_back_and_withdraws_what_is_left_empty(
    curator: PageClient, needs: list[int], session: Session
) -> None:
    common = group(curator, needs, session)
    for need_id in needs[:2]:
        curator.send(f"/curation/besoins/{need_id}/separation", {"motive": "Deux démarches distinctes."})
    session.expire_all()
    assert [session.get_one(Need, each).state for each in (*needs[:2], common)] == ["open", "open", "withdrawn"]
    assert session.get_one(Need, common).supports_count == 0
    about = JournalEntry.subject_kind == "need", JournalEntry.subject_id == needs[0]
    actions = session.scalars(select(JournalEntry.action).where(*about).order_by(JournalEntry.seq)).all()
    assert actions[-2:] == ["need.grouped", "need.ungrouped"]


@pytest.mark.parametrize(
    "form",
    [
        {"motive": " "},
        {"title": ""},
        {"problem": ""},
        {"theme": "mars"},
        {"bearer": "999"},
        {"into": "999"},
    ],
)
def test_a_common_need_that_says_too_little_is_sent_back(
    curator: PageClient, needs: list[int], session: Session, form: dict[str, str]
) -> None:
    sent = {**NEW, "besoin": [str(each) for each in needs[:2]], "bearer": str(needs[0]), **form}
    answer = curator.send("/curation/regroupement", sent)
    assert answer.status == 422
    assert session.scalars(select(Need.common_id).where(Need.common_id.is_not(None))).all() == []


def test_a_grouped_need_is_grouped_once_and_groups_nothing(
    curator: PageClient, needs: list[int], session: Session
) -> None:
    common = group(curator, needs, session)
    again = {"into": str(needs[2]), "motive": "Encore.", "besoin": [str(needs[0]), str(needs[2])]}
    assert curator.send("/curation/regroupement", again).status == 409
    chain = {"into": str(needs[2]), "motive": "Encore.", "besoin": [str(common), str(needs[2])]}
    refused = curator.send("/curation/regroupement", chain)
    assert refused.status == 409
    assert "réunit déjà d’autres besoins" in refused.text
    alone = {**NEW, "besoin": [str(needs[2])], "bearer": str(needs[2])}
    assert curator.send("/curation/regroupement", alone).status == 422
    assert session.get_one(Need, needs[2]).state == State.OPEN
