from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from coconstruction import clock
from coconstruction.accounts.emails import domain_of, is_free
from coconstruction.accounts.keys import digest
from coconstruction.accounts.ladder import Facts
from coconstruction.accounts.models import (
    Affiliation,
    Agent,
    AgentSession,
    Authority,
    Document,
    DomainState,
    Mandate,
    MandateRequest,
    MandateRole,
    OrganisationDomain,
    Proof,
    SignInToken,
)
from coconstruction.database import UtcDateTime
from coconstruction.errors import NotFound
from coconstruction.territories.models import OfficialContact, Organisation

# The hour is read when the statement runs: statements are built once.
NOW = bindparam("live_at", callable_=clock.now, type_=UtcDateTime())
UNENDED = Affiliation.ended_at.is_(None) & or_(Affiliation.lapses_at.is_(None), Affiliation.lapses_at > NOW)
LIVE = Affiliation.proven_at.is_not(None) & UNENDED
PENDING = Affiliation.proven_at.is_(None) & Affiliation.ended_at.is_(None) & Affiliation.suspended_at.is_(None)


def agent_of_session(session: Session, key: str, at: datetime) -> Agent | None:
    found = session.execute(AGENT_OF_SESSION, {"key_hash": digest(key), "now": at}).first()
    if found is None:
        return None
    agent: Agent = found[0]
    agent.session_key, agent.second_factor_at, agent.session_used_at = key, found[1], found[2]
    return agent


def sessions_of(session: Session, agent_id: int, at: datetime) -> Sequence[AgentSession]:
    """The open ones, the latest used first."""
    mine = AgentSession.agent_id == agent_id, AgentSession.ended_at.is_(None), AgentSession.expires_at > at
    return session.scalars(select(AgentSession).where(*mine).order_by(AgentSession.used_at.desc())).all()


def agents_at(session: Session, emails: Collection[str]) -> Sequence[Agent]:
    return session.scalars(select(Agent).where(Agent.email.in_(emails)).order_by(Agent.name, Agent.id)).all()


def hats_of(session: Session, agent_ids: Collection[int]) -> Mapping[int, list[Affiliation]]:
    """The live affiliations of each agent, with their organisation."""
    hats: dict[int, list[Affiliation]] = {key: [] for key in agent_ids}
    for hat in session.scalars(
        _with_organisation()
        .where(Affiliation.agent_id.in_(agent_ids), LIVE)
        .options(selectinload(Affiliation.mandates))
        .order_by(Affiliation.id)
    ):
        hats[hat.agent_id].append(hat)
    return hats


def usable_token(session: Session, token: str, at: datetime) -> SignInToken | None:
    found = session.get(SignInToken, digest(token))
    return found if found is not None and found.used_at is None and found.expires_at > at else None


def live_affiliations(session: Session, agent_id: int, *, held: bool = False) -> list[Affiliation]:
    """Those the agent may act under, oldest first. `held`: as they are until the transaction ends."""
    return list(session.scalars(HELD_AFFILIATIONS if held else LIVE_AFFILIATIONS, {"agent": agent_id}).unique())


def affiliations_of(session: Session, agent_id: int) -> Sequence[Affiliation]:
    """All of them, whatever their state: live, then asked, then ended; by name of organisation."""
    wanted = _with_organisation().where(Affiliation.agent_id == agent_id)
    wanted = wanted.options(selectinload(Affiliation.mandates), selectinload(Affiliation.mandate_request))
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
    found = session.scalar(_with_people().where(Affiliation.id == affiliation_id))
    if found is None:
        raise NotFound
    return found


def affiliation_between(session: Session, agent_id: int, organisation_id: int) -> Affiliation | None:
    key = (Affiliation.agent_id == agent_id) & (Affiliation.organisation_id == organisation_id)
    return session.scalar(select(Affiliation).where(key))


def tie_between(session: Session, agent_id: int, organisation_id: int) -> Affiliation:
    """Raises NotFound."""
    found = affiliation_between(session, agent_id, organisation_id)
    if found is None:
        raise NotFound
    return found


def pending_affiliations(
    session: Session, organisation_id: int | None = None, limit: int = 100
) -> Sequence[Affiliation]:
    """Requests to be decided on, oldest first, with their agent and organisation; of one organisation if given."""
    wanted = _with_people().where(PENDING)
    if organisation_id is not None:
        wanted = wanted.where(Affiliation.organisation_id == organisation_id)
    return session.scalars(wanted.order_by(Affiliation.asked_at).limit(limit)).all()


