"""Who a ProConnect identity is here. `sub` is of one identity provider, so several may be one agent; an e-mail address
alone attaches nobody: whoever reads its mailbox confirms."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import second_factor
from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import Agent, AgentIdentity
from coconstruction.accounts.proconnect import Person
from coconstruction.database import insert_once
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.journal import By, record


def agent_of(session: Session, person: Person) -> Agent | None:
    identity = session.get(AgentIdentity, (person.issuer, person.subject))
    return identity.agent if identity else None


def served_since(session: Session, person: Person, at: datetime) -> bool:
    """Whether this identity opened a session after `at`, when ProConnect was heard: what it said serves once."""
    identity = session.get(AgentIdentity, (person.issuer, person.subject), with_for_update=True)
    return identity is not None and identity.last_at > at


def is_taken(session: Session, email: str) -> bool:
    """Whether somebody already signs in with this address."""
    return session.scalar(select(Agent.id).where(Agent.email == email)) is not None


def refusal_to_attach(session: Session, agent: Agent) -> Refused | None:
    """An identity that gives two factors opens an account without its code: only whoever gave the code adds one, or
    whoever reads the mailbox would do without."""
    factor = second_factor.of(session, agent.id)
    if factor is None or factor.confirmed_at is None or agent.second_factor_at is not None:
        return None
    return Refused(
        "identity_needs_second_factor",
        _l(
            "Votre compte a un second facteur : donnez d’abord votre code, puis attachez cette identité ProConnect "
            "depuis votre compte."
        ),
        Link(str(_l("Donner mon code")), "/compte/second-facteur/verification?next=/compte"),
        status=403,
    )


def attach(session: Session, agent: Agent, person: Person) -> bool:
    """Whether this identity is this agent's, from now on or already."""
    key = {"issuer": person.issuer, "subject": person.subject}
    told = {
        "idp_id": person.idp_id,
        "email": person.email,
        "acr": person.acr,
        "first_at": clock.now(),
        "last_at": clock.now(),
    }
    if insert_once(session, AgentIdentity, **key, agent_id=agent.id, **told):
        record(session, "agent.identity_added", ("agent", agent.id), by=By(agent_id=agent.id))
    identity = session.get_one(AgentIdentity, (person.issuer, person.subject), populate_existing=True)
    identity.last_at, identity.email, identity.acr = clock.now(), person.email, person.acr
    if identity.agent_id == agent.id and not agent.name:
        agent.name = person.name
    return identity.agent_id == agent.id


def of(session: Session, agent_id: int) -> Sequence[AgentIdentity]:
    return session.scalars(
        select(AgentIdentity).where(AgentIdentity.agent_id == agent_id).order_by(AgentIdentity.first_at)
    ).all()


def public_number(identity: AgentIdentity) -> str:
    """A name for it that says nothing of who it is at ProConnect."""
    return digest(f"{identity.issuer} {identity.subject}")[:16]


def detach(session: Session, agent: Agent, number: str) -> None:
    """`number`: its public name. Somebody else's does not exist. The e-mail link stays a way in."""
    gone = next((each for each in of(session, agent.id) if public_number(each) == number), None)
    if gone is None:
        raise NotFound
    here = AgentIdentity.issuer == gone.issuer, AgentIdentity.subject == gone.subject
    session.execute(delete(AgentIdentity).where(*here))
    record(session, "agent.identity_removed", ("agent", agent.id), by=By(agent_id=agent.id))
