from enum import StrEnum

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails, policy, queries
from coconstruction.accounts.documents import Upload, keep
from coconstruction.accounts.domains import note_domain, verify_domain
from coconstruction.accounts.emails import domain_of
from coconstruction.accounts.ladder import Facts, Mailbox, proven_at_once
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.mandating import Terms, end_mandates, give_mandate, refuse_the_last_referent
from coconstruction.accounts.models import Affiliation, Agent, Authority, Proof, Role
from coconstruction.accounts.proofs import prove, take_all_back
from coconstruction.accounts.sign_in import end_sessions
from coconstruction.database import insert_once, lock
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
) -> tuple[Affiliation, Outcome]:
    """Granted at once when the agent's address proves it, otherwise left to the other rungs. Asking twice changes
    nothing, except that an address which has come to prove it does."""
    if refusal := policy.refusal_to_ask_affiliation(organisation):
        raise refusal
    note_domain(session, domain_of(agent.email), organisation.id)
    affiliation, first = _asked(session, agent, organisation, role)
    if affiliation.live:
        return affiliation, Outcome.ALREADY_LIVE
    asking = first or not affiliation.waiting
    if asking:
        _ask_anew(session, affiliation, role, function, motive)
    facts = queries.facts_about(session, affiliation)
    if found := proven_at_once(facts):
        prove(session, affiliation, found[0], evidence=found[1])
        write_line(session, "affiliation.proven", affiliation, agent)
        return affiliation, Outcome.PROVEN
    if not asking:
        return affiliation, Outcome.ALREADY_ASKED
    _tell_referents(session, affiliation, facts)
    write_line(session, "affiliation.asked", affiliation, agent, mailbox=facts.mailbox)
    return affiliation, Outcome.PENDING


def affiliate(session: Session, agent: Agent, organisation: Organisation, role: Role, function: str) -> Affiliation:
    """The tie, held, asked anew unless it is live: whoever calls has what proves it."""
    if refusal := policy.refusal_to_ask_affiliation(organisation):
        raise refusal
    affiliation, first = _asked(session, agent, organisation, role)
    if first or not affiliation.live:
        _ask_anew(session, affiliation, role, function or affiliation.function, affiliation.motive)
    return affiliation


def prove_by_siret(session: Session, agent: Agent, organisation: Organisation, siret: str, role: Role) -> Affiliation:
    """ProConnect vouches for it: its SIRET begins with the organisation's SIREN. Not for whoever was put out."""
    affiliation = affiliate(session, agent, organisation, role, "")
    if affiliation.revoked:
        write_line(session, "affiliation.asked", affiliation, agent)
        return affiliation
    known = affiliation.proof == Proof.PROCONNECT and affiliation.evidence == siret
    prove(session, affiliation, Proof.PROCONNECT, evidence=siret)
    if not known:
        write_line(session, "affiliation.proven", affiliation, agent)
    return affiliation


def approve_affiliation(
    session: Session,
    affiliation_id: int,
    by_agent: Agent,
    motive: str,
    *,
    terms: Terms | None = None,
    upload: Upload | None = None,
    vouches_for_domain: bool = False,
) -> Affiliation:
    """By a référent of the organisation, or by a curator: then with a motive and a document. `terms`: with a mandate.
    `vouches_for_domain`: the agent's domain is the organisation's own, and proves it for others too."""
    if vouches_for_domain:  # held before the affiliation, as whoever asks does
        asked = queries.affiliation(session, affiliation_id)
        note_domain(session, domain_of(asked.agent.email), asked.organisation_id)
    affiliation = lock(session, Affiliation, affiliation_id)
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if refusal := policy.refusal_to_decide(affiliation, by_agent, authority, motive):
        raise refusal
    document_id = _document(session, affiliation, by_agent, upload) if authority is Authority.CURATOR else None
    kind = Proof.CURATOR if authority is Authority.CURATOR else Proof.REFERENT
    prove(session, affiliation, kind, evidence=motive, by_agent=by_agent, document_id=document_id)
    if terms is not None:
        give_mandate(session, affiliation, by_agent, terms, motive)
    post(session, mails.affiliation_approved(affiliation, motive, mandate=terms is not None))
    write_line(session, "affiliation.approved", affiliation, by_agent, motive=motive, document=document_id)
    if vouches_for_domain and authority is Authority.CURATOR:
        verify_domain(session, domain_of(affiliation.agent.email), affiliation.organisation_id, by_agent, motive)
    return affiliation