def pending_mandates(session: Session, limit: int = 100) -> Sequence[Affiliation]:
    """Proven agents who asked for a mandate, oldest first."""
    asked = _with_people().join(MandateRequest).where(LIVE)
    return session.scalars(asked.order_by(MandateRequest.asked_at).limit(limit)).all()


def pending_domains(session: Session, limit: int = 100) -> Sequence[OrganisationDomain]:
    wanted = select(OrganisationDomain).options(joinedload(OrganisationDomain.organisation))
    wanted = wanted.where(OrganisationDomain.state == DomainState.PENDING)
    return session.scalars(wanted.order_by(OrganisationDomain.state_at).limit(limit)).all()


def organisation_domain(session: Session, domain: str, organisation_id: int) -> OrganisationDomain | None:
    return session.get(OrganisationDomain, (domain, organisation_id))


def people_at_domain(session: Session, domain: str, organisation_id: int) -> Sequence[Affiliation]:
    """Whose address is at the domain, whatever became of their request."""
    here = Affiliation.organisation_id == organisation_id, Affiliation.ended_at.is_(None)
    wanted = _with_people().join(Affiliation.agent).where(*here, at_domain(domain))
    return session.scalars(wanted.order_by(Affiliation.id)).all()


def at_domain(domain: str) -> ColumnElement[bool]:
    return Agent.email.endswith(f"@{domain}", autoescape=True)


def people_of(session: Session, organisation_id: int) -> Sequence[Affiliation]:
    """Everyone live or suspended in an organisation, with their mandates. A curator who writes for it is not of it."""
    own = or_(Affiliation.proof.is_(None), Affiliation.proof != Proof.ASSISTED)
    here = _with_people().where(Affiliation.organisation_id == organisation_id, own)
    wanted = here.where(or_(LIVE, Affiliation.ended_at.is_(None) & Affiliation.suspended_at.is_not(None)))
    return session.scalars(wanted.order_by(Affiliation.id)).all()


def referents_of(session: Session, organisation_id: int) -> Sequence[Affiliation]:
    """Those who can act now."""
    return [each for each in named_referents(session, organisation_id) if each.is_referent]


def named_referents(session: Session, organisation_id: int) -> Sequence[Affiliation]:
    """Suspended ones too, and those to come: they are the organisation's. As they are now, whatever was read before."""
    here = Affiliation.organisation_id == organisation_id, Affiliation.ended_at.is_(None)
    named = Mandate.role == MandateRole.REFERENT, Mandate.ended_at.is_(None)
    wanted = select(Affiliation).where(*here, Affiliation.mandates.any(and_(*named))).order_by(Affiliation.id)
    wanted = wanted.options(selectinload(Affiliation.mandates)).execution_options(populate_existing=True)
    return session.scalars(wanted).all()


def without_referent(session: Session, limit: int = 100) -> Sequence[Organisation]:
    """Organisations that had a référent and have none who can act: suspended, or forgotten at their own request."""
    named = select(Affiliation.organisation_id).join(Affiliation.mandates).where(Mandate.role == MandateRole.REFERENT)
    acting = named.where(Mandate.ended_at.is_(None), Mandate.starts_at <= NOW, LIVE)
    wanted = select(Organisation).where(Organisation.id.in_(named), Organisation.id.not_in(acting))
    return session.scalars(wanted.order_by(Organisation.name_key, Organisation.id).limit(limit)).all()


def authority_over(session: Session, agent: Agent, organisation_id: int) -> Authority | None:
    """In whose name this agent may decide on the people of this organisation."""
    mine = affiliation_between(session, agent.id, organisation_id)
    if mine is not None and mine.is_referent:
        return Authority.REFERENT
    return Authority.CURATOR if agent.is_curator else None


def facts_about(session: Session, affiliation: Affiliation) -> Facts:
    """What the ladder is climbed on."""
    return _facts(session, affiliation.agent, affiliation.organisation, affiliation)


def facts_before(session: Session, agent: Agent, organisation: Organisation) -> Facts:
    """The same, before anything was asked."""
    known = affiliation_between(session, agent.id, organisation.id)
    return _facts(session, agent, organisation, known)


