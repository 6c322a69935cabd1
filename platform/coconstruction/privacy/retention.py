"""How long what is personal is kept, and its clearing away (docs/decisions/0018)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Delete, Update, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from coconstruction.accounts.models import (
    Affiliation,
    AffiliationProof,
    Agent,
    AgentSession,
    Document,
    OfficialCode,
    SignInToken,
)
from coconstruction.database import Base
from coconstruction.journal import SYSTEM, record
from coconstruction.needs.models import Need, State
from coconstruction.notifications.actions import Mail, post
from coconstruction.notifications.models import Letter
from coconstruction.privacy.erasure import NOWHERE, forget
from coconstruction.settings import Retention
from coconstruction.teams.models import Invitation

NOTICE = timedelta(days=30)
Counts = dict[str, int]

# What each period is about, as the page of personal data says it. In the order of `Retention`.
MEANINGS: Mapping[str, str] = {
    "requests": _l("Une demande de rattachement sans réponse, ou refusée : les raisons et la fonction données"),
    "documents": _l("Une pièce jointe, après la décision"),
    "sessions": _l("La trace d’une session ou d’un code, une fois finis"),
    "letters": _l("Un courriel envoyé"),
    "invitations": _l("Une invitation qui n’a pas servi"),
    "drafts": _l("Un brouillon que personne n’a repris"),
    "accounts": _l("Un compte où personne ne s’est connecté ; un courriel prévient un mois avant"),
}


def purge(session: Session, kept: Retention, now: datetime) -> Counts:
    """Clear away what is past its time; how many rows by period. Running it again changes nothing more."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    counts = {
        "requests": _requests(session, before(kept.requests), now),
        "documents": _documents(session, before(kept.documents)),
        "sessions": _sessions(session, before(kept.sessions)),
        "letters": _gone(session, delete(Letter).where(Letter.sent_at < before(kept.letters))),
        "invitations": _invitations(session, before(kept.invitations)),
        "drafts": _gone(session, delete(Need).where(Need.state == State.DRAFT, Need.state_at < before(kept.drafts))),
        "accounts": _accounts(session, before(kept.accounts), now),
    }
    if any(counts.values()):
        record(session, "privacy.purged", ("referential", 1), by=SYSTEM, payload=counts)
    return counts


def _requests(session: Session, limit: datetime, now: datetime) -> int:
    never = Affiliation.proven_at.is_(None) & ~Affiliation.proofs.any()
    old = and_(never, Affiliation.asked_at < limit, or_(Affiliation.motive != "", Affiliation.function != ""))
    values = {"ended_at": func.coalesce(Affiliation.ended_at, now), "motive": "", "function": "", "evidence": ""}
    return _gone(session, update(Affiliation).where(old).values(**values))


def _documents(session: Session, limit: datetime) -> int:
    decided = select(Affiliation.id).where(or_(Affiliation.proven_at < limit, Affiliation.ended_at < limit))
    old = select(Document.id).where(Document.affiliation_id.in_(decided), Document.added_at < limit)
    numbers = list(session.scalars(old))
    session.execute(update(AffiliationProof).where(AffiliationProof.document_id.in_(numbers)).values(document_id=None))
    return _gone(session, delete(Document).where(Document.id.in_(numbers)))


def _sessions(session: Session, limit: datetime) -> int:
    over: Mapping[type[Base], ColumnElement[bool]] = {
        AgentSession: or_(AgentSession.ended_at < limit, AgentSession.expires_at < limit),
        SignInToken: SignInToken.expires_at < limit,
        OfficialCode: OfficialCode.expires_at < limit,
    }
    return sum(_gone(session, delete(model).where(where)) for model, where in over.items())


def _invitations(session: Session, limit: datetime) -> int:
    unused = Invitation.accepted_at.is_(None) & (Invitation.expires_at < limit) & (Invitation.function != "")
    named = Invitation.email.not_like(f"%@{NOWHERE}")
    old = or_(unused, Invitation.accepted_at.is_(None) & (Invitation.expires_at < limit) & named)
    return _gone(session, update(Invitation).where(old).values(email=f"invitation@{NOWHERE}", function=""))


def _accounts(session: Session, limit: datetime, now: datetime) -> int:
    """Warned a month before; forgotten once warned and still away."""
    away = Agent.seen_at < limit + NOTICE, Agent.email.not_like(f"%@{NOWHERE}"), Agent.is_curator.is_(False)
    forgotten = 0
    for agent in session.scalars(select(Agent).where(*away).order_by(Agent.id)).all():
        if agent.warned_at is None:
            agent.warned_at = now
            told = {"name": agent.name, "days": NOTICE.days}
            post(
                session, Mail(f"account-away-{agent.id}-{agent.seen_at.isoformat()}", agent.email, "account_away", told)
            )
        elif agent.warned_at <= now - NOTICE and agent.seen_at < limit:
            forget(session, agent)
            forgotten += 1
    return forgotten


def _gone(session: Session, statement: Delete | Update) -> int:
    result = session.execute(statement.execution_options(synchronize_session="fetch"))
    return int(result.rowcount)  # type: ignore[attr-defined]
