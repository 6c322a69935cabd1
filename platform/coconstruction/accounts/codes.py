"""A code sent to the official address of a small organisation, which an agent types back: somebody who reads that
mailbox knows them. This lets in the villages whose mailbox is at a free provider."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails, policy, queries
from coconstruction.accounts.keys import digest
from coconstruction.accounts.ladder import ways
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.models import Affiliation, Agent, OfficialCode, Proof
from coconstruction.accounts.proofs import prove
from coconstruction.database import lock
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.notifications.actions import post
from coconstruction.territories.models import OfficialContact

FIGURES = 8
LASTS = timedelta(hours=24)
MOST_ATTEMPTS = 5
MOST_A_DAY = 3
A_DAY = timedelta(hours=24)


def send_code(session: Session, agent: Agent, affiliation_id: int) -> str:
    """Tells the address it was sent to, which is public. The former code no longer serves."""
    affiliation = _pending(session, agent, affiliation_id)
    address = _by_code(session, affiliation)[0]
    _hold(session, address)
    if _sent_today(session, address) >= MOST_A_DAY:
        raise policy.too_many_codes()
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    now = clock.now()
    sending = OfficialCode(
        affiliation_id=affiliation.id,
        code_hash=_hash(affiliation.id, code),
        sent_to=address,
        sent_at=now,
        expires_at=now + LASTS,
        attempts=0,
    )
    session.add(sending)
    session.flush()
    post(session, mails.official_code(affiliation, address, code, sending.id))
    write_line(session, "affiliation.code_sent", affiliation, agent)
    return address


@dataclass(frozen=True)
class Attempt:
    right: bool
    left: int


def type_code(session: Session, agent: Agent, affiliation_id: int, typed: str) -> Attempt:
    """The right code proves the affiliation. A wrong one is counted: the answer must be one that keeps what was
    written."""
    affiliation = _pending(session, agent, affiliation_id)
    addresses = _by_code(session, affiliation)
    code = usable_code(session, affiliation.id, clock.now())
    if code is None or code.sent_to not in addresses:
        raise _spent(affiliation)
    figures = "".join(sign for sign in typed if sign.isdecimal())
    code.attempts += 1
    if not secrets.compare_digest(code.code_hash, _hash(affiliation.id, figures)):
        return Attempt(right=False, left=MOST_ATTEMPTS - code.attempts)
    code.used_at = clock.now()
    prove(session, affiliation, Proof.OFFICIAL_CODE, evidence=code.sent_to)
    write_line(session, "affiliation.proven", affiliation, agent)
    return Attempt(right=True, left=0)


def usable_code(session: Session, affiliation_id: int, at: datetime) -> OfficialCode | None:
    """The last one sent, if it still serves."""
    latest = select(OfficialCode).where(OfficialCode.affiliation_id == affiliation_id).order_by(OfficialCode.id.desc())
    code = session.scalar(latest.limit(1))
    fresh = code is not None and code.used_at is None and code.expires_at > at and code.attempts < MOST_ATTEMPTS
    return code if fresh else None


def _pending(session: Session, agent: Agent, affiliation_id: int) -> Affiliation:
    """Held. Somebody else's does not exist."""
    affiliation = lock(session, Affiliation, affiliation_id)
    if affiliation.agent_id != agent.id:
        raise NotFound
    if affiliation.live:
        raise policy.already_proven()
    if affiliation.ended_at is not None:
        raise policy.refusal_to_wear(affiliation) or NotFound()
    return affiliation


def _by_code(session: Session, affiliation: Affiliation) -> Sequence[str]:
    """The addresses a code may be sent to. Asked again when one is typed: its agent may have been put out since it was
    sent, or the address have left the directory."""
    facts = queries.facts_about(session, affiliation)
    if facts.revoked:
        raise policy.put_out()
    if Proof.OFFICIAL_CODE not in ways(facts):
        raise policy.no_official_address()
    return queries.official_contacts(session, affiliation.organisation_id)


def _hold(session: Session, address: str) -> None:
    """The mailbox, whoever's it is: two who ask at once are counted one after the other."""
    same = select(OfficialContact).where(OfficialContact.email == address).order_by(OfficialContact.organisation_id)
    session.execute(same.with_for_update()).all()


def _sent_today(session: Session, address: str) -> int:
    """To that mailbox, whoever asked: a village must not be flooded in its own name."""
    lately = OfficialCode.sent_to == address, OfficialCode.sent_at > clock.now() - A_DAY
    return session.scalar(select(func.count()).select_from(OfficialCode).where(*lately)) or 0


def _hash(affiliation_id: int, code: str) -> str:
    return digest(f"{affiliation_id}:{code}")


def _spent(affiliation: Affiliation) -> Refused:
    return Refused(
        "code_spent",
        _l("Ce code ne sert plus : il a plus d’un jour, il a déjà servi, ou il a été mal tapé cinq fois."),
        Link(str(_l("Demander un autre code")), f"/compte/organisations/{affiliation.id}/preuve"),
        status=410,
    )