def _facts(session: Session, agent: Agent, organisation: Organisation, tie: Affiliation | None) -> Facts:
    by_team = tie is not None and tie.put_out_by_team
    domain = domain_of(agent.email)
    known = session.get(OrganisationDomain, (domain, organisation.id), populate_existing=True)
    return Facts(
        address=agent.email,
        kind=organisation.kind,
        contacts=official_contacts(session, organisation.id),
        domain_state=DomainState(known.state) if known else None,
        free=is_free(domain),
        has_referent=not by_team and bool(referents_of(session, organisation.id)),
        revoked=tie is not None and tie.revoked,
    )


def official_contacts(session: Session, organisation_id: int) -> list[str]:
    wanted = select(OfficialContact.email).where(OfficialContact.organisation_id == organisation_id)
    return list(session.scalars(wanted.order_by(OfficialContact.email)))


def addresses(session: Session, organisation_ids: Iterable[int]) -> dict[int, list[str]]:
    """By organisation, those who act for it here; where there is nobody, its official addresses. Two statements."""
    ids = list(organisation_ids)
    people = select(Affiliation).options(joinedload(Affiliation.agent))
    people = people.where(Affiliation.organisation_id.in_(ids), LIVE).order_by(Affiliation.id)
    found: dict[int, list[str]] = {}
    for tie in session.scalars(people):
        if not tie.assisted:
            found.setdefault(tie.organisation_id, []).append(tie.agent.email)
    official = select(OfficialContact).where(OfficialContact.organisation_id.in_(set(ids) - found.keys()))
    for contact in session.scalars(official.order_by(OfficialContact.email)):
        found.setdefault(contact.organisation_id, []).append(contact.email)
    return found


def documents_of(session: Session, affiliation_id: int) -> Sequence[Document]:
    """Without their content, the oldest first."""
    return session.scalars(
        select(Document).where(Document.affiliation_id == affiliation_id).order_by(Document.id)
    ).all()


def document(session: Session, document_id: int) -> Document:
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound
    return found


def proven_by_domain(session: Session, domain: str, organisation_id: int) -> Sequence[Affiliation]:
    """Whose belonging rests, alone or with something else, on this domain."""
    here = Affiliation.organisation_id == organisation_id, Affiliation.ended_at.is_(None)
    rests = Affiliation.proofs.any(kind=Proof.EMAIL_DOMAIN, evidence=domain, ended_at=None)
    return session.scalars(select(Affiliation).where(*here, rests).order_by(Affiliation.id)).all()


def waiting_at_domain(session: Session, domain: str, organisation_id: int) -> Sequence[Affiliation]:
    """Those this domain would prove: asked for and not yet proven, or suspended, at an address of the domain."""
    here = Affiliation.organisation_id == organisation_id, Affiliation.ended_at.is_(None)
    wanted = select(Affiliation).join(Affiliation.agent).where(*here, Affiliation.proven_at.is_(None))
    return session.scalars(wanted.where(at_domain(domain)).order_by(Affiliation.id)).all()


def _with_organisation() -> Select[Affiliation]:
    return select(Affiliation).join(Affiliation.organisation).options(contains_eager(Affiliation.organisation))


def _with_people() -> Select[Affiliation]:
    return select(Affiliation).options(
        joinedload(Affiliation.agent), joinedload(Affiliation.organisation), selectinload(Affiliation.mandates)
    )


# Asked at every request of a signed-in agent, so built once.
AGENT_OF_SESSION = (
    select(Agent, AgentSession.second_factor_at, AgentSession.used_at)
    .join(AgentSession, AgentSession.agent_id == Agent.id)
    .where(AgentSession.key_hash == bindparam("key_hash"), AgentSession.ended_at.is_(None))
    .where(AgentSession.expires_at > bindparam("now"))
)
OWN_LIVE = (
    _with_organisation()
    .where(Affiliation.agent_id == bindparam("agent"), LIVE, Organisation.active)
    .order_by(Affiliation.proven_at, Affiliation.id)
)
LIVE_AFFILIATIONS = OWN_LIVE.options(joinedload(Affiliation.mandates))
# Mandates are read once the affiliations are held, in a statement of its own: one that was ended meanwhile must not be
# seen in force.
HELD_AFFILIATIONS = OWN_LIVE.options(selectinload(Affiliation.mandates)).with_for_update(read=True, of=Affiliation)