def refuse_affiliation(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if refusal := policy.refusal_to_decide(affiliation, by_agent, authority, motive):
        raise refusal
    refuse_the_last_referent(session, affiliation)
    end_mandates(session, affiliation, by_agent, motive)  # those it held when it was live
    affiliation.ended_at, affiliation.ended_by_id, affiliation.evidence = clock.now(), by_agent.id, motive
    post(session, mails.affiliation_refused(affiliation, motive))
    write_line(session, "affiliation.refused", affiliation, by_agent, motive=motive)
    return affiliation


def end_affiliation(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    """By the agent who leaves, by a référent, or by a curator, who then gives a motive. Its proofs and mandates end
    with it; what was done under them stays the organisation's."""
    affiliation = lock(session, Affiliation, affiliation_id)
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if refusal := policy.refusal_to_end(affiliation, by_agent, authority, motive):
        raise refusal
    refuse_the_last_referent(session, affiliation)
    end_mandates(session, affiliation, by_agent, motive)
    take_all_back(session, affiliation, motive)
    affiliation.ended_at, affiliation.evidence = clock.now(), motive
    if not affiliation.revoked:  # cancelling one's request does not wash away having been put out
        affiliation.ended_by_id = by_agent.id
    if affiliation.agent_id != by_agent.id:
        post(session, mails.affiliation_ended(affiliation, motive))
    write_line(session, "affiliation.ended", affiliation, by_agent, motive=motive)
    return affiliation


def suspend_affiliation(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    """By a curator, at once and for anyone, a last référent included: its agent stops acting, nothing else changes."""
    affiliation = lock(session, Affiliation, affiliation_id)
    authority = Authority.CURATOR if by_agent.is_curator else None
    if refusal := policy.refusal_to_rule(affiliation, by_agent, authority, motive):
        raise refusal
    if refusal := policy.refusal_to_suspend(affiliation):
        raise refusal
    take_all_back(session, affiliation, motive)
    affiliation.suspended_at, affiliation.ended_by_id = clock.now(), by_agent.id
    post(session, mails.affiliation_suspended(affiliation, motive))
    write_line(session, "affiliation.suspended", affiliation, by_agent, motive=motive)
    return affiliation


def make_curator(session: Session, agent: Agent) -> None:
    if not agent.is_curator:
        agent.is_curator = True
        end_sessions(session, agent)  # none opened before these rights may carry them
        record(session, "agent.made_curator", ("agent", agent.id), by=SYSTEM)


def _asked(session: Session, agent: Agent, organisation: Organisation, role: Role) -> tuple[Affiliation, bool]:
    """The tie, held, and whether this is the first time it is asked for."""
    key = {"agent_id": agent.id, "organisation_id": organisation.id}
    blank = {"function": "", "motive": "", "evidence": ""}
    first = insert_once(session, Affiliation, **key, role=role, asked_at=clock.now(), **blank)
    found = queries.tie_between(session, agent.id, organisation.id)
    return lock(session, Affiliation, found.id), first


def _ask_anew(session: Session, affiliation: Affiliation, role: Role, function: str, motive: str) -> None:
    take_all_back(session, affiliation, "")
    affiliation.role, affiliation.function, affiliation.motive = role, function, motive
    affiliation.asked_at, affiliation.ended_at, affiliation.suspended_at = clock.now(), None, None
    affiliation.lapses_at, affiliation.evidence = None, ""
    session.flush()


def _tell_referents(session: Session, affiliation: Affiliation, facts: Facts) -> None:
    if facts.mailbox is Mailbox.REFUSED or not facts.has_referent:
        return  # those who write from a refused domain may not have a letter sent to anyone
    for referent in queries.referents_of(session, affiliation.organisation_id):
        post(session, mails.affiliation_asked(affiliation, referent))


def _document(session: Session, affiliation: Affiliation, by_agent: Agent, upload: Upload | None) -> int:
    if upload is not None:
        return keep(session, affiliation, by_agent, upload).id
    given = queries.documents_of(session, affiliation.id)
    if not given:
        raise policy.document_missing()
    return given[-1].id
