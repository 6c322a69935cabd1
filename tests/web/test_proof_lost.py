"""What proved falls, or somebody puts one out: nothing is done any more, what was done stays."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.domains import verify_domain
from coconstruction.accounts.mandating import Terms, give_mandate
from coconstruction.accounts.models import Mandate, MandateRole, OrganisationDomain
from coconstruction.coalitions.models import Membership
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import Page, PageClient
from tests.web.climbing import (
    ANNE,
    CHLOE,
    PDF,
    act,
    acting_for,
    ask,
    code_in_last_letter,
    decide,
    letters,
    lines,
    proof_page,
    refusal_on,
    rungs,
    settle,
    tie,
)

DOMAIN = "arbrissel.example"
LEA, MARC, REFERENT = f"lea@{DOMAIN}", f"marc@{DOMAIN}", "maire@arbrissel.example.org"
PUT_OUT = ("refused", "ended by a référent", "ended by the team", "suspended by the team")


@pytest.fixture
def need_id(app: Flask) -> int:
    """Somebody else's, which all those here may support."""
    settle(app, ANNE, LEA, MARC)
    with app.app_context(), transaction() as session:
        village = cast.organisation(session, cast.ARBRISSEL)
        verify_domain(session, DOMAIN, village.id, None, "")
        return cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))


def domain_decision(client: PageClient, session: Session, decision: str) -> Page:
    code = cast.organisation(session, cast.ARBRISSEL).code
    return decide(client, f"/curation/domaines/{code}/{DOMAIN}", decision, motive="Ce domaine est à tous.")


