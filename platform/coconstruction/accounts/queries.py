from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, case, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coconstruction.accounts.emails import domain_of
from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import Affiliation, Agent, AgentSession, SignInToken, VerifiedDomain
from coconstruction.errors import NotFound
from coconstruction.territories.models import Organisation

LIVE = Affiliation.proven_at.is_not(None) & Affiliation.ended_at.is_(None)
PENDING = Affiliation.proven_at.is_(None) & Affiliation.ended_at.is_(None)


def agent_of_session(session: Session, key: str, at: datetime) -> Agent | None:
    return session.scalar(AGENT_OF_SESSION, {"key_hash": digest(key), "now": at})


def agents_at(session: Session, emails: Collection[str]) -> Sequence[Agent]:
    return session.scalars(select(Agent).where(Agent.email.in_(emails)).order_by(Agent.name, Agent.id)).all()


def hats_of(session: Session, agent_ids: Collection[int]) -> Mapping[int, list[Affiliation]]:
    """The live affiliations of each agent, with their organisation."""
    hats: dict[int, list[Affiliation]] = {key: [] for key in agent_ids}
    for hat in session.scalars(
        _with_organisation().where(Affiliation.agent_id.in_(agent_ids), LIVE).order_by(Affiliation.id)
    ):
        hats[hat.agent_id].append(hat)
    return hats


def usable_token(session: Session, token: str, at: datetime) -> SignInToken | None:
    found = session.get(SignInToken, digest(token))
    return found if found is not None and found.used_at is None and found.expires_at > at else None


def live_affiliations(session: Session, agent_id: int, *, held: bool = False) -> list[Affiliation]:
    """Those the agent may act under, oldest first. `held`: as they are until the transaction ends."""
    return list(session.scalars(HELD_AFFILIATIONS if held else LIVE_AFFILIATIONS, {"agent": agent_id}))


def affiliations_of(session: Session, agent_id: int) -> Sequence[Affiliation]:
    """All of them, whatever their state: live, then asked, then ended; by name of organisation."""
    wanted = _with_organisation().where(Affiliation.agent_id == agent_id)
    rank = case((LIVE, 0), (PENDING, 1), else_=2)
    return session.scalars(wanted.order_by(rank, Organisation.name_key, Affiliation.id)).all()


def own_affiliation(session: Session, agent_id: int, affiliation_id: int) -> Affiliation:
    """Somebody else's affiliation does not exist. Raises NotFound."""
    wanted = _with_organisation().where(Affiliation.id == affiliation_id, Affiliation.agent_id == agent_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def affiliation(session: Session, affiliation_id: int) -> Affiliation:
    """With its agent and organisation, for a curator. Raises NotFound."""
    found = session.scalar(_for_curators().where(Affiliation.id == affiliation_id))
    if found is None:
        raise NotFound
    return found


def affiliation_between(session: Session, agent_id: int, organisation_id: int) -> Affiliation | None:
    key = (Affiliation.agent_id == agent_id) & (Affiliation.organisation_id == organisation_id)
    return session.scalar(select(Affiliation).where(key))


def pending_affiliations(session: Session, limit: int = 100) -> Sequence[Affiliation]:
    """Requests a curator has to decide on, oldest first, with their agent and organisation."""
    return session.scalars(_for_curators().where(PENDING).order_by(Affiliation.asked_at).limit(limit)).all()


def pending_mandates(session: Session, limit: int = 100) -> Sequence[Affiliation]:
    """Proven agents who asked for the right to commit their organisation, oldest first."""
    asked = LIVE & Affiliation.mandate_asked_at.is_not(None) & Affiliation.mandate_at.is_(None)
    return session.scalars(_for_curators().where(asked).order_by(Affiliation.mandate_asked_at).limit(limit)).all()


def vouches_for(session: Session, email: str, organisation_id: int) -> bool:
    """Is the address's domain one that proves belonging to this organisation?"""
    return session.get(VerifiedDomain, (domain_of(email), organisation_id)) is not None


def _with_organisation() -> Select[Affiliation]:
    return select(Affiliation).join(Affiliation.organisation).options(contains_eager(Affiliation.organisation))


def _for_curators() -> Select[Affiliation]:
    return select(Affiliation).options(joinedload(Affiliation.agent), joinedload(Affiliation.organisation))


# Asked at every request of a signed-in agent, so built once.
AGENT_OF_SESSION = (
    select(Agent)
    .join(AgentSession, AgentSession.agent_id == Agent.id)
    .where(AgentSession.key_hash == bindparam("key_hash"), AgentSession.ended_at.is_(None))
    .where(AgentSession.expires_at > bindparam("now"))
)
LIVE_AFFILIATIONS = (
    _with_organisation()
    .where(Affiliation.agent_id == bindparam("agent"), LIVE, Organisation.active)
    .order_by(Affiliation.proven_at, Affiliation.id)
)
HELD_AFFILIATIONS = LIVE_AFFILIATIONS.with_for_update(read=True, of=Affiliation)
