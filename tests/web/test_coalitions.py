"""Organisations put resources in common until the threshold is crossed, once."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions.models import Crossing, Membership, Pledge
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import PageClient

FIVE = (cast.VERN, cast.ARBRISSEL, cast.RENNES_METROPOLE, "commune:35077", cast.ILLE_ET_VILAINE)


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        for number, reference in enumerate(FIVE):
            cast.agent(session, f"agent{number}@demo.example", reference, mandate=True)
        return cast.posted_need(session, cast.affiliation(session, "agent0@demo.example", cast.VERN))


def join(client: PageClient, number: int, need_id: int, **form: object) -> str:
    cast.sign_in(client, f"agent{number}@demo.example")
    return client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur", **form}).text


def test_a_commune_its_epci_and_its_departement_count_each_inhabitant_once(
    app: Flask, client: PageClient, need_id: int, session: Session
) -> None:
    for number in (4, 2, 0):
        join(client, number, need_id)
    departement = cast.organisation(session, cast.ILLE_ET_VILAINE)
    assert session.get_one(Need, need_id).covered_population == departement.population


def test_what_is_put_in_common_is_listed_and_added_up(client: PageClient, need_id: int) -> None:
    join(client, 0, need_id, euros="1 500,50", person_days="3", pilot_site="y", pilot_note="La mairie")
    text = join(client, 1, need_id, euros="499,50", expertise="Une juriste")
    assert "2 000 €" in text
    assert "La mairie" in text
    assert "Une juriste" in text


def test_changing_a_pledge_withdraws_the_old_line_and_keeps_it(
    client: PageClient, need_id: int, session: Session
) -> None:
    join(client, 0, need_id, euros="1000")
    text = join(client, 0, need_id, euros="1200")
    assert "1 200 €" in text
    lines = session.execute(select(Pledge.event, Pledge.amount).order_by(Pledge.id)).all()
    assert [tuple(line) for line in lines] == [("declared", 100000), ("withdrawn", 100000), ("declared", 120000)]


def test_the_line_is_crossed_once_and_told_once_to_each(
    app: Flask, client: PageClient, need_id: int, session: Session
) -> None:
    for number in range(4):
        assert "Seuil franchi" not in join(client, number, need_id)
    assert "Seuil franchi" in join(client, 4, need_id)
    assert session.get_one(Need, need_id).state == State.QUALIFIED
    cast.sign_in(client, "agent4@demo.example")
    client.send(f"/besoins/{need_id}/quitter")
    join(client, 4, need_id)
    assert session.scalar(select(func.count()).select_from(Crossing)) == 1
    told = session.scalars(select(Letter.recipient).where(Letter.template == "threshold_crossed")).all()
    assert sorted(told) == [f"agent{number}@demo.example" for number in range(5)]
    crossings = select(func.count()).select_from(JournalEntry).where(JournalEntry.action == "need.crossed")
    assert session.scalar(crossings) == 1


def test_the_threshold_needs_five_organisations_however_large(client: PageClient, need_id: int) -> None:
    text = join(client, 4, need_id)
    assert "Seuil franchi" not in text
    assert "4 collectivités" in text  # what is missing


def test_leaving_takes_the_organisation_out_and_coming_back_brings_it_in(
    client: PageClient, need_id: int, session: Session
) -> None:
    join(client, 0, need_id, euros="1000")
    assert "a quitté la coalition" in client.send(f"/besoins/{need_id}/quitter").text
    assert session.get_one(Need, need_id).covered_population == 0
    join(client, 0, need_id)
    session.expire_all()
    assert session.get_one(Need, need_id).members_count == 1
    assert session.scalar(select(func.count()).select_from(Membership)) == 1


def test_joining_needs_a_mandate_and_says_how_to_get_one(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, "stagiaire@chelun.example", "commune:35077")
    cast.sign_in(client, "stagiaire@chelun.example")
    page = client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"})
    assert page.status == 403
    assert "il faut un mandat" in page.text
    assert "/compte" in page.links().values()


def test_what_a_village_changes_to_a_far_threshold_is_said_in_words(client: PageClient, need_id: int) -> None:
    cast.sign_in(client, "agent1@demo.example")
    said = client.page(f"/besoins/{need_id}/rejoindre").text
    assert "reste à moins de 1 % du seuil" in said
    assert "à 0 %" not in said


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"role": "roi"}, "Choisissez une place."),
        ({"euros": "-5"}, "Donnez un montant"),
        ({"euros": "1,234"}, "Donnez un montant"),
        ({"euros": "NaN"}, "Donnez un montant"),
        ({"person_days": "2,5"}, "Donnez un nombre entier"),
        ({"expertise": "x" * 301}, "300 signes au plus"),
    ],
)
def test_a_wrong_pledge_is_given_back(
    client: PageClient, need_id: int, session: Session, form: dict[str, str], sentence: str
) -> None:
    cast.sign_in(client, "agent0@demo.example")
    page = client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur", **form})
    assert page.status == 422
    assert sentence in page.text
    assert session.scalar(select(func.count()).select_from(Membership)) == 0


def test_a_form_opened_under_another_hat_is_not_taken(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    with app.app_context(), transaction() as writing:
        metropole = cast.affiliation(writing, "deux@demo.example", cast.RENNES_METROPOLE).id
        village = cast.affiliation(writing, "deux@demo.example", cast.ARBRISSEL).id
    cast.sign_in(client, "deux@demo.example")
    client.send("/compte/agir", {"affiliation": metropole})
    opened = client.token()
    client.send("/compte/agir", {"affiliation": village})
    form = {"role": "porteur", "euros": "50000", "expertise": "Une juriste à mi-temps", "csrf_token": opened}
    page = client.send(f"/besoins/{need_id}/rejoindre", form)
    assert page.status == 400
    assert "Ce sera fait pour Arbrissel" in page.text
    assert page.field("expertise") == "Une juriste à mi-temps"
    assert session.scalars(select(Membership)).all() == []


def test_a_form_opened_under_a_hat_that_ended_is_not_taken(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, "deux@demo.example", cast.ARBRISSEL)
        metropole = cast.affiliation(writing, "deux@demo.example", cast.RENNES_METROPOLE).id
    cast.sign_in(client, "deux@demo.example")
    client.send("/compte/agir", {"affiliation": metropole})
    opened = client.token()
    with app.app_context(), transaction() as writing:
        writing.get_one(Affiliation, metropole).ended_at = clock.now()
    data = {"role": "porteur", "csrf_token": opened}
    assert client.post(f"/besoins/{need_id}/rejoindre", data=data).status_code == 403
    assert session.scalars(select(Membership)).all() == []
    assert "Arbrissel" in client.page("/besoins").soup.header.get_text()  # type: ignore[union-attr]


def test_an_organisation_that_vanished_no_longer_acts(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    with app.app_context(), transaction() as writing:
        cast.vanish(writing, cast.ARBRISSEL)
    assert "il faut être rattaché à une collectivité" in join(client, 1, need_id)
    assert session.scalars(select(Membership)).all() == []


def test_each_change_of_a_membership_is_one_line_that_says_what(
    client: PageClient, need_id: int, session: Session
) -> None:
    join(client, 1, need_id)
    join(client, 1, need_id, role="porteur")
    join(client, 1, need_id, role="porteur")
    join(client, 1, need_id, role="porteur", person_days="3")
    lines = session.scalars(select(JournalEntry.action).where(JournalEntry.action.startswith("coalition")))
    assert lines.all() == ["coalition.joined", "coalition.role_changed", "coalition.pledges_changed"]
    assert "A changé de place dans la coalition" in client.page(f"/besoins/{need_id}").text


def test_a_members_support_goes_with_its_membership(client: PageClient, need_id: int, session: Session) -> None:
    join(client, 1, need_id)
    page = client.send(f"/besoins/{need_id}/soutien/retrait")
    assert page.status == 409
    assert page.links()["Quitter la coalition"] == f"/besoins/{need_id}/quitter"
    assert "Retirer notre soutien" not in client.page(f"/besoins/{need_id}").text
    assert session.get_one(Need, need_id).supports_count == 2
