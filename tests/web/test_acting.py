"""For whom one acts, and under which mandate: each write says why not, and what was done before stays."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.mandating import Terms, end_mandate, give_mandate
from coconstruction.accounts.models import Mandate, MandateRole, Scope
from coconstruction.coalitions.models import Membership
from coconstruction.database import transaction
from coconstruction.errors import Refused
from coconstruction.journal import JournalEntry
from coconstruction.rounds.models import Ballot, Round
from tests import cast
from tests.reading import Page, PageClient
from tests.selection import BALLOT, VOTING, prepare
from tests.web.climbing import acting_for, decide, refusal_on, settle, tie

PAUL, CHLOE = "paul@demo.example", "chloe@incubateur.example"
LASTS = timedelta(days=1)
THREE_VILLAGES = {cast.ARBRISSEL: "Arbrissel", "commune:35001": "Acigné", "commune:35002": "Amanlis"}
WRITES = ("join", "change", "leave", "vote")
LOST = {"expired": "mandate_expired", "taken back": "mandate_revoked", "for elsewhere": "mandate_elsewhere"}


@pytest.fixture
def candidates(app: Flask) -> list[int]:
    """Of a round that is voting; the last need is still open."""
    found = prepare(app)
    settle(app)
    with time_machine.travel(VOTING, tick=False), app.app_context(), transaction() as session:
        open_one = cast.posted_need(session, cast.affiliation(session, "maire@demo.example", cast.VERN))
    return [*found, open_one]


@pytest.fixture
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(VOTING, tick=False) as traveller:
        yield traveller


def write(client: PageClient, what: str, candidates: list[int]) -> Page:
    if what == "vote":
        return client.send(BALLOT, {"choices": candidates[:1], "version": 0, "step": "deposit"})
    if what == "leave":
        return client.send(f"/besoins/{candidates[-1]}/quitter")
    offer = {"euros": "1000"} if what == "change" else {}
    return client.send(f"/besoins/{candidates[-1]}/rejoindre", {"role": "contributeur", **offer})


def mandated(app: Flask, client: PageClient, **terms: object) -> int:
    """Paul, of Arbrissel, with a mandate for a day."""
    with app.app_context(), transaction() as session:
        held = cast.affiliation(session, PAUL, cast.ARBRISSEL, mandate=False)
        given = Terms(ends_at=VOTING + LASTS, **terms)  # type: ignore[arg-type]
        number = give_mandate(session, held, held.agent, given, "").id
    cast.sign_in(client, PAUL)
    return number


def lose(app: Flask, client: PageClient, hand: time_machine.Traveller, how: str, number: int) -> None:
    if how == "expired":
        hand.shift(LASTS)
        cast.sign_in(client, PAUL)
        return
    with app.app_context(), transaction() as session:
        mandate = session.get_one(Mandate, number)
        if how == "taken back":
            end_mandate(session, number, cast.agent(session, CHLOE), "Fin de fonctions.")
        else:
            mandate.scope, mandate.scope_id = Scope.NEED, 999


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("what", WRITES)
def test_without_a_mandate_in_force_each_write_says_why_and_what_was_done_stays(
    app: Flask, client: PageClient, session: Session, candidates: list[int], hand: time_machine.Traveller,
    how: str, what: str,
) -> None:  # fmt: skip
    number = mandated(app, client)
    assert write(client, "join", candidates).status == 200
    lose(app, client, hand, how, number)
    refused = write(client, what, candidates)
    assert refusal_on(refused) == (403, LOST[how])
    assert refused.links()["Demander un mandat"] == "/compte"

    joined = session.scalars(select(Membership)).one()
    village = cast.organisation(session, cast.ARBRISSEL)
    assert (joined.organisation_id, joined.left_at, joined.affiliation.agent.email) == (village.id, None, PAUL)
    assert session.scalars(select(Ballot)).all() == []
    told = session.scalars(select(JournalEntry).where(JournalEntry.action == "coalition.joined")).one()
    assert told.organisation_id == village.id
    assert told.payload["under"] == {"proof": "curator", "mandates": [number]}
    public = PageClient(app, use_cookies=True).page(f"/besoins/{candidates[-1]}")
    assert "Arbrissel" in public.text
    assert "paul" not in public.text


@pytest.mark.parametrize("what", WRITES)
def test_a_mandate_to_come_says_so(
    app: Flask, client: PageClient, candidates: list[int], hand: time_machine.Traveller, what: str
) -> None:
    mandated(app, client, starts_at=VOTING + timedelta(hours=1))
    assert refusal_on(write(client, what, candidates)) == (403, "mandate_not_started")
    hand.shift(timedelta(hours=1))
    assert refusal_on(write(client, "join", candidates)) == (200, "")


def test_belonging_without_a_mandate_supports_and_does_not_commit(
    app: Flask, client: PageClient, session: Session, candidates: list[int], hand: time_machine.Traveller
) -> None:
    with app.app_context(), transaction() as writing:
        cast.affiliation(writing, PAUL, cast.ARBRISSEL, mandate=False)
    cast.sign_in(client, PAUL)
    assert client.send(f"/besoins/{candidates[-1]}/soutien").status == 200
    assert [refusal_on(write(client, what, candidates)) for what in WRITES] == [(403, "no_mandate")] * 4


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        (("everything", "any"), {"join", "vote"}),
        (("need", "this"), {"join"}),
        (("need", "other"), set()),
        (("round", "this"), {"vote"}),
        (("round", "other"), set()),
    ],
)
def test_a_mandate_reaches_as_far_as_its_scope(
    app: Flask, client: PageClient, session: Session, candidates: list[int], hand: time_machine.Traveller,
    scope: tuple[str, str], may: set[str],
) -> None:  # fmt: skip
    number = {"need": candidates[-1], "round": session.scalars(select(Round.id)).one()}.get(scope[0], 0)
    if scope[1] == "other":
        number += 1000
    mandated(app, client, scope=Scope(scope[0]), scope_id=number)
    for what in ("join", "vote"):
        said = refusal_on(write(client, what, candidates))
        assert said == ((200, "") if what in may else (403, "mandate_elsewhere"))


@pytest.mark.parametrize("ends", [date(2027, 4, 7), date(2020, 1, 1)])
def test_a_mandate_that_would_be_over_already_is_refused(
    app: Flask, client: PageClient, session: Session, candidates: list[int], hand: time_machine.Traveller, ends: date
) -> None:
    with app.app_context(), transaction() as writing:
        held = cast.affiliation(writing, PAUL, cast.ARBRISSEL, mandate=False).id
    path = f"/organisations/{cast.organisation(session, cast.ARBRISSEL).code}/equipe/personnes/{held}/mandat"
    refused = decide(client, path, "", scope="everything", role="agent", ends_on=ends.isoformat())
    assert refusal_on(refused) == (422, "mandate_over")
    assert decide(client, path, "", scope="everything", role="agent", ends_on="2027-04-08").status == 200
    assert tie(session, PAUL, cast.ARBRISSEL).mandates[0].granted_by_id is not None


def test_a_mandate_is_renewed_before_its_term(app: Flask, client: PageClient, hand: time_machine.Traveller) -> None:
    mandated(app, client)
    with app.app_context(), transaction() as session:
        held = tie(session, PAUL, cast.ARBRISSEL)
        with pytest.raises(Refused, match="mandate_held"):
            give_mandate(session, held, held.agent, Terms(starts_at=VOTING + LASTS / 2), "")
        give_mandate(session, held, held.agent, Terms(starts_at=VOTING + LASTS), "")


def test_a_referent_to_come_does_not_let_the_one_who_acts_leave(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        leaving = cast.referent(session, "maire@demo.example", cast.ARBRISSEL)
        heir = cast.affiliation(session, PAUL, cast.ARBRISSEL, mandate=False)
        terms = Terms(role=MandateRole.REFERENT, commits=False, starts_at=VOTING)
        give_mandate(session, heir, leaving.agent, terms, "")
        number = leaving.id
    cast.sign_in(client, "maire@demo.example")
    refused = client.send(f"/compte/organisations/{number}/fin", {"motive": ""})
    assert refusal_on(refused) == (409, "last_referent")


@pytest.fixture
def secretary(app: Flask, client: PageClient) -> PageClient:
    """Of three villages."""
    with app.app_context(), transaction() as session:
        for reference in THREE_VILLAGES:
            cast.affiliation(session, PAUL, reference)
        cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))
    cast.sign_in(client, PAUL)
    return client


def wear(client: PageClient, session: Session, reference: str) -> Page:
    return client.send("/compte/agir", {"affiliation": tie(session, PAUL, reference).id})


def test_a_secretary_of_three_villages_changes_hats_and_always_sees_for_whom(
    secretary: PageClient, session: Session
) -> None:
    for reference, name in THREE_VILLAGES.items():
        assert acting_for(wear(secretary, session, reference)) == name
        assert {acting_for(secretary.page(path)) for path in ("/", "/besoins", "/compte", "/tours")} == {name}
        page = secretary.page("/besoins/1/rejoindre")
        assert f"Vous engagez {name}" in page.text
        secretary.send("/besoins/1/rejoindre", {"role": "contributeur"})
    joined = session.scalars(select(Membership.organisation_id).order_by(Membership.id)).all()
    assert joined == [cast.organisation(session, each).id for each in THREE_VILLAGES]


def test_a_form_opened_under_another_hat_is_refused_and_gives_back_what_was_written(
    secretary: PageClient, session: Session
) -> None:
    wear(secretary, session, cast.ARBRISSEL)
    opened = {"csrf_token": secretary.token(), "role": "contributeur", "pilot_note": "La mairie, salle du conseil"}
    wear(secretary, session, "commune:35001")
    headers = {"Referer": "http://localhost/besoins/1/rejoindre"}
    refused = Page(secretary.post("/besoins/1/rejoindre", data=opened, headers=headers))
    assert refusal_on(refused) == (400, "session_ended")
    assert "La mairie, salle du conseil" in refused.text
    assert "Ce sera fait pour Acigné" in refused.text
    assert session.scalars(select(Membership)).all() == []


def test_the_hat_lost_is_not_replaced_by_another_in_the_middle_of_an_act(
    app: Flask, secretary: PageClient, session: Session
) -> None:
    wear(secretary, session, "commune:35001")
    opened = {"csrf_token": secretary.token(), "role": "contributeur"}
    code, number = cast.organisation(session, "commune:35001").code, tie(session, PAUL, "commune:35001").id
    settle(app)
    decide(PageClient(app, use_cookies=True), f"/organisations/{code}/equipe/personnes/{number}/fin", "")
    refused = Page(secretary.post("/besoins/1/rejoindre", data=opened))
    assert refusal_on(refused) == (403, "affiliation_ended")
    assert session.scalars(select(Membership)).all() == []
    assert acting_for(secretary.page("/besoins")) == "Arbrissel"


def test_the_hat_of_a_body_that_is_gone_is_not_said_to_be_worn(
    app: Flask, secretary: PageClient, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        cast.vanish(writing, "commune:35001")
    assert refusal_on(wear(secretary, session, "commune:35001")) == (409, "organisation_gone")
    assert acting_for(secretary.page("/besoins")) == "Arbrissel"
