"""Référents run their organisation: they invite, let in, give mandates, put out, hand over; one stays."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import MandateRole
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import Page, PageClient
from tests.web.climbing import (
    ANNE,
    CHLOE,
    act,
    acting_for,
    ask,
    decide,
    letters,
    lines,
    refusal_on,
    rungs,
    settle,
    tie,
)

MAYOR, DEPUTY, PAUL = "maire@arbrissel.example", "adjointe@arbrissel.example", "paul@orange.fr"
TEAM = "/organisations/213500051/equipe"


@pytest.fixture
def need_id(app: Flask) -> int:
    settle(app, ANNE)
    with app.app_context(), transaction() as session:
        cast.referent(session, MAYOR, cast.ARBRISSEL)
        cast.affiliation(session, DEPUTY, cast.ARBRISSEL, mandate=False)
        return cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))


@pytest.fixture
def mayor(client: PageClient, need_id: int) -> PageClient:
    cast.sign_in(client, MAYOR)
    return client


def number(session: Session, email: str) -> int:
    session.expire_all()
    return tie(session, email, cast.ARBRISSEL).id


def invite(client: PageClient, email: str, **more: str) -> Page:
    told = {"email": email, "role": "elu", "function": "Adjointe au numérique", **more}
    return client.send(f"{TEAM}/invitations/nouvelle", told)


def link_sent(session: Session, email: str) -> str:
    sent = select(Letter).where(Letter.template == "invitation", Letter.recipient == email).order_by(Letter.id.desc())
    return str(session.scalars(sent.limit(1)).one().context["path"])


def mandates(session: Session, email: str) -> list[str]:
    session.expire_all()
    return [each.role for each in tie(session, email, cast.ARBRISSEL).mandates_in_force]


def test_an_invitation_lets_in_whoever_reads_that_mailbox_and_serves_once(
    mayor: PageClient, app: Flask, session: Session, need_id: int
) -> None:
    assert f"L’invitation part vers {PAUL}." in invite(mayor, PAUL).text
    link = link_sent(session, PAUL)
    paul = PageClient(app, use_cookies=True)
    for _read_by_a_scanner_of_mail in range(3):
        assert paul.page(link).title == "Une invitation pour vous"
    assert lines(session, "affiliation.proven") == 0
    welcome = paul.send(link)
    assert "Bienvenue : vous pouvez maintenant agir pour Arbrissel." in welcome.text
    assert (acting_for(welcome), rungs(session, PAUL, cast.ARBRISSEL)) == ("Arbrissel", {"referent"})
    assert act(paul, need_id).status == 200
    assert refusal_on(PageClient(app, use_cookies=True).send(link)) == (410, "invitation_spent")
    assert "Paul" not in PageClient(app).page("/organisations/213500051").text


@pytest.mark.parametrize("how", ["withdrawn", "late", "of a référent no more"])
def test_an_invitation_that_no_longer_serves_says_so_and_lets_nobody_in(
    mayor: PageClient, app: Flask, session: Session, how: str
) -> None:
    invite(mayor, PAUL)
    later = clock.now()
    if how == "withdrawn":
        mayor.send(f"{TEAM}/invitations/1/annulation")
    elif how == "late":
        later += timedelta(days=14)
    else:
        mayor.send(f"{TEAM}/relais", {"personne": number(session, DEPUTY)})
    with time_machine.travel(later, tick=False):
        paul = PageClient(app, use_cookies=True)
        for answer in (paul.page(link_sent(session, PAUL)), paul.send(link_sent(session, PAUL))):
            assert refusal_on(answer) == (410, "invitation_spent")
            assert answer.links()["Demander mon rattachement"] == "/compte/organisations/nouvelle"
    assert lines(session, "affiliation.proven") == 0


@pytest.mark.parametrize(
    ("email", "reason"), [(PAUL, "already_invited"), (DEPUTY, "already_a_colleague"), ("paul", None), ("", None)]
)
def test_an_invitation_that_makes_no_sense_is_refused_and_sends_nothing(
    mayor: PageClient, session: Session, email: str, reason: str | None
) -> None:
    invite(mayor, PAUL)
    refused = invite(mayor, email)
    assert refusal_on(refused) == ((409, reason) if reason else (422, ""))
    sent = session.scalars(select(Letter.recipient).where(Letter.template == "invitation")).all()
    assert sent == [PAUL]


def test_a_referent_lets_a_colleague_in_with_a_mandate(mayor: PageClient, session: Session, need_id: int) -> None:
    ask(mayor, ANNE, cast.ARBRISSEL)
    assert refusal_on(act(mayor, need_id)) == (403, "no_affiliation")
    here = f"{TEAM}/demandes/{number(session, ANNE)}"
    assert "La demande est accordée." in decide(mayor, here, "accorder", by=MAYOR, mandat="oui").text
    assert (rungs(session, ANNE, cast.ARBRISSEL), mandates(session, ANNE)) == ({"referent"}, ["agent"])
    assert "affiliation_approved" in letters(session, ANNE)
    cast.sign_in(mayor, ANNE)
    assert mayor.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"}).status == 200


def test_a_colleague_who_is_no_referent_decides_nothing(mayor: PageClient, session: Session) -> None:
    ask(mayor, ANNE, cast.ARBRISSEL)
    cast.sign_in(mayor, DEPUTY)
    mine = f"{TEAM}/personnes/{number(session, MAYOR)}"
    answers = [
        mayor.send(f"{TEAM}/demandes/{number(session, ANNE)}", {"decision": "accorder"}),
        mayor.send(f"{mine}/fin", {"motive": "Je préfère."}),
        mayor.send(f"{mine}/mandat", {"role": "referent", "scope": "everything"}),
        mayor.send(f"{TEAM}/relais", {"personne": number(session, DEPUTY)}),
        invite(mayor, PAUL),
    ]
    assert {refusal_on(each)[0] for each in answers} == {403}
    assert mandates(session, MAYOR) == [MandateRole.REFERENT]
    assert rungs(session, ANNE, cast.ARBRISSEL) == set()
    assert letters(session, PAUL) == []


def test_the_last_referent_stays_until_another_is_there(mayor: PageClient, session: Session) -> None:
    own = mayor.page(TEAM).links()["y mettre fin"]
    for path in (own, f"/compte/organisations/{number(session, MAYOR)}/fin"):
        refused = mayor.send(path, {"motive": "Je pars."})
        assert refusal_on(refused) == (409, "last_referent")
    assert mandates(session, MAYOR) == [MandateRole.REFERENT]

    handed = mayor.send(f"{TEAM}/relais", {"personne": number(session, DEPUTY)})
    assert "est maintenant référent à votre place" in handed.text
    assert (mandates(session, MAYOR), mandates(session, DEPUTY)) == ([], [MandateRole.REFERENT])
    assert "Votre rattachement" in mayor.send(f"/compte/organisations/{number(session, MAYOR)}/fin").text
    assert rungs(session, MAYOR, cast.ARBRISSEL) == set()


def test_the_team_names_a_referent_where_there_is_none(app: Flask, client: PageClient, session: Session) -> None:
    settle(app)
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, DEPUTY, cast.ARBRISSEL, mandate=False)
    here = f"{TEAM}/personnes/{number(session, DEPUTY)}/mandat"
    assert decide(client, here, "", role="referent", scope="everything", motive="").status == 422
    given = decide(client, here, "", role="referent", scope="everything", motive="Arrêté du 2 mars.")
    assert "Le mandat est donné." in given.text
    assert (mandates(session, DEPUTY), letters(session, DEPUTY)) == (["referent"], ["mandate_granted"])


def test_a_revoked_colleague_acts_no_more_and_what_they_did_stays(
    mayor: PageClient, session: Session, need_id: int
) -> None:
    cast.sign_in(mayor, DEPUTY)
    assert act(mayor, need_id).status == 200
    ended = decide(mayor, f"{TEAM}/personnes/{number(session, DEPUTY)}/fin", "", by=MAYOR)
    assert "Le rattachement est terminé. Ce qui a été fait pour l’organisation reste." in ended.text
    cast.sign_in(mayor, DEPUTY)
    assert refusal_on(act(mayor, need_id)) == (403, "no_affiliation")
    assert "affiliation_ended" in letters(session, DEPUTY)
    assert "Arbrissel" in PageClient(mayor.application).page(f"/besoins/{need_id}/soutiens").text


@pytest.mark.parametrize("who", [MAYOR, DEPUTY, CHLOE, ANNE, None])
def test_the_people_of_an_organisation_are_seen_by_colleagues_and_the_team(
    mayor: PageClient, app: Flask, who: str | None
) -> None:
    reader = PageClient(app, use_cookies=True)
    if who:
        cast.sign_in(reader, who)
    page = reader.page(TEAM)
    assert (DEPUTY in page.text) == (who in (MAYOR, DEPUTY, CHLOE))
    if who == ANNE:
        assert refusal_on(page) == (403, "not_a_colleague")
