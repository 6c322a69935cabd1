"""An agent proves belonging rung by rung, from a village on gmail to the team's decision on a document."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Document, DomainState, OfficialCode, OrganisationDomain
from coconstruction.database import transaction
from coconstruction.notifications.models import Letter
from coconstruction.territories.models import OfficialContact
from coconstruction.web.uploads import LARGEST_DOCUMENT
from tests import cast
from tests.reading import Page, PageClient
from tests.web.climbing import (
    ANNE,
    CHLOE,
    PDF,
    TOWN_HALL,
    YANN,
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
    write_in_directory,
    wrong,
)

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
BEA = "bea.arbrissel@orange.fr"
SIGNED_BY_MARK = {"%PDF": b"%PDF-1.4 x", "PNG": b"\x89PNG\r\n\x1a\nx", "JPEG": b"\xff\xd8\xffx"}


@pytest.fixture
def village(app: Flask, client: PageClient) -> PageClient:
    settle(app, ANNE, BEA, YANN)
    return client


def asked_code(client: PageClient, session: Session, email: str = ANNE) -> str:
    """The village's secretary asks, and has a code sent."""
    ask(client, email, cast.ARBRISSEL)
    client.send(f"{proof_page(session, email, cast.ARBRISSEL)}/envoi")
    return code_in_last_letter(session)


def typed(client: PageClient, session: Session, code: str, email: str = ANNE) -> Page:
    return client.send(f"{proof_page(session, email, cast.ARBRISSEL)}/code", {"code": code})


def test_a_village_on_gmail_climbs_by_the_code(village: PageClient, session: Session) -> None:
    page = ask(village, ANNE, cast.ARBRISSEL)
    assert page.title == "Prouver que vous en faites partie"
    assert TOWN_HALL in page.text
    assert "Chacun peut ouvrir une boîte en @gmail.com" in page.text
    assert "Envoyer le code à cette adresse" in page.buttons()

    page = village.send(f"{proof_page(session, ANNE, cast.ARBRISSEL)}/envoi")
    assert f"Un code part vers {TOWN_HALL}" in page.text
    letter = session.scalars(select(Letter).where(Letter.recipient == TOWN_HALL)).one()
    assert (letter.context["email"], letter.context["organisation"]) == (ANNE, "Arbrissel")
    code = letter.context["code"]
    assert re.fullmatch(r"\d{4} \d{4}", code)

    page = typed(village, session, f"  {code[:2]} {code[2:]} ")
    assert "vous pouvez dès maintenant agir pour Arbrissel" in page.text
    assert acting_for(page) == "Arbrissel"
    proven = tie(session, ANNE, cast.ARBRISSEL)
    assert (proven.live, proven.proof, proven.evidence, proven.mandate) == (True, "official_code", TOWN_HALL, False)
    assert [lines(session, f"affiliation.{each}") for each in ("asked", "code_sent", "proven")] == [1, 1, 1]


def test_the_code_is_nowhere_but_in_the_letter(village: PageClient, session: Session) -> None:
    code = asked_code(village, session)
    page = village.page(proof_page(session, ANNE, cast.ARBRISSEL))
    assert code not in page.text
    assert code.replace(" ", "") not in str(page.soup)
    assert session.scalars(select(OfficialCode.code_hash)).one() != code


def test_wrong_codes_are_counted_from_one_request_to_the_next_and_five_spend_it(
    village: PageClient, session: Session
) -> None:
    code = asked_code(village, session)
    said = [typed(village, session, wrong(code)) for _ in range(5)]
    assert [page.status for page in said] == [200] * 5
    assert [left for page in said for left in re.findall(r"Il vous reste (\d) essai", page.text)] == [
        "4",
        "3",
        "2",
        "1",
    ]
    assert "il ne sert plus : demandez-en un autre" in said[-1].text
    assert session.scalars(select(OfficialCode.attempts)).all() == [5]
    assert refusal_on(typed(village, session, code)) == (410, "code_spent")
    assert not tie(session, ANNE, cast.ARBRISSEL).live
    typed(village, session, asked_code(village, session))
    assert tie(session, ANNE, cast.ARBRISSEL).live


