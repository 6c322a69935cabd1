"""From intention to firm commitment: deliberations, promises kept, conditions, and who leads."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.coalitions.models import Crossing, Membership, Pledge
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from coconstruction.worker import reopen_lapsed_needs
from tests import cast
from tests.reading import Page, PageClient
from tests.web.climbing import refusal_on

FIVE = (cast.VERN, cast.ARBRISSEL, cast.RENNES_METROPOLE, "commune:35077", cast.ILLE_ET_VILAINE)
ASSEMBLY = {"number": "2026-042", "taken_on": "2026-10-05"}
Act = Callable[..., Page]


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        for number, reference in enumerate(FIVE):
            cast.agent(session, f"agent{number}@demo.example", reference, mandate=True)
        return cast.posted_need(session, cast.affiliation(session, "agent0@demo.example", cast.VERN))


@pytest.fixture
def act(client: PageClient, need_id: int) -> Act:
    """One of the five posts a form of the need."""

    def sent(number: int, what: str, /, **form: object) -> Page:
        cast.sign_in(client, f"agent{number}@demo.example")
        more = {"role": "contributeur"} if what == "rejoindre" else {}
        return client.send(f"/besoins/{need_id}/{what}", {**more, **form})

    return sent


@pytest.fixture
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def gather(act: Act, *numbers: int) -> None:
    for number in numbers:
        assert act(number, "rejoindre").status == 200


def events(session: Session) -> list[str]:
    return list(session.scalars(select(Pledge.event).order_by(Pledge.id)))


def told(session: Session, action: str) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.action == action).order_by(JournalEntry.seq)))


def crossings(session: Session) -> list[tuple[int, bool]]:
    """Their numbers, and whether the coalition fell back since."""
    session.expire_all()
    return [(each.number, each.fallen_at is not None) for each in session.scalars(select(Crossing))]


# --- firm commitments ---


def test_a_deliberation_makes_the_commitment_firm_and_confirms_what_is_pledged(
    act: Act, client: PageClient, session: Session, need_id: int
) -> None:
    text = act(0, "rejoindre", euros="1000").text
    assert "Intention" in text
    firm = act(0, "engagement", **ASSEMBLY).text
    assert "Ferme : délibération 2026-042 du 5 octobre 2026" in firm
    assert "1 000 € — confirmé" in firm
    assert events(session) == ["declared", "confirmed"]

    act(0, "rejoindre", euros="1000", person_days="3")
    act(0, "engagement", number="2026-051", taken_on="2026-11-02")
    assert events(session) == ["declared", "confirmed", "declared", "confirmed"]
    assert [each.payload["deliberation"] for each in told(session, "coalition.committed")] == ["2026-042", "2026-051"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": ""}, "Donnez le numéro de la délibération."),
        ({"taken_on": ""}, "Donnez la date de la délibération."),
        ({"taken_on": "2026-13-01"}, "Donnez une date"),
        ({"taken_on": "2199-01-01"}, "Cette date n’est pas encore passée."),
    ],
)
def test_a_deliberation_is_told_whole(act: Act, session: Session, wrong: dict[str, str], sentence: str) -> None:
    act(0, "rejoindre", euros="1000")
    refused = act(0, "engagement", **{**ASSEMBLY, **wrong})
    assert (refused.status, sentence in refused.text) == (422, True)
    assert session.scalars(select(Membership.firm_at)).one() is None
    assert events(session) == ["declared"]


def test_its_document_is_read_by_the_coalition_and_the_team_alone(
    act: Act, app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    gather(act, 0, 1)
    cast.sign_in(client, "agent0@demo.example")
    for content, status in ((b"MZ\x90", 422), (b"%PDF-1.7 acte", 303)):
        piece = {"csrf_token": client.token(), **ASSEMBLY, "document": (BytesIO(content), "acte.pdf")}
        assert client.post(f"/besoins/{need_id}/engagement", data=piece).status_code == status
    membership = session.scalars(select(Membership.id).order_by(Membership.id)).first()
    with app.app_context(), transaction() as writing:
        cast.agent(writing, "chloe@incubateur.example", curator=True)
    for number, status in ((0, 200), (1, 200), (2, 403)):
        cast.sign_in(client, f"agent{number}@demo.example")
        assert client.get(f"/besoins/{need_id}/deliberations/{membership}").status_code == status
    cast.sign_in(client, "chloe@incubateur.example")
    answer = client.get(f"/besoins/{need_id}/deliberations/{membership}")
    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 acte", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/besoins/{need_id}/deliberations/9999").status_code == 404


def test_a_promise_is_kept_once_confirmed_by_its_own_member(act: Act, session: Session) -> None:
    act(0, "rejoindre", euros="1000")
    act(1, "rejoindre")
    pledge = session.scalars(select(Pledge.id)).one()
    kept = f"engagements/{pledge}/tenu"
    assert refusal_on(act(0, kept)) == (409, "not_confirmed")
    act(0, "engagement", **ASSEMBLY)
    assert act(1, kept).status == 404
    assert "cet engagement est tenu" in act(0, kept).text
    assert refusal_on(act(0, kept)) == (409, "not_confirmed")
    act(0, "rejoindre", euros="")  # what is kept is not taken back
    assert events(session) == ["declared", "confirmed", "honoured"]


# --- conditions ---


def test_a_conditional_pledge_waits_apart_and_counts_from_the_crossing_on(act: Act, session: Session) -> None:
    text = act(0, "rejoindre", euros="5000", when="crossing").text
    assert "Sous condition, et pas encore comptés : 5 000 € promis" in text
    assert "si la coalition franchit le seuil" in text
    gather(act, 1, 2, 3)
    assert events(session) == ["declared"]
    crossed = act(4, "rejoindre").text
    assert "Sous condition" not in crossed
    assert "5 000 € promis" in crossed
    assert events(session) == ["declared", "met"]
    lines = {each.action: each.seq for each in session.scalars(select(JournalEntry))}
    assert lines["coalition.conditions_met"] == lines["need.crossed"] + 1  # of the same transaction
    act(4, "quitter")
    assert events(session) == ["declared", "met"]


@pytest.mark.parametrize(
    ("when", "target", "met_by"), [("inhabitants", "400 000", 2), ("organisations", "3", 3), ("inhabitants", "9", 0)]
)
def test_it_counts_from_the_figure_it_names_on(act: Act, session: Session, when: str, target: str, met_by: int) -> None:
    """Vern has 8,000 inhabitants, Rennes Métropole 470,000."""
    act(0, "rejoindre", euros="5000", when=when, when_target=target)
    for number, other in enumerate((2, 1), start=2):
        assert ("met" in events(session)) == (met_by < number)
        gather(act, other)
    assert events(session) == ["declared", "met"]


def test_a_condition_without_its_figure_is_given_back(act: Act, session: Session) -> None:
    refused = act(0, "rejoindre", euros="5000", when="inhabitants")
    assert (refused.status, "Dites à partir de combien" in refused.text) == (422, True)
    assert events(session) == []


# --- who leads ---


def test_one_leads_and_hands_over_to_who_consents(act: Act, client: PageClient, session: Session, need_id: int) -> None:
    act(0, "rejoindre", role="porteur")
    taken = act(1, "rejoindre", role="porteur")
    assert refusal_on(taken) == (409, "already_led")
    assert "Vern-sur-Seiche" in taken.text
    gather(act, 1, 2)
    village = cast.organisation(session, cast.ARBRISSEL).id
    assert refusal_on(act(2, "relais", to=village)) == (409, "not_the_lead")
    assert act(0, "relais", to=village).status == 200
    assert session.scalars(select(Letter.recipient).where(Letter.template == "lead_offered")).all() == [
        "agent1@demo.example"
    ]
    assert refusal_on(act(2, "relais/reponse", reponse="accepter")) == (403, "not_asked")
    assert refusal_on(act(0, "relais/reponse", reponse="accepter")) == (403, "not_asked")
    cast.sign_in(client, "agent1@demo.example")
    assert "Devenir chef de file" in client.page(f"/besoins/{need_id}").buttons()
    assert "maintenant chef de file" in act(1, "relais/reponse", reponse="accepter").text
    session.expire_all()
    roles = {each.affiliation.agent.email[:6]: each.role for each in session.scalars(select(Membership))}
    assert roles == {"agent0": "co_porteur", "agent1": "porteur", "agent2": "contributeur"}
    assert refusal_on(act(1, "relais/reponse", reponse="accepter")) == (409, "no_offer")


@pytest.mark.parametrize("who", [0, 1])
def test_an_offer_refused_or_taken_back_changes_nothing(act: Act, session: Session, who: int) -> None:
    act(0, "rejoindre", role="porteur")
    gather(act, 1)
    act(0, "relais", to=cast.organisation(session, cast.ARBRISSEL).id)
    assert "rien ne change" in act(who, "relais/reponse", reponse="refuser").text
    assert session.scalars(select(Membership.role).order_by(Membership.id)).all() == ["porteur", "contributeur"]
    assert refusal_on(act(1, "relais/reponse", reponse="accepter")) == (409, "no_offer")


def test_an_offer_goes_with_who_made_it(act: Act, session: Session) -> None:
    act(0, "rejoindre", role="porteur")
    gather(act, 1)
    act(0, "relais", to=cast.organisation(session, cast.ARBRISSEL).id)
    act(0, "quitter")
    assert refusal_on(act(1, "relais/reponse", reponse="accepter")) == (409, "no_offer")
    assert act(1, "rejoindre", role="porteur").status == 200  # the place is free


# --- the line ---


def test_leaving_says_first_what_it_changes(act: Act, client: PageClient, need_id: int) -> None:
    act(4, "rejoindre", role="porteur", euros="2000")
    gather(act, 0, 1, 2, 3)
    cast.sign_in(client, "agent4@demo.example")
    said = client.page(f"/besoins/{need_id}/quitter").text
    assert "habitants de moins" in said
    assert "Elle repassera sous le seuil. Elle aura trente jours pour le retrouver." in said
    assert "Elle perdra ceci : 2 000 €" in said
    assert "Elle n’aura plus de chef de file" in said
    cast.sign_in(client, "agent1@demo.example")
    assert "Vos habitants restent couverts par d’autres membres." in client.page(f"/besoins/{need_id}/quitter").text


def test_each_quarter_of_the_way_is_told_once_even_passed_together(act: Act, session: Session) -> None:
    """The share is the least of what is missing: each of five organisations is a fifth of the way."""
    gather(act, 4)
    assert [each.payload["percent"] for each in told(session, "need.milestone")] == []
    gather(act, 0, 1)
    assert [each.payload["percent"] for each in told(session, "need.milestone")] == [25, 50]
    act(1, "quitter")
    gather(act, 1, 2)
    assert [each.payload["percent"] for each in told(session, "need.milestone")] == [25, 50, 75]


def test_back_within_thirty_days_it_is_the_same_crossing(
    act: Act, client: PageClient, session: Session, need_id: int, hand: time_machine.Traveller
) -> None:
    gather(act, 0, 1, 2, 3, 4)
    act(4, "quitter")
    assert crossings(session) == [(1, True)]
    assert "repassée sous le seuil" in client.page(f"/besoins/{need_id}").text
    hand.shift(timedelta(days=30) - timedelta(seconds=1))
    gather(act, 4)
    assert crossings(session) == [(1, False)]
    assert (len(told(session, "need.crossed")), len(told(session, "need.regained"))) == (1, 1)
    assert len(session.scalars(select(Letter).where(Letter.template == "threshold_crossed")).all()) == 5


def test_after_thirty_days_it_is_open_again_and_may_cross_anew(
    act: Act, app: Flask, session: Session, need_id: int, hand: time_machine.Traveller
) -> None:
    gather(act, 0, 1, 2, 3, 4)
    act(4, "quitter")
    hand.shift(timedelta(days=30))
    for _as_often_as_the_worker_passes in range(2):
        with app.app_context():
            reopen_lapsed_needs()
    session.expire_all()
    assert session.get_one(Need, need_id).state == State.OPEN
    assert len(told(session, "need.unqualified")) == 1
    assert "Seuil franchi" in act(4, "rejoindre").text
    assert crossings(session) == [(1, True), (2, False)]
    assert len(session.scalars(select(Letter).where(Letter.template == "threshold_crossed")).all()) == 10
