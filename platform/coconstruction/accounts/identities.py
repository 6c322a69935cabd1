"""Who a ProConnect identity is here. `sub` is of one identity provider, so several may be one agent; an e-mail address
alone attaches nobody: whoever reads its mailbox confirms."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent, AgentIdentity
from coconstruction.accounts.proconnect import Person
from coconstruction.accounts.sign_in import agent_at
from coconstruction.database import insert_once
from coconstruction.errors import NotFound
from coconstruction.journal import By, record


def agent_of(session: Session, person: Person) -> Agent | None:
    identity = session.get(AgentIdentity, (person.issuer, person.subject))
    return identity.agent if identity else None


def is_taken(session: Session, email: str) -> bool:
    """Whether somebody already signs in with this address."""
    return session.scalar(select(Agent.id).where(Agent.email == email)) is not None


def attach(session: Session, agent: Agent, person: Person) -> bool:
    """Whether this identity is this agent's, from now on or already."""
    key = {"issuer": person.issuer, "subject": person.subject}
    told = {"idp_id": person.idp_id, "email": person.email, "first_at": clock.now(), "last_at": clock.now()}
    if insert_once(session, AgentIdentity, **key, agent_id=agent.id, **told):
        record(session, "agent.identity_added", ("agent", agent.id), by=By(agent_id=agent.id))
    identity = session.get_one(AgentIdentity, (person.issuer, person.subject), populate_existing=True)
    identity.last_at, identity.email = clock.now(), person.email
    if identity.agent_id == agent.id and not agent.name:
        agent.name = person.name
    return identity.agent_id == agent.id


def register(session: Session, person: Person) -> Agent:
    """A newcomer."""
    agent = agent_at(session, person.email)
    attach(session, agent, person)
    return agent


def of(session: Session, agent_id: int) -> Sequence[AgentIdentity]:
    return session.scalars(
        select(AgentIdentity).where(AgentIdentity.agent_id == agent_id).order_by(AgentIdentity.first_at)
    ).all()


def detach(session: Session, agent: Agent, number: int) -> None:
    """`number`: its place in the agent's own list. The e-mail link stays a way in."""
    own = of(session, agent.id)
    if not 0 <= number < len(own):
        raise NotFound
    gone: Any = own[number]
    here = AgentIdentity.issuer == gone.issuer, AgentIdentity.subject == gone.subject
    session.execute(delete(AgentIdentity).where(*here))
    record(session, "agent.identity_removed", ("agent", agent.id), by=By(agent_id=agent.id))