@pytest.mark.parametrize(("waited", "serves"), [(timedelta(hours=24, seconds=-1), True), (timedelta(hours=24), False)])
def test_a_code_lasts_a_day(village: PageClient, session: Session, waited: timedelta, serves: bool) -> None:
    with time_machine.travel(MORNING, tick=False) as hand:
        code = asked_code(village, session)
        hand.shift(waited)
        cast.sign_in(village, ANNE)
        page = typed(village, session, code)
        assert refusal_on(page) == ((200, "") if serves else (410, "code_spent"))
        assert tie(session, ANNE, cast.ARBRISSEL).live is serves


def test_a_mailbox_gets_three_codes_a_day_whoever_asks(village: PageClient, session: Session) -> None:
    with time_machine.travel(MORNING, tick=False) as hand:
        for person in (ANNE, BEA, ANNE):
            asked_code(village, session, person)
        send = f"{proof_page(session, ANNE, cast.ARBRISSEL)}/envoi"
        refused = village.send(send)
        assert refusal_on(refused) == (429, "too_many_codes")
        assert len(letters(session, TOWN_HALL)) == 3
        hand.shift(timedelta(hours=24))
        cast.sign_in(village, ANNE)
        assert village.send(send).status == 200
        assert len(letters(session, TOWN_HALL)) == 4


def test_a_code_serves_the_one_it_was_asked_for(village: PageClient, session: Session) -> None:
    code = asked_code(village, session, ANNE)
    asked_code(village, session, BEA)
    assert "Ce n’est pas le bon code" in typed(village, session, code, BEA).text
    assert village.send(f"{proof_page(session, ANNE, cast.ARBRISSEL)}/code", {"code": code}).status == 404
    assert not tie(session, ANNE, cast.ARBRISSEL).live
    assert not tie(session, BEA, cast.ARBRISSEL).live


def test_a_new_code_replaces_the_former(village: PageClient, session: Session) -> None:
    former = asked_code(village, session)
    code = asked_code(village, session)
    typed(village, session, former)
    assert not tie(session, ANNE, cast.ARBRISSEL).live
    typed(village, session, code)
    assert tie(session, ANNE, cast.ARBRISSEL).live


def test_a_code_serves_once(village: PageClient, session: Session) -> None:
    code = asked_code(village, session)
    typed(village, session, code)
    assert refusal_on(typed(village, session, code)) == (409, "already_proven")
    village.send(f"/compte/organisations/{tie(session, ANNE, cast.ARBRISSEL).id}/fin", {"motive": "Je pars."})
    ask(village, ANNE, cast.ARBRISSEL)
    assert refusal_on(typed(village, session, code)) == (410, "code_spent")
    assert not tie(session, ANNE, cast.ARBRISSEL).live


def test_a_code_sent_to_an_address_that_left_the_directory_no_longer_serves(
    app: Flask, village: PageClient, session: Session
) -> None:
    code = asked_code(village, session)
    with app.app_context(), transaction() as writing:
        writing.execute(delete(OfficialContact))
        write_in_directory(writing, cast.ARBRISSEL, "mairie@arbrissel.example")
    assert refusal_on(typed(village, session, code)) == (410, "code_spent")


def test_no_code_goes_to_the_front_desk_of_a_large_body(app: Flask, village: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        write_in_directory(writing, cast.ILLE_ET_VILAINE, "accueil@departement.example")
    page = ask(village, ANNE, cast.ILLE_ET_VILAINE)
    assert "Par l’équipe de l’Incubateur" in page.text
    assert not [each for each in page.buttons() if "code" in each]
    refused = village.send(f"{proof_page(session, ANNE, cast.ILLE_ET_VILAINE)}/envoi")
    assert refusal_on(refused) == (409, "no_official_address")
    assert letters(session, "accueil@departement.example") == []


def test_whoever_waits_reads_what_proves_and_what_does_not(village: PageClient, session: Session) -> None:
    page = ask(village, YANN, cast.VERN)
    assert page.title == "Prouver que vous en faites partie"
    assert "Vern-sur-Seiche" in page.text
    assert "Nous ne savons pas encore si @ville-vern.example est le domaine" in page.text
    assert "Par l’équipe de l’Incubateur" in page.text
    assert "Par un référent" not in page.text
    assert "code" not in page.text
    assert page.buttons() == ["Joindre cette pièce"]
    assert acting_for(page) == "yann"


@pytest.mark.parametrize("address", [TOWN_HALL, "secretariat@gmail.com", "contact@arbrissel.example"])
def test_the_official_address_proves_at_once_at_any_provider(
    app: Flask, village: PageClient, session: Session, address: str
) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, address)
        if address != TOWN_HALL:
            write_in_directory(writing, cast.ARBRISSEL, address)
    page = ask(village, address, cast.ARBRISSEL)
    assert "vous pouvez dès maintenant agir pour Arbrissel" in page.text
    assert tie(session, address, cast.ARBRISSEL).proof == "official_address"
    assert "Votre adresse est l’adresse officielle" in village.page("/compte").text
    assert not ask(village, address, cast.VERN).text.startswith("Votre compte")
    assert not tie(session, address, cast.VERN).live