def referent(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        cast.referent(session, REFERENT, cast.ARBRISSEL)


def team_page(session: Session) -> str:
    return f"/organisations/{cast.organisation(session, cast.ARBRISSEL).code}/equipe"


def climb_by_code(client: PageClient, session: Session, email: str) -> Page:
    cast.sign_in(client, email)
    client.send(f"{proof_page(session, email, cast.ARBRISSEL)}/envoi")
    code = code_in_last_letter(session)
    return client.send(f"{proof_page(session, email, cast.ARBRISSEL)}/code", {"code": code})


def invite(client: PageClient, session: Session, email: str) -> str:
    cast.sign_in(client, REFERENT)
    client.send(f"{team_page(session)}/invitations/nouvelle", {"email": email, "role": "agent", "function": ""})
    sent = select(Letter).where(Letter.template == "invitation", Letter.recipient == email).order_by(Letter.id.desc())
    return str(session.scalars(sent.limit(1)).one().context["path"])


def put_out(client: PageClient, session: Session, how: str) -> None:
    """Léa, proven by her domain until then."""
    here = f"{team_page(session)}/personnes/{tie(session, LEA, cast.ARBRISSEL).id}"
    if how == "refused":
        domain_decision(client, session, "refuser")
        ask(client, LEA, cast.ARBRISSEL)
        decide(client, f"/curation/rattachements/{tie(session, LEA, cast.ARBRISSEL).id}", "refuser")
        domain_decision(client, session, "verifier")
    elif how == "ended by a référent":
        decide(client, f"{here}/fin", "", by=REFERENT)
    elif how == "ended by the team":
        decide(client, f"{here}/fin", "")
    else:
        decide(client, f"{here}/suspension", "")


def test_a_refused_domain_suspends_those_it_alone_proved_and_tells_all(
    client: PageClient, session: Session, need_id: int
) -> None:
    for email in (LEA, MARC):
        ask(client, email, cast.ARBRISSEL)
    assert act(client, need_id).status == 200
    ask(client, ANNE, cast.ARBRISSEL)
    assert "2 personnes concernées" in domain_decision(client, session, "refuser").text
    for email in (LEA, MARC):
        assert letters(session, email) == ["domain_refused"]
        assert not tie(session, email, cast.ARBRISSEL).live
        assert refusal_on(_opened(client, email, need_id)) == (403, "no_affiliation")
    assert letters(session, ANNE) == []
    told = session.scalars(select(Letter).where(Letter.recipient == LEA)).one()
    assert told.context["motive"] == "Ce domaine est à tous."
    assert lines(session, "affiliation.proof_ended") == 2


def _opened(client: PageClient, email: str, need_id: int) -> Page:
    cast.sign_in(client, email)
    return act(client, need_id)


def test_the_next_write_of_whoever_was_acting_says_it_is_suspended_and_what_to_do(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    ask(client, LEA, cast.ARBRISSEL)
    assert acting_for(client.page("/besoins")) == "Arbrissel"
    domain_decision(PageClient(app, use_cookies=True), session, "refuser")
    refused = act(client, need_id)
    assert refusal_on(refused) == (403, "affiliation_suspended")
    assert proof_page(session, LEA, cast.ARBRISSEL) in refused.links().values()
    assert refusal_on(client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"})) == (
        403,
        "affiliation_suspended",
    )
    page = client.page(proof_page(session, LEA, cast.ARBRISSEL))
    assert "Le domaine @arbrissel.example ne prouve pas l’appartenance" in page.text
    assert "Envoyer le code à cette adresse" in page.buttons()
    assert "Demander de nouveau" in page.links()
    assert "est dans sa liste" not in page.text  # nobody has been asked yet
    assert lines(session, "need.supported") == 0


def test_another_rung_proves_whoever_was_suspended(client: PageClient, session: Session, need_id: int) -> None:
    ask(client, LEA, cast.ARBRISSEL)
    domain_decision(client, session, "refuser")
    climb_by_code(client, session, LEA)
    assert rungs(session, LEA, cast.ARBRISSEL) == {"official_code"}
    assert act(client, need_id).status == 200
    assert lines(session, "need.supported") == 1


def test_the_domain_verified_anew_proves_again_and_tells_again(
    client: PageClient, session: Session, need_id: int
) -> None:
    ask(client, LEA, cast.ARBRISSEL)
    for _ in range(2):
        domain_decision(client, session, "refuser")
        domain_decision(client, session, "verifier")
    told = ["domain_refused", "affiliation_approved"]
    assert letters(session, LEA) == [*told, *told]
    assert tie(session, LEA, cast.ARBRISSEL).live


def test_whoever_stands_on_two_rungs_keeps_acting(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    referent(app)
    path = invite(client, session, LEA)
    ask(client, LEA, cast.ARBRISSEL)
    client.send(path)
    assert rungs(session, LEA, cast.ARBRISSEL) == {"email_domain", "referent"}
    assert tie(session, LEA, cast.ARBRISSEL).proof == "email_domain"
    domain_decision(PageClient(app, use_cookies=True), session, "refuser")
    still = tie(session, LEA, cast.ARBRISSEL)
    assert (still.live, still.proof, rungs(session, LEA, cast.ARBRISSEL)) == (True, "referent", {"referent"})
    assert act(client, need_id).status == 200
    told = session.scalars(select(Letter).where(Letter.template == "domain_refused")).one()
    assert told.context["live"] is True


@pytest.mark.parametrize("how", PUT_OUT)
def test_an_address_proves_no_longer_whoever_was_put_out(
    app: Flask, client: PageClient, session: Session, need_id: int, how: str
) -> None:
    referent(app)
    ask(client, LEA, cast.ARBRISSEL)
    assert tie(session, LEA, cast.ARBRISSEL).live
    put_out(client, session, how)
    assert not tie(session, LEA, cast.ARBRISSEL).live

    page = ask(client, LEA, cast.ARBRISSEL)
    assert "une personne doit l’accorder de nouveau" in page.text
    assert "Envoyer le code à cette adresse" not in page.buttons()
    here = proof_page(session, LEA, cast.ARBRISSEL)
    client.send(f"{here}/adresse")
    assert refusal_on(client.send(f"{here}/envoi")) == (403, "put_out")
    domain_decision(client, session, "verifier")
    assert not tie(session, LEA, cast.ARBRISSEL).live
    cast.sign_in(client, LEA)
    assert refusal_on(act(client, need_id)) == (403, "no_affiliation")

    decide(client, f"/curation/rattachements/{tie(session, LEA, cast.ARBRISSEL).id}", "accorder", piece=PDF)
    assert rungs(session, LEA, cast.ARBRISSEL) == {"curator"}


def test_a_code_asked_for_before_being_put_out_does_not_serve_after(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    referent(app)
    ask(client, ANNE, cast.ARBRISSEL)
    client.send(f"{proof_page(session, ANNE, cast.ARBRISSEL)}/envoi")
    code = code_in_last_letter(session)
    decide(client, f"{team_page(session)}/demandes/{tie(session, ANNE, cast.ARBRISSEL).id}", "refuser", by=REFERENT)
    ask(client, ANNE, cast.ARBRISSEL)
    refused = client.send(f"{proof_page(session, ANNE, cast.ARBRISSEL)}/code", {"code": code})
    assert refusal_on(refused) == (403, "put_out")
    assert not tie(session, ANNE, cast.ARBRISSEL).live


@pytest.mark.parametrize(
    ("how", "expected"), [("ended by a référent", (200, "")), ("ended by the team", (403, "put_out_by_team"))]
)
def test_a_referent_lets_in_again_whom_a_referent_put_out_alone(
    app: Flask, client: PageClient, session: Session, need_id: int, how: str, expected: tuple[int, str]
) -> None:
    referent(app)
    ask(client, LEA, cast.ARBRISSEL)
    put_out(client, session, how)
    page = ask(client, LEA, cast.ARBRISSEL)
    assert ("Par un référent de votre organisation" in page.text) is (expected[0] == 200)
    path = f"{team_page(session)}/demandes/{tie(session, LEA, cast.ARBRISSEL).id}"
    assert refusal_on(decide(client, path, "accorder", by=REFERENT)) == expected
    assert tie(session, LEA, cast.ARBRISSEL).live is (expected[0] == 200)


def test_leaving_by_oneself_closes_nothing(client: PageClient, session: Session, need_id: int) -> None:
    ask(client, LEA, cast.ARBRISSEL)
    client.send(f"/compte/organisations/{tie(session, LEA, cast.ARBRISSEL).id}/fin", {"motive": ""})
    assert not tie(session, LEA, cast.ARBRISSEL).live
    ask(client, LEA, cast.ARBRISSEL)
    assert tie(session, LEA, cast.ARBRISSEL).live


def test_cancelling_a_request_does_not_wash_away_having_been_put_out(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    referent(app)
    ask(client, LEA, cast.ARBRISSEL)
    put_out(client, session, "ended by a référent")
    ask(client, LEA, cast.ARBRISSEL)
    client.send(f"/compte/organisations/{tie(session, LEA, cast.ARBRISSEL).id}/fin", {"motive": ""})
    ask(client, LEA, cast.ARBRISSEL)
    assert not tie(session, LEA, cast.ARBRISSEL).live


def test_a_mandate_does_not_outlive_the_refusal_of_its_holder(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    """Suspended, asked anew, refused, then let in: what was given before is not given back."""
    ask(client, LEA, cast.ARBRISSEL)
    give(app)
    domain_decision(client, session, "refuser")
    for decision in ("refuser", "accorder"):
        ask(client, LEA, cast.ARBRISSEL)
        path = f"/curation/rattachements/{tie(session, LEA, cast.ARBRISSEL).id}"
        decide(client, path, decision, piece=PDF)
    assert tie(session, LEA, cast.ARBRISSEL).live
    cast.sign_in(client, LEA)
    refused = client.send(f"/besoins/{need_id}/rejoindre", {"role": "contributeur"})
    assert refusal_on(refused) == (403, "mandate_revoked")
    assert session.scalars(select(Membership)).all() == []


def test_refusing_a_request_anew_leaves_the_last_referent(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    ask(client, LEA, cast.ARBRISSEL)
    give(app, role=MandateRole.REFERENT)
    domain_decision(client, session, "refuser")
    ask(client, LEA, cast.ARBRISSEL)
    path = f"/curation/rattachements/{tie(session, LEA, cast.ARBRISSEL).id}"
    assert refusal_on(decide(client, path, "refuser")) == (409, "last_referent")
    care = select(Mandate.ended_at).where(Mandate.role == MandateRole.REFERENT)
    assert session.scalars(care).all() == [None]


def test_a_suspended_referent_does_not_let_the_one_who_acts_leave(
    app: Flask, client: PageClient, session: Session, need_id: int
) -> None:
    referent(app)
    ask(client, LEA, cast.ARBRISSEL)
    give(app, role=MandateRole.REFERENT)
    domain_decision(client, session, "refuser")
    leaving = f"/compte/organisations/{tie(session, REFERENT, cast.ARBRISSEL).id}/fin"
    assert refusal_on(decide(client, leaving, "", by=REFERENT)) == (409, "last_referent")
    assert tie(session, REFERENT, cast.ARBRISSEL).is_referent


def give(app: Flask, role: MandateRole = MandateRole.AGENT) -> None:
    """To Léa, for everything."""
    with app.app_context(), transaction() as session:
        terms = Terms(role=role, commits=role is not MandateRole.REFERENT)
        give_mandate(session, tie(session, LEA, cast.ARBRISSEL), cast.agent(session, CHLOE), terms, "")


def test_what_is_said_of_a_domain_is_said_of_it_for_one_organisation(
    client: PageClient, session: Session, need_id: int
) -> None:
    ask(client, LEA, cast.VERN)
    assert not tie(session, LEA, cast.VERN).live
    ask(client, LEA, cast.ARBRISSEL)
    states = session.execute(select(OrganisationDomain.organisation_id, OrganisationDomain.state)).all()
    here, there = (cast.organisation(session, each).id for each in (cast.ARBRISSEL, cast.VERN))
    assert {tuple(each) for each in states} == {(here, "verified"), (there, "pending")}
