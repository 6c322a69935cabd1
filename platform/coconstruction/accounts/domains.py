"""E-mail domains beside an organisation: noted when somebody writes from one, verified or refused by the team. What a
domain proved stands or falls with it."""

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails, policy, queries
from coconstruction.accounts.emails import is_free
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.models import PROVING, Affiliation, Agent, DomainState, OrganisationDomain, Proof
from coconstruction.accounts.proofs import prove, take_back
from coconstruction.database import insert_once, lock
from coconstruction.journal import SYSTEM, By, record
from coconstruction.notifications.actions import post


def note_domain(session: Session, domain: str, organisation_id: int) -> None:
    """The team will see that somebody writes from there. Everyone's mailboxes are nobody's domain. It is held from here
    on, before any affiliation: what it proves may not be proven while it is being refused."""
    if not is_free(domain):
        _hold(session, domain, organisation_id)


def verify_domain(session: Session, domain: str, organisation_id: int, by_agent: Agent | None, motive: str) -> int:
    """From now on an address there proves belonging; so it does for those who wait. Tells how many it proved."""
    if is_free(domain):
        raise policy.free_domain(domain)
    _set(session, domain, organisation_id, DomainState.VERIFIED, by_agent, motive)
    proven = 0  # some may wait though it was so already: the directory has said it is official
    for found in queries.waiting_at_domain(session, domain, organisation_id):
        affiliation = lock(session, Affiliation, found.id)
        if affiliation.revoked or affiliation.ended_at is not None:
            continue
        prove(session, affiliation, Proof.EMAIL_DOMAIN, evidence=domain, by_agent=by_agent)
        post(session, mails.affiliation_approved(affiliation, motive, mandate=False))
        write_line(session, "affiliation.proven", affiliation, by_agent)
        proven += 1
    return proven


def refuse_domain(session: Session, domain: str, organisation_id: int, by_agent: Agent | None, motive: str) -> int:
    """What it proved no longer holds: whoever has no other proof is suspended, and all are told. Tells how many."""
    if not _set(session, domain, organisation_id, DomainState.REFUSED, by_agent, motive):
        return 0
    concerned = queries.proven_by_domain(session, domain, organisation_id)
    for found in concerned:
        affiliation = lock(session, Affiliation, found.id)
        take_back(session, affiliation, Proof.EMAIL_DOMAIN, motive)
        post(session, mails.domain_refused(affiliation, domain, motive))
        write_line(session, "affiliation.proof_ended", affiliation, by_agent, suspended=not affiliation.live)
    return len(concerned)


def _hold(session: Session, domain: str, organisation_id: int) -> OrganisationDomain:
    key = {"domain": domain, "organisation_id": organisation_id}
    insert_once(session, OrganisationDomain, **key, state=DomainState.PENDING, state_at=clock.now(), motive="")
    return lock(session, OrganisationDomain, (domain, organisation_id))


def _set(
    session: Session, domain: str, organisation_id: int, state: DomainState, by_agent: Agent | None, motive: str
) -> bool:
    """Whether that is a change."""
    known = _hold(session, domain, organisation_id)
    if known.state == state or (state in PROVING and known.state in PROVING):
        return False
    known.state, known.state_at, known.motive = state, clock.now(), motive
    by = By(agent_id=by_agent.id) if by_agent else SYSTEM
    told = {"domain": domain, "motive": motive}
    record(session, f"domain.{state}", ("organisation", organisation_id), by=by, payload=told)
    return True