@pytest.mark.parametrize("state", [DomainState.VERIFIED, DomainState.OFFICIAL])
def test_a_free_provider_never_proves_even_if_somebody_wrote_so(
    app: Flask, village: PageClient, session: Session, state: DomainState
) -> None:
    with app.app_context(), transaction() as writing:
        key = {"domain": "gmail.com", "organisation_id": cast.organisation(writing, cast.ARBRISSEL).id}
        writing.add(OrganisationDomain(**key, state=state, state_at=clock.now(), motive=""))
    ask(village, ANNE, cast.ARBRISSEL)
    village.send(f"{proof_page(session, ANNE, cast.ARBRISSEL)}/adresse")
    assert not tie(session, ANNE, cast.ARBRISSEL).live


def test_a_free_provider_is_never_noted_nor_verified(app: Flask, village: PageClient, session: Session) -> None:
    ask(village, ANNE, cast.ARBRISSEL)
    assert session.scalar(select(func.count()).select_from(OrganisationDomain)) == 0
    said = app.test_cli_runner().invoke(args=["accounts", "domain", "Gmail.com", cast.ARBRISSEL])
    assert said.exit_code == 2
    assert "gmail.com" in said.output
    assert session.scalar(select(func.count()).select_from(OrganisationDomain)) == 0
    vouching = {"vouches_for_domain": "y"}
    refused = decide(village, request_of(session, ANNE, cast.ARBRISSEL), "accorder", piece=PDF, **vouching)
    assert refusal_on(refused) == (422, "free_domain")
    assert not tie(session, ANNE, cast.ARBRISSEL).live


def test_a_domain_verified_later_proves_those_who_wait_and_tells_them(village: PageClient, session: Session) -> None:
    ask(village, YANN, cast.VERN)
    ask(village, ANNE, cast.VERN)
    said = decide(village, domain_page(session, "ville-vern.example"), "verifier")
    assert "1 personne concernée" in said.text
    assert (tie(session, YANN, cast.VERN).proof, tie(session, ANNE, cast.VERN).proof) == ("email_domain", None)
    assert letters(session, YANN) == ["affiliation_approved"]
    assert letters(session, ANNE) == []


def test_a_domain_that_was_official_already_proves_those_who_wait_once_verified(
    app: Flask, village: PageClient, session: Session
) -> None:
    ask(village, YANN, cast.VERN)
    with app.app_context(), transaction() as writing:  # as loading the directory does
        writing.scalars(select(OrganisationDomain)).one().state = DomainState.OFFICIAL
    page = village.page(proof_page(session, YANN, cast.VERN))
    assert "Prouver par mon adresse" in page.buttons()
    decide(village, domain_page(session, "ville-vern.example"), "verifier")
    assert tie(session, YANN, cast.VERN).live


def test_the_address_that_has_come_to_prove_is_taken_in_one_click(
    app: Flask, village: PageClient, session: Session
) -> None:
    ask(village, YANN, cast.VERN)
    with app.app_context(), transaction() as writing:
        writing.scalars(select(OrganisationDomain)).one().state = DomainState.OFFICIAL
    page = village.send(f"{proof_page(session, YANN, cast.VERN)}/adresse")
    assert "vous pouvez dès maintenant agir pour Vern-sur-Seiche" in page.text
    assert rungs(session, YANN, cast.VERN) == {"email_domain"}


