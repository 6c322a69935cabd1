"""Decisions of the committee, each with its public motive."""

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.coalitions.mails import concerned_agents
from coconstruction.curation import policy
from coconstruction.curation.models import Shortlisting
from coconstruction.database import lock
from coconstruction.journal import By, last_payload, record
from coconstruction.needs.models import Need, State
from coconstruction.notifications.actions import Mail, post


def shortlist(session: Session, curator: Agent, need_id: int, motive: str) -> Need:
    need = lock(session, Need, need_id)
    if refusal := policy.refusal_to_shortlist(need):
        raise refusal
    payload = {"motive": motive, "state": need.state}
    decision = Shortlisting(need_id=need.id, motive=motive, curator_id=curator.id, at=clock.now())
    session.add(decision)
    need.state, need.state_at = State.SHORTLISTED, clock.now()
    need.first_answer_at = need.first_answer_at or clock.now()
    session.flush()
    _tell(session, need, f"shortlisting-{decision.id}", "shortlisted", motive)
    record(session, "need.shortlisted", ("need", need.id), by=By(agent_id=curator.id), payload=payload)
    return need


def unshortlist(session: Session, curator: Agent, need_id: int, motive: str) -> Need:
    """Undo, as long as no round has taken the need in: it is again in the state it left."""
    need = lock(session, Need, need_id)
    if refusal := policy.refusal_to_unshortlist(need):
        raise refusal
    need.state = State(last_payload(session, "need.shortlisted", ("need", need.id))["state"])
    need.state_at = clock.now()
    _tell(session, need, f"unshortlisting-{need.id}-{need.state_at.isoformat()}", "unshortlisted", motive)
    record(session, "need.unshortlisted", ("need", need.id), by=By(agent_id=curator.id), payload={"motive": motive})
    return need


def _tell(session: Session, need: Need, event: str, template: str, motive: str) -> None:
    """One letter to each agent concerned by the need."""
    context = {"title": need.title, "path": need.path, "motive": motive}
    for email in concerned_agents(session, need):
        post(session, Mail(event, email, template, context))
