"""Forget a person, keep what organisations did (docs/decisions/0018). Nothing here can be undone."""

import json

from sqlalchemy import String, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import queries as accounts
from coconstruction.accounts.mandating import end_mandates
from coconstruction.accounts.models import (
    Affiliation,
    AffiliationProof,
    Agent,
    AgentIdentity,
    AgentSession,
    Document,
    MandateRequest,
    OfficialCode,
    RecoveryCode,
    SecondFactor,
    SignInToken,
)
from coconstruction.accounts.proofs import take_all_back
from coconstruction.database import lock
from coconstruction.discussions.models import MessageReport
from coconstruction.errors import Refused
from coconstruction.following.models import Following
from coconstruction.journal import By, record
from coconstruction.notifications.models import Letter
from coconstruction.privacy import policy
from coconstruction.scoring.models import DeclaredInterest, Review
from coconstruction.teams.models import Invitation
from coconstruction.territories.models import Organisation
from coconstruction.triage.models import Assignment, Note, SavedView

NOWHERE = "invalid"  # reserved: no address there can ever receive mail (RFC 2606)


def refusal_to_erase(session: Session, agent: Agent) -> Refused | None:
    return policy.refusal_to_erase(
        last_referent_among_colleagues=any(_leaves_colleagues(session, tie) for tie in _ties(session, agent)),
        only_curator=agent.is_curator and _curators(session) == 1,
    )


def erase(session: Session, agent: Agent) -> None:
    """By the person. Alone as référent of an organisation, they leave it without one: the right to be forgotten is
    stronger, and the team finds the organisation on its list."""
    lock(session, Agent, agent.id)
    for tie in _ties(session, agent):
        lock(session, Organisation, tie.organisation_id)
    if refusal := refusal_to_erase(session, agent):
        raise refusal
    forget(session, agent)
    record(session, "agent.erased", ("agent", agent.id), by=By(agent_id=agent.id))


def forget(session: Session, agent: Agent) -> None:
    """The name, the address and everything written by or about the person that is not an organisation's act."""
    _forget_letters(session, agent)
    for tie in _ties(session, agent):
        _forget_tie(session, lock(session, Affiliation, tie.id), agent)
    for model in (AgentSession, AgentIdentity, SecondFactor, RecoveryCode, Following):
        session.execute(delete(model).where(model.agent_id == agent.id))
    session.execute(delete(SavedView).where(SavedView.curator_id == agent.id))
    session.execute(update(Note).where(Note.curator_id == agent.id).values(text=""))
    session.execute(delete(Assignment).where(Assignment.curator_id == agent.id))
    session.execute(delete(Review).where(Review.curator_id == agent.id, Review.submitted_at.is_(None)))
    session.execute(update(DeclaredInterest).where(DeclaredInterest.curator_id == agent.id).values(reason=""))
    session.execute(update(MessageReport).where(MessageReport.agent_id == agent.id).values(reason=""))
    session.execute(delete(SignInToken).where(SignInToken.email == agent.email))
    session.execute(
        update(Invitation).where(Invitation.email == agent.email).values(email=_nowhere(agent), function="")
    )
    agent.email, agent.name, agent.is_curator = _nowhere(agent), "", False
    session.flush()


def _forget_tie(session: Session, tie: Affiliation, agent: Agent) -> None:
    end_mandates(session, tie, agent, "")
    take_all_back(session, tie, "")
    tie.ended_at, tie.ended_by_id = tie.ended_at or clock.now(), tie.ended_by_id or agent.id
    tie.function, tie.motive, tie.evidence = "", "", ""
    proofs = update(AffiliationProof).where(AffiliationProof.affiliation_id == tie.id)
    session.execute(proofs.values(evidence="", document_id=None))
    for model in (Document, OfficialCode, MandateRequest):
        session.execute(delete(model).where(model.affiliation_id == tie.id))
    session.flush()


def _forget_letters(session: Session, agent: Agent) -> None:
    """Those to the person are deleted; of those about them, whatever they say is emptied, sent or not."""
    session.execute(delete(Letter).where(Letter.recipient == agent.email))
    told = cast(Letter.context, String)
    words = [json.dumps(word)[1:-1] for word in (agent.email, agent.name) if word]
    about = or_(*(told.contains(word, autoescape=True) for word in words))
    session.execute(update(Letter).where(about).values(context={}, sent_at=func.coalesce(Letter.sent_at, clock.now())))


def _ties(session: Session, agent: Agent) -> list[Affiliation]:
    return list(session.scalars(select(Affiliation).where(Affiliation.agent_id == agent.id).order_by(Affiliation.id)))


def _leaves_colleagues(session: Session, tie: Affiliation) -> bool:
    """Whether the organisation would lose its last référent while others could take over."""
    referents = accounts.named_referents(session, tie.organisation_id)
    others = [each for each in accounts.people_of(session, tie.organisation_id) if each.id != tie.id]
    return [each.id for each in referents] == [tie.id] and bool(others)


def _curators(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Agent).where(Agent.is_curator)) or 0


def _nowhere(agent: Agent) -> str:
    return f"supprime-{agent.id}@{NOWHERE}"