@pytest.mark.parametrize(
    ("motive", "piece"), [("", PDF), ("  ", PDF), ("Mairie appelée.", None), ("Mairie appelée.", b"")]
)
def test_a_curator_approves_with_a_motive_and_a_document(
    village: PageClient, session: Session, motive: str, piece: bytes | None
) -> None:
    ask(village, YANN, cast.VERN)
    path = request_of(session, YANN, cast.VERN)
    assert decide(village, path, "accorder", piece=piece, motive=motive).status == 422
    assert not tie(session, YANN, cast.VERN).live
    assert decide(village, path, "accorder", piece=PDF).status == 200
    assert rungs(session, YANN, cast.VERN) == {"curator"}
    assert letters(session, YANN) == ["affiliation_approved"]
    rung = tie(session, YANN, cast.VERN).proofs[0]
    assert (rung.evidence, rung.document_id) == ("Mairie appelée.", session.scalars(select(Document.id)).one())


def test_the_document_may_be_the_one_the_person_added(village: PageClient, session: Session) -> None:
    ask(village, YANN, cast.VERN)
    added = attach(village, session, PDF, "arrete.pdf")
    assert "arrete.pdf" in added.text
    decide(village, request_of(session, YANN, cast.VERN), "accorder")
    assert rungs(session, YANN, cast.VERN) == {"curator"}


@pytest.mark.parametrize("kind", SIGNED_BY_MARK)
def test_a_document_is_known_by_what_it_begins_with(village: PageClient, session: Session, kind: str) -> None:
    ask(village, YANN, cast.VERN)
    assert attach(village, session, SIGNED_BY_MARK[kind], "sans extension").status == 200
    assert len(session.scalars(select(Document.id)).all()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00 a program", "ni un PDF, ni une image"),
        (b"<html><script>alert(1)</script>%PDF-1.7", "ni un PDF, ni une image"),
        (b"", "ni un PDF, ni une image"),
        (PDF + b"0" * LARGEST_DOCUMENT, "trop lourd"),
    ],
)
def test_another_file_is_refused_whatever_its_name(
    village: PageClient, session: Session, content: bytes, said: str
) -> None:
    ask(village, YANN, cast.VERN)
    refused = attach(village, session, content, "arrete.pdf")
    assert refused.status == 422
    assert said in refused.text
    path = request_of(session, YANN, cast.VERN)
    assert decide(village, path, "accorder", piece=content, name="arrete.pdf").status == 422
    assert session.scalars(select(Document.id)).all() == []


def test_a_request_beyond_any_document_is_refused_whole(village: PageClient, session: Session) -> None:
    ask(village, YANN, cast.VERN)
    assert attach(village, session, PDF + b"0" * (2 * LARGEST_DOCUMENT), "arrete.pdf").status == 413
    assert session.scalars(select(Document.id)).all() == []


def test_five_documents_are_enough(village: PageClient, session: Session) -> None:
    ask(village, YANN, cast.VERN)
    statuses = [attach(village, session, PDF, f"piece{number}.pdf").status for number in range(5)]
    assert statuses == [200] * 5
    assert refusal_on(attach(village, session, PDF, "de-trop.pdf")) == (409, "too_many_documents")
    assert len(session.scalars(select(Document.id)).all()) == 5


def test_a_document_is_downloaded_by_curators_alone(village: PageClient, session: Session) -> None:
    ask(village, YANN, cast.VERN)
    attach(village, session, PDF, 'a"\r\nX-Evil: 1.pdf')
    path = f"/curation/pieces/{session.scalars(select(Document.id)).one()}"
    assert village.get(path).status_code == 403  # its own author
    cast.sign_in(village, ANNE)
    assert village.get(path).status_code == 403
    cast.sign_in(village, CHLOE)
    assert path in village.page(request_of(session, YANN, cast.VERN)).links().values()
    got = village.get(path)
    assert (got.status_code, got.data, got.mimetype) == (200, PDF, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Evil" not in got.headers
    assert village.get("/curation/pieces/999").status_code == 404


def attach(client: PageClient, session: Session, content: bytes, name: str) -> Page:
    return decide(client, f"{proof_page(session, YANN, cast.VERN)}/document", "", by=YANN, piece=content, name=name)


def request_of(session: Session, email: str, reference: str) -> str:
    return f"/curation/rattachements/{tie(session, email, reference).id}"


def domain_page(session: Session, domain: str) -> str:
    return f"/curation/domaines/{cast.organisation(session, cast.VERN).code}/{domain}"
