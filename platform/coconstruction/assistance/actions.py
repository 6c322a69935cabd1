"""A curator writes for an organisation that nobody represents online, at its request: for a few hours, under a proof of
its own, shown as such, told to the organisation, which may contest (docs/decisions/0017)."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import queries as accounts
from coconstruction.accounts.actions import affiliate, end_affiliation
from coconstruction.accounts.keys import digest, new_key
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.mandating import Terms, give_mandate
from coconstruction.accounts.models import Affiliation, Agent, Proof, Role, Scope
from coconstruction.accounts.proofs import prove
from coconstruction.assistance import policy, queries
from coconstruction.assistance.models import AssistedAct
from coconstruction.database import insert_once, lock
from coconstruction.journal import SYSTEM, JournalEntry, record
from coconstruction.notifications.actions import Mail, post
from coconstruction.territories.models import Organisation

LASTS = timedelta(hours=4)


@dataclass(frozen=True)
class Request:
    """Who asked the team to write for them, how, and for what. With the number of a need, and then a deliberation, the
    organisation may also join its coalition."""

    who: str
    channel: str
    motive: str
    need_id: int | None = None
    deliberation_number: str = ""


def start(session: Session, curator: Agent, organisation: Organisation, request: Request) -> Affiliation:
    lock(session, Organisation, organisation.id)
    present = bool(accounts.people_of(session, organisation.id))
    if refusal := policy.refusal_to_assist(organisation, has_agents=present):
        raise refusal
    hat = affiliate(session, curator, organisation, Role.PARTENAIRE, str(_l("Équipe de l’Incubateur")))
    evidence = f"{request.who} ({request.channel}) : {request.motive}"
    prove(session, hat, Proof.ASSISTED, evidence=evidence, by_agent=curator)
    hat.lapses_at = clock.now() + LASTS
    if request.need_id is not None:
        terms = Terms(
            scope=Scope.NEED,
            scope_id=request.need_id,
            ends_at=hat.lapses_at,
            deliberation_number=request.deliberation_number,
        )
        give_mandate(session, hat, curator, terms, request.motive)
    write_line(session, "assistance.started", hat, curator, need=request.need_id)
    return hat


def stop(session: Session, curator: Agent, affiliation_id: int) -> None:
    end_affiliation(session, affiliation_id, curator, "")


def tell_assisted(session: Session, after: int) -> None:
    """Write to each organisation what was done for it beyond that line of the journal."""
    for entry in queries.untold(session, after):
        _tell(session, entry)


def contest(session: Session, token: str, because: str) -> AssistedAct:
    """By whoever reads the organisation's official mailbox. The act stays, marked, until the team undoes it."""
    open_acts = AssistedAct.token_hash == digest(token), AssistedAct.contested_at.is_(None)
    contesting = update(AssistedAct).where(*open_acts)
    values = {"contested_at": clock.now(), "contested_because": because}
    seq = session.scalar(contesting.values(**values).returning(AssistedAct.seq))
    if seq is None:
        raise policy.contest_spent()
    act = session.get_one(AssistedAct, seq, populate_existing=True)
    author = session.get_one(Agent, queries.entry_of(session, act).agent_id)
    told = {"organisation": act.organisation.name, "because": because}
    post(session, Mail(f"contested-{seq}", author.email, "act_contested", told))
    record(session, "assistance.contested", ("organisation", act.organisation_id), by=SYSTEM, payload={"line": seq})
    return act


def _tell(session: Session, entry: JournalEntry) -> None:
    organisation = session.get_one(Organisation, entry.organisation_id)
    token = new_key()
    about = {"organisation_id": organisation.id, "token_hash": digest(token), "told_at": clock.now()}
    if not insert_once(session, AssistedAct, seq=entry.seq, **about, contested_because=""):
        return
    told = {"organisation": organisation.name, "action": entry.action, "path": f"/contester/{token}"}
    told["need"] = f"/besoins/{entry.subject_id}"
    for address in accounts.official_contacts(session, organisation.id):
        post(session, Mail(f"assisted-{entry.seq}", address, "assisted_act", told))
