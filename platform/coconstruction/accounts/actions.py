from enum import StrEnum

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails
from coconstruction.accounts.emails import domain_of
from coconstruction.accounts.models import Affiliation, Agent, Proof, Role, VerifiedDomain
from coconstruction.accounts.policy import (
    refusal_to_ask_affiliation,
    refusal_to_ask_for_mandate,
    refusal_to_decide,
    refusal_to_decide_on_mandate,
    refusal_to_end,
)
from coconstruction.accounts.queries import affiliation_between, vouches_for
from coconstruction.database import insert_once, lock
from coconstruction.errors import NotFound
from coconstruction.journal import SYSTEM, By, record
from coconstruction.notifications.actions import post
from coconstruction.territories.models import Organisation


class Outcome(StrEnum):
    """What became of a request to be affiliated."""

    PROVEN = "proven"
    PENDING = "pending"
    ALREADY_LIVE = "already_live"
    ALREADY_ASKED = "already_asked"


def introduce(session: Session, agent: Agent, name: str) -> None:
    """Give one's name, or change it."""
    if agent.name != name:
        agent.name = name
        record(session, "agent.named", ("agent", agent.id), by=By(agent_id=agent.id))


def ask_affiliation(
    session: Session, agent: Agent, organisation: Organisation, role: Role, *, function: str, motive: str
) -> Outcome:
    """Granted at once by a verified e-mail domain, otherwise left to a curator. Asking twice changes nothing."""
    if refusal := refusal_to_ask_affiliation(organisation):
        raise refusal
    key = {"agent_id": agent.id, "organisation_id": organisation.id}
    first = insert_once(
        session, Affiliation, **key, role=role, asked_at=clock.now(), function="", motive="", evidence=""
    )
    affiliation = _asked(session, agent, organisation)
    if not first and affiliation.ended_at is None:
        return Outcome.ALREADY_LIVE if affiliation.live else Outcome.ALREADY_ASKED
    _ask_anew(affiliation, role, function, motive)
    if vouches_for(session, agent.email, organisation.id):
        _prove(affiliation, Proof.EMAIL_DOMAIN, evidence=domain_of(agent.email))
    _record(session, "affiliation.proven" if affiliation.live else "affiliation.asked", affiliation, agent)
    return Outcome.PROVEN if affiliation.live else Outcome.PENDING


def approve_affiliation(
    session: Session, affiliation_id: int, by_agent: Agent, motive: str, *, with_mandate: bool
) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    if refusal := refusal_to_decide(affiliation, by_agent, motive):
        raise refusal
    _prove(affiliation, Proof.CURATOR, evidence=motive, by_agent=by_agent)
    if with_mandate:
        affiliation.mandate_at, affiliation.mandate_by_id = clock.now(), by_agent.id
    post(session, mails.affiliation_approved(affiliation, motive))
    _record(session, "affiliation.approved", affiliation, by_agent, motive=motive)
    return affiliation


def refuse_affiliation(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    if refusal := refusal_to_decide(affiliation, by_agent, motive):
        raise refusal
    affiliation.ended_at, affiliation.evidence = clock.now(), motive
    post(session, mails.affiliation_refused(affiliation, motive))
    _record(session, "affiliation.refused", affiliation, by_agent, motive=motive)
    return affiliation


def ask_mandate(session: Session, agent: Agent, affiliation_id: int) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    if affiliation.agent_id != agent.id:
        raise NotFound
    if refusal := refusal_to_ask_for_mandate(affiliation):
        raise refusal
    affiliation.mandate_asked_at = clock.now()
    _record(session, "mandate.asked", affiliation, agent)
    return affiliation


def grant_mandate(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    """The right to commit the organisation, on top of belonging to it."""
    affiliation = lock(session, Affiliation, affiliation_id)
    if refusal := refusal_to_decide_on_mandate(affiliation, by_agent, motive):
        raise refusal
    affiliation.mandate_at, affiliation.mandate_by_id = clock.now(), by_agent.id
    post(session, mails.mandate_granted(affiliation, motive))
    _record(session, "mandate.granted", affiliation, by_agent, motive=motive)
    return affiliation


def refuse_mandate(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    if refusal := refusal_to_decide_on_mandate(affiliation, by_agent, motive):
        raise refusal
    post(session, mails.mandate_refused(affiliation, motive))
    affiliation.mandate_asked_at = None
    _record(session, "mandate.refused", affiliation, by_agent, motive=motive)
    return affiliation


def end_affiliation(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    """By the agent who leaves the organisation, or by a curator, who then gives a motive."""
    affiliation = lock(session, Affiliation, affiliation_id)
    if refusal := refusal_to_end(affiliation, by_agent, motive):
        raise refusal
    affiliation.ended_at = clock.now()
    if affiliation.agent_id != by_agent.id:
        post(session, mails.affiliation_ended(affiliation, motive))
    _record(session, "affiliation.ended", affiliation, by_agent, motive=motive)
    return affiliation


def make_curator(session: Session, agent: Agent) -> None:
    if not agent.is_curator:
        agent.is_curator = True
        record(session, "agent.made_curator", ("agent", agent.id), by=SYSTEM)


def verify_domain(session: Session, domain: str, organisation_id: int) -> None:
    key = {"domain": domain, "organisation_id": organisation_id}
    if insert_once(session, VerifiedDomain, **key, verified_at=clock.now()):
        record(session, "domain.verified", ("organisation", organisation_id), by=SYSTEM, payload={"domain": domain})


def _asked(session: Session, agent: Agent, organisation: Organisation) -> Affiliation:
    found = affiliation_between(session, agent.id, organisation.id)
    if found is None:
        raise NotFound
    return lock(session, Affiliation, found.id)


def _ask_anew(affiliation: Affiliation, role: Role, function: str, motive: str) -> None:
    affiliation.role, affiliation.function, affiliation.motive = role, function, motive
    affiliation.asked_at, affiliation.ended_at = clock.now(), None
    affiliation.proof, affiliation.evidence, affiliation.proven_at, affiliation.proven_by_id = None, "", None, None
    affiliation.mandate_asked_at = affiliation.mandate_at = affiliation.mandate_by_id = None


def _prove(affiliation: Affiliation, proof: Proof, *, evidence: str, by_agent: Agent | None = None) -> None:
    affiliation.proof, affiliation.evidence, affiliation.proven_at = proof, evidence, clock.now()
    affiliation.proven_by_id = by_agent.id if by_agent else None


def _record(session: Session, action: str, affiliation: Affiliation, by_agent: Agent, **told: str) -> None:
    session.flush()
    about = {"agent": affiliation.agent_id, "organisation": affiliation.organisation_id}
    proof = {"proof": affiliation.proof, "role": affiliation.role, "mandate": affiliation.mandate}
    record(session, action, ("affiliation", affiliation.id), by=By(agent_id=by_agent.id), payload=about | proof | told)
