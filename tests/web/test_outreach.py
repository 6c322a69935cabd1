"""Inviting others to join a need: by members, one letter per organisation and need, refusable for good."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.coalitions.actions import join, leave
from coconstruction.database import transaction
from coconstruction.needs.actions import support, withdraw
from coconstruction.notifications.models import Letter
from coconstruction.outreach.models import JoinInvitation
from coconstruction.territories.models import OfficialContact, Organisation
from tests import cast
from tests.reading import Page, PageClient

LEAD, SECRETARY, METRO = "chef@vern.example", "secretaire@arbrissel.example", "dsi@metropole.example"
MONDAY = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def need(app: Flask) -> int:
    """Borne by Vern-sur-Seiche, which leads; supported by Rennes Métropole; an official address for Chelun."""
    with app.app_context(), transaction() as session:
        own = cast.affiliation(session, LEAD, cast.VERN)
        number = cast.posted_need(session, own)
        join(session, own, number, "porteur", [])
        support(session, cast.affiliation(session, METRO, cast.RENNES_METROPOLE), number)
        cast.affiliation(session, SECRETARY, cast.ARBRISSEL)
        return number


@pytest.fixture
def lead(app: Flask, need: int) -> PageClient:
    client = PageClient(app, use_cookies=True)
    cast.sign_in(client, LEAD)
    client.page("/compte")
    return client


@pytest.fixture
def other(app: Flask, need: int) -> Callable[[str], PageClient]:
    def enter(email: str) -> PageClient:
        client = PageClient(app, use_cookies=True)
        cast.sign_in(client, email)
        client.page("/compte")
        return client

    return enter


def code(session: Session, reference: str) -> str:
    return cast.organisation(session, reference).code


def invite(client: PageClient, need: int, *codes: str, word: str = "") -> Page:
    return client.send(f"/besoins/{need}/inviter", {"picked": list(codes), "word": word})


def post_another(session: Session, number: int = 2) -> int:
    own = cast.affiliation(session, LEAD, cast.VERN)
    return cast.posted_need(session, own, replace(cast.CONTENT, title=f"Un besoin, numéro {number}"))


def letters(session: Session, template: str = "join_invitation") -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).where(Letter.template == template).order_by(Letter.id)))


def link(session: Session) -> str:
    return str(letters(session)[0].context["path"])


def test_those_who_are_missing_and_those_who_support_are_proposed(need: int, lead: PageClient) -> None:
    assert f"/besoins/{need}/inviter" in lead.page(f"/besoins/{need}").links().values()
    page = lead.page(f"/besoins/{need}/inviter")
    assert "Rennes Métropole" in page.text
    assert "soutient déjà ce besoin" in page.text
    assert "habitants de plus" in page.text
    assert "Vern-sur-Seiche (Ille-et-Vilaine)" not in [label.text.strip() for label in page.soup.select("#choix label")]


def test_a_letter_leaves_to_those_who_act_for_it(need: int, lead: PageClient, session: Session) -> None:
    page = invite(lead, need, code(session, cast.RENNES_METROPOLE), word="Nous commençons en mars.")
    assert "L’invitation est partie." in page.text
    assert "1 collectivité déjà invitée" in page.text
    [letter] = letters(session)
    assert letter.recipient == METRO
    assert letter.context["by"] == "Vern-sur-Seiche"
    assert letter.context["word"] == "Nous commençons en mars."
    assert LEAD not in str(letter.context)


def test_without_anyone_here_the_official_addresses_are_written_to(
    app: Flask, need: int, lead: PageClient, session: Session
) -> None:
    dinard = "commune:35093"
    page = invite(lead, need, code(session, dinard))
    assert "Pas de courriel à Dinard : elle n’a pas d’adresse connue ici" in page.text
    with app.app_context(), transaction() as writing:
        body = cast.organisation(writing, dinard)
        writing.add(OfficialContact(organisation_id=body.id, email="mairie@dinard.example"))
    assert "L’invitation est partie." in invite(lead, need, code(session, dinard)).text
    assert [each.recipient for each in letters(session)] == ["mairie@dinard.example"]


def test_one_letter_per_organisation_and_need_whoever_asks(
    app: Flask, need: int, lead: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        join(writing, cast.affiliation(writing, METRO, cast.RENNES_METROPOLE), need, "pilote", [])
    arbrissel = code(session, cast.ARBRISSEL)
    invite(lead, need, arbrissel)
    page = invite(other(METRO), need, arbrissel)
    assert "Pas de courriel à Arbrissel : elle a déjà été invitée pour ce besoin." in page.text
    assert len(letters(session)) == 1


def test_members_and_those_who_may_not_join_are_not_invited(need: int, lead: PageClient, session: Session) -> None:
    page = invite(lead, need, code(session, cast.VERN))
    assert "Pas de courriel à Vern-sur-Seiche : elle fait déjà partie de la coalition." in page.text
    assert letters(session) == []


def test_who_reads_the_letter_refuses_all_others_for_good(
    app: Flask, need: int, lead: PageClient, client: PageClient, session: Session
) -> None:
    invite(lead, need, code(session, cast.ARBRISSEL))
    page = client.page(link(session))
    assert "Vern-sur-Seiche (Ille-et-Vilaine) invite Arbrissel (Ille-et-Vilaine)" in page.text
    assert "votre organisation ne recevra plus d’invitation" in client.send(link(session), {"choix": "refuser"}).text
    with app.app_context(), transaction() as writing:
        second = post_another(writing)
    page = invite(lead, second, code(session, cast.ARBRISSEL))
    assert "Pas de courriel à Arbrissel : elle ne veut pas recevoir d’invitation." in page.text
    assert "recevra de nouveau" in client.send(link(session), {"choix": "recevoir"}).text
    assert "L’invitation est partie." in invite(lead, second, code(session, cast.ARBRISSEL)).text


def test_a_link_that_answers_nothing_says_so(client: PageClient) -> None:
    for page in (client.page("/rejoindre/coupe"), client.send("/rejoindre/coupe")):
        assert page.status == 410
        assert "Ce lien ne correspond à aucune invitation" in page.text


def test_the_invited_find_it_at_home_until_they_join(
    app: Flask, need: int, lead: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    invite(lead, need, code(session, cast.ARBRISSEL))
    secretary = other(SECRETARY)
    assert "Invitations à rejoindre" in secretary.page("/").text
    page = secretary.page("/compte/invitations")
    assert "Invitée par Vern-sur-Seiche (Ille-et-Vilaine)" in page.text
    assert f"/besoins/{need}/rejoindre" in page.links().values()
    with app.app_context(), transaction() as writing:
        join(writing, cast.affiliation(writing, SECRETARY, cast.ARBRISSEL), need, "pilote", [])
    assert "Aucune invitation n’attend" in secretary.page("/compte/invitations").text
    assert "Invitations à rejoindre" not in secretary.page("/").text


def test_an_agent_refuses_for_their_organisation(
    need: int, lead: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    secretary = other(SECRETARY)
    assert "ne recevra plus" in secretary.send("/compte/invitations", {"choix": "refuser"}).text
    assert "ne veut pas recevoir d’invitation" in invite(lead, need, code(session, cast.ARBRISSEL)).text
    assert "recevra de nouveau" in secretary.send("/compte/invitations", {"choix": "recevoir"}).text


def test_three_invitations_a_week_at_most_for_one_organisation(app: Flask, lead: PageClient, session: Session) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        with app.app_context(), transaction() as writing:
            needs = [post_another(writing, number) for number in range(4)]
        cast.sign_in(lead, LEAD)
        sent = [invite(lead, each, code(session, cast.ARBRISSEL)).text for each in needs]
        assert ["est partie" in each for each in sent] == [True, True, True, False]
        assert "a déjà reçu trois invitations cette semaine" in sent[3]
        now.shift(timedelta(days=8))
        cast.sign_in(lead, LEAD)
        assert "est partie" in invite(lead, needs[3], code(session, cast.ARBRISSEL)).text


def test_thirty_invitations_a_day_at_most_from_one_organisation(
    app: Flask, need: int, lead: PageClient, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        villages = Organisation.kind == "commune", Organisation.departement_code == "22", Organisation.active
        bodies = writing.scalars(select(Organisation).where(*villages).order_by(Organisation.id).limit(35)).all()
        for body in bodies:
            writing.add(OfficialContact(organisation_id=body.id, email=f"mairie@c{body.id}.example"))
        codes = [body.code for body in bodies]
    invite(lead, need, *codes[:20])
    page = invite(lead, need, *codes[20:35])
    assert page.status == 429
    assert "en a déjà envoyé 20 depuis hier" in page.text
    assert len(letters(session)) == 20
    assert "10 invitations sont parties." in invite(lead, need, *codes[20:30]).text


@pytest.mark.parametrize("hat", ["nobody", "support", "left"])
def test_only_those_who_carry_the_need_invite(
    app: Flask, need: int, other: Callable[[str], PageClient], session: Session, hat: str
) -> None:
    with app.app_context(), transaction() as writing:
        metro = cast.affiliation(writing, METRO, cast.RENNES_METROPOLE)
        if hat == "left":
            join(writing, metro, need, "pilote", [])
            leave(writing, metro, need)
    client = other(METRO if hat != "nobody" else SECRETARY)
    for page in (client.page(f"/besoins/{need}/inviter"), invite(client, need, code(session, cast.ILLE_ET_VILAINE))):
        assert page.status == 403
        assert "Seules les collectivités engagées" in page.text
    assert "Inviter d’autres collectivités" not in client.page(f"/besoins/{need}").text


def test_a_withdrawn_need_invites_nobody(app: Flask, need: int, lead: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        withdraw(writing, cast.affiliation(writing, LEAD, cast.VERN), need, "Une autre solution.")
    assert invite(lead, need, code(session, cast.ARBRISSEL)).status == 409
    assert session.scalars(select(JoinInvitation)).all() == []


def test_one_is_found_by_name_without_losing_what_was_typed(need: int, lead: PageClient, session: Session) -> None:
    arbrissel, vern = code(session, cast.ARBRISSEL), code(session, cast.VERN)
    path = f"/besoins/{need}/inviter"
    page = lead.send(path, {"search": "arbrissel", "chercher": "oui", "word": "Bonjour", "picked": vern})
    assert page.soup.select_one(f"input[name=picked][value='{arbrissel}']")
    assert page.field("word").strip() == "Bonjour"
    assert letters(session) == []
    page = lead.send(path, {"search": "vern-sur-seiche", "chercher": "oui"})
    assert "Vern-sur-Seiche (Ille-et-Vilaine) fait déjà partie de la coalition." in page.text
    page = lead.send(path, {"word": "Bonjour"})
    assert page.status == 422
    assert "Cochez au moins une collectivité." in page.text
