"""Whoever else decides at the same instant, an organisation keeps a référent, and what serves once serves once."""

from collections import Counter

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts import queries
from coconstruction.accounts.actions import ask_affiliation
from coconstruction.accounts.models import AffiliationProof, Mandate, Proof, Role
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.settings import Settings
from coconstruction.teams.actions import invite
from coconstruction.territories.models import OfficialContact
from tests import cast
from tests.concurrency.crowd import PROCESSES, Act, rush

TEAM = "/organisations/213500051/equipe"
PEOPLE = [f"referent{number}@arbrissel.example" for number in range(PROCESSES)]


def referents(app: Flask) -> tuple[list[str], list[int], list[int]]:
    """Their keys, their ties, their mandates."""
    with app.app_context(), transaction() as session:
        ties = [cast.referent(session, email, cast.ARBRISSEL) for email in PEOPLE]
        session.flush()
        keys = [cast.session_key(session, email) for email in PEOPLE]
        return keys, [each.id for each in ties], [each.mandates_in_force[0].id for each in ties]


def in_charge(session: Session) -> int:
    return len(queries.named_referents(session, cast.organisation(session, cast.ARBRISSEL).id))


def test_all_the_referents_who_leave_at_once_leave_one(app: Flask, worker_settings: Settings, session: Session) -> None:
    keys, ties, _mandates = referents(app)
    acts = [Act(key, f"/compte/organisations/{tie}/fin") for key, tie in zip(keys, ties, strict=True)]
    assert Counter(rush(worker_settings, acts)) == {303: PROCESSES - 1, 409: 1}
    assert in_charge(session) == 1


def test_all_those_who_give_up_being_referent_at_once_leave_one(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    keys, _ties, mandates = referents(app)
    acts = [Act(key, f"{TEAM}/mandats/{each}/fin", {"motive": "."}) for key, each in zip(keys, mandates, strict=True)]
    assert Counter(rush(worker_settings, acts)) == {303: PROCESSES - 1, 409: 1}
    assert in_charge(session) == 1


def test_all_those_who_put_out_the_next_one_at_once_leave_one(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    keys, ties, _mandates = referents(app)
    others = [*ties[1:], ties[0]]
    acts = [Act(key, f"{TEAM}/personnes/{each}/fin", {"motive": "."}) for key, each in zip(keys, others, strict=True)]
    assert set(rush(worker_settings, acts)) <= {303, 403, 409}
    assert in_charge(session) >= 1
    ended = session.scalars(select(Mandate.id).where(Mandate.ended_at.is_not(None))).all()
    assert len(ended) == PROCESSES - in_charge(session)


def test_an_invitation_accepted_at_once_by_all_who_saw_it_serves_once(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    keys, _ties, _mandates = referents(app)
    with app.app_context(), transaction() as writing:
        invite(writing, cast.affiliation(writing, PEOPLE[0], cast.ARBRISSEL, mandate=False), "p@o.fr", Role.AGENT, "")
    path = str(session.scalars(select(Letter).where(Letter.template == "invitation")).one().context["path"])
    assert Counter(rush(worker_settings, [Act(key, path) for key in keys])) == {303: 1, 410: PROCESSES - 1}
    proofs = select(AffiliationProof).where(AffiliationProof.kind == Proof.REFERENT)
    assert len(session.scalars(proofs).all()) == 1


def test_a_code_typed_at_once_in_many_windows_proves_once(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    anne = "anne@orange.fr"
    with app.app_context(), transaction() as writing:
        village = cast.organisation(writing, cast.ARBRISSEL)
        writing.add(OfficialContact(organisation_id=village.id, email="mairie@arbrissel.example"))
        tie, _live = ask_affiliation(writing, cast.agent(writing, anne), village, Role.AGENT, function="", motive="")
        keys = [cast.session_key(writing, anne) for _ in range(PROCESSES)]
        here = f"/compte/organisations/{tie.id}/preuve"
    assert rush(worker_settings, [Act(keys[0], f"{here}/envoi")] * 2).count(303) >= 1
    sent = session.scalars(select(Letter).where(Letter.template == "official_code").order_by(Letter.id.desc())).first()
    assert sent is not None
    rush(worker_settings, [Act(key, f"{here}/code", {"code": str(sent.context["code"])}) for key in keys])
    session.expire_all()
    assert len(session.scalars(select(AffiliationProof).where(AffiliationProof.ended_at.is_(None))).all()) == 1
    proven = select(JournalEntry).where(JournalEntry.action == "affiliation.proven")
    assert len(session.scalars(proven).all()) == 1
