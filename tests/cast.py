"""The people of the tests, on real organisations."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.keys import digest, new_key
from coconstruction.accounts.mandating import REFERENT, Terms, give_mandate
from coconstruction.accounts.models import Affiliation, Agent, AgentSession, Proof
from coconstruction.accounts.proofs import prove
from coconstruction.database import transaction
from coconstruction.journal import SYSTEM, record
from coconstruction.needs.actions import post
from coconstruction.needs.content import NeedContent
from coconstruction.territories.models import Lineage, LoadedReferential, Organisation
from tests.reading import PageClient

ARBRISSEL = "commune:35005"  # a village of 266 inhabitants
VERN = "commune:35352"
RENNES_METROPOLE = "epci:243500139"
ILLE_ET_VILAINE = "departement:35"
BRETAGNE = "region:53"

CONTENT = NeedContent(
    title="Les familles se déplacent en mairie pour inscrire leurs enfants à la cantine",
    problem="Chaque rentrée, la secrétaire recopie deux cents fiches papier dans un tableur.",
    audience="Les familles et la secrétaire de mairie.",
    theme="procedures",
    estimated_cost=28000,
)


def agent(
    session: Session, email: str, reference: str | None = None, *, mandate: bool = False, curator: bool = False
) -> Agent:
    """Someone known to the site, tied to `reference` if given."""
    person = session.scalar(select(Agent).where(Agent.email == email))
    if person is None:
        person = Agent(email=email, name=email.split("@")[0], is_curator=curator, created_at=clock.now())
        session.add(person)
        session.flush()
    if reference:
        _tie(session, person, organisation(session, reference), mandate=mandate)
    return person


def affiliation(session: Session, email: str, reference: str, *, mandate: bool = True) -> Affiliation:
    person = agent(session, email, reference, mandate=mandate)
    place = organisation(session, reference)
    mine = Affiliation.agent_id == person.id, Affiliation.organisation_id == place.id
    return session.scalars(select(Affiliation).where(*mine)).one()


def referent(session: Session, email: str, reference: str) -> Affiliation:
    """Looks after the people of the organisation, without committing it."""
    tie = affiliation(session, email, reference, mandate=False)
    if not tie.is_referent:
        give_mandate(session, tie, tie.agent, REFERENT, "")
    return tie


def organisation(session: Session, reference: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.reference == reference)).one()


def vanish(session: Session, reference: str, into: str | None = None) -> None:
    """As the import of a later year does: the map of France is another one from then on."""
    gone = organisation(session, reference)
    gone.active = False
    if into:
        heir = organisation(session, into)
        session.add(Lineage(predecessor_id=gone.id, successor_id=heir.id, kind="merged", at=clock.now()))
    session.scalars(select(LoadedReferential)).one().stamp = new_key()[:32]
    record(session, "territories.imported", ("referential", 1), by=SYSTEM)


def posted_need(session: Session, author: Affiliation, content: NeedContent = CONTENT) -> int:
    """The number of a need just published."""
    return post(session, author, None, content).id


def sign_in(client: PageClient, email: str, *, second_factor: bool = True) -> None:
    """As the link of a letter does, then the code of a phone."""
    with client.application.app_context(), transaction() as session:
        key = session_key(session, email, second_factor=second_factor)
    wear_key(client, key)


def session_key(session: Session, email: str, *, second_factor: bool = True) -> str:
    """Opens a session; whoever holds the key is signed in."""
    key = new_key()
    person = session.scalars(select(Agent).where(Agent.email == email)).one()
    ends = clock.now() + timedelta(hours=12)
    times = {"created_at": clock.now(), "used_at": clock.now(), "expires_at": ends}
    proven = clock.now() if second_factor else None
    session.add(AgentSession(key_hash=digest(key), agent_id=person.id, **times, second_factor_at=proven))
    return key


def wear_key(client: PageClient, key: str) -> None:
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"], cookie["_fresh"] = key, True


def _tie(session: Session, person: Agent, place: Organisation, *, mandate: bool) -> None:
    known = select(Affiliation).where(Affiliation.agent_id == person.id, Affiliation.organisation_id == place.id)
    tie = session.scalar(known) or Affiliation(
        agent_id=person.id,
        organisation_id=place.id,
        role="agent",
        function="",
        motive="",
        evidence="",
        asked_at=clock.now(),
    )
    session.add(tie)
    session.flush()
    if not tie.live:
        prove(session, tie, Proof.CURATOR, evidence="")
    if mandate and not tie.mandate:
        give_mandate(session, tie, person, Terms(), "")
