"""Sign-in by a link that serves once, within a quarter of an hour. Nothing here says whether an address is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails, queries
from coconstruction.accounts.keys import digest, new_key
from coconstruction.accounts.models import Agent, AgentSession, SignInToken
from coconstruction.accounts.queries import usable_token
from coconstruction.database import insert_once
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.journal import By, record
from coconstruction.notifications.actions import post

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
LETTERS_PER_HOUR = 5
USE_NOTED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class SignedIn:
    agent: Agent
    key: str
    next_path: str
    identity: Mapping[str, Any]


def send_link(session: Session, email: str, next_path: str, identity: Mapping[str, Any] | None = None) -> None:
    """Write the letter with its link. Beyond the hourly number, silently nothing: the answer must not tell. `identity`:
    what whoever opens it will be known by from then on."""
    now, token = clock.now(), new_key()
    session.execute(
        delete(SignInToken).where(SignInToken.email == email, SignInToken.created_at < now - timedelta(hours=1))
    )
    if _too_many(session, email, now) or not post(session, mails.sign_in(email, token, now)):
        return
    session.add(
        SignInToken(
            token_hash=digest(token),
            email=email,
            next_path=next_path,
            identity=dict(identity or {}),
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
    )


def invited(session: Session, token: str) -> SignInToken:
    """The link as it stands, unspent: mail scanners follow links, so that opening one costs nothing."""
    found = usable_token(session, token, clock.now())
    if found is None:
        raise _spent()
    return found


def sign_in(session: Session, token: str, browser: str = "") -> SignedIn:
    """Spend the link, once whoever races for it, and open a session. A new address becomes an agent."""
    now = clock.now()
    fresh = (SignInToken.token_hash == digest(token)) & SignInToken.used_at.is_(None) & (SignInToken.expires_at > now)
    spending = update(SignInToken).where(fresh).values(used_at=now)
    spent = session.execute(spending.returning(SignInToken.email, SignInToken.next_path, SignInToken.identity)).first()
    if spent is None:
        raise _spent()
    agent = agent_at(session, spent.email)
    return SignedIn(agent, start_session(session, agent, browser=browser), spent.next_path, spent.identity)


def newcomer_at(session: Session, email: str) -> Agent | None:
    """A new agent; None when somebody already signs in with this address, even since a moment."""
    now = clock.now()
    if not insert_once(session, Agent, email=email, name="", is_curator=False, created_at=now, seen_at=now):
        return None
    agent = session.scalars(select(Agent).where(Agent.email == email)).one()
    record(session, "agent.registered", ("agent", agent.id), by=By(agent_id=agent.id))
    return agent


def agent_at(session: Session, email: str) -> Agent:
    """Whose address this is; a new address becomes an agent."""
    return newcomer_at(session, email) or session.scalars(select(Agent).where(Agent.email == email)).one()


def start_session(
    session: Session, agent: Agent, *, browser: str = "", second_factor: bool = False, id_token: str = ""
) -> str:
    """The key of a new session, of which the row keeps the digest only."""
    now, key = clock.now(), new_key()
    opened = AgentSession(
        key_hash=digest(key),
        agent_id=agent.id,
        created_at=now,
        used_at=now,
        expires_at=now + SESSION_LASTS,
        second_factor_at=now if second_factor else None,
        browser=browser,
        id_token=id_token,
    )
    session.add(opened)
    agent.seen_at, agent.warned_at = now, None
    session.flush()
    return key


def rotate_session(session: Session, key: str) -> str:
    """A new key for the same session, which lasts no longer for it: the former one opens nothing any more."""
    fresh = new_key()
    renewing = update(AgentSession).where(AgentSession.key_hash == digest(key), AgentSession.ended_at.is_(None))
    session.execute(renewing.values(key_hash=digest(fresh), used_at=clock.now()))
    return fresh


def note_use(session: Session, agent: Agent) -> None:
    """Once an hour at most, and only with something else that is written: reading leaves no trace."""
    now = clock.now()
    if agent.session_used_at is None or now - agent.session_used_at >= USE_NOTED_EVERY:
        here = AgentSession.key_hash == digest(agent.session_key)
        session.execute(update(AgentSession).where(here).values(used_at=now))


def end_session(session: Session, key: str) -> str:
    """ProConnect's token of the session, if it began there; it is kept no longer."""
    opened = session.get(AgentSession, digest(key), with_for_update=True)
    if opened is None or opened.ended_at is not None:
        return ""
    id_token, opened.id_token, opened.ended_at = opened.id_token, "", clock.now()
    session.flush()
    return id_token


def end_sessions(session: Session, agent: Agent) -> None:
    """All of them: whoever the agent has become signs in anew."""
    mine = AgentSession.agent_id == agent.id, AgentSession.ended_at.is_(None)
    session.execute(update(AgentSession).where(*mine).values(ended_at=clock.now(), id_token=""))


def end_own_session(session: Session, agent: Agent, number: str) -> None:
    """`number`: the public name of a session. Somebody else's does not exist."""
    for each in queries.sessions_of(session, agent.id, clock.now()):
        if public_number(each) == number:
            each.ended_at, each.id_token = clock.now(), ""
            return
    raise NotFound


def end_other_sessions(session: Session, agent: Agent) -> int:
    """All but the one that asks; tells how many."""
    others = AgentSession.key_hash != digest(agent.session_key), AgentSession.ended_at.is_(None)
    mine = AgentSession.agent_id == agent.id, AgentSession.expires_at > clock.now()
    ending = update(AgentSession).where(*mine, *others).values(ended_at=clock.now(), id_token="")
    return len(session.execute(ending.returning(AgentSession.created_at)).all())


def public_number(opened: AgentSession) -> str:
    """A name for a session that opens nothing: the digest of its digest."""
    return digest(opened.key_hash)[:16]


def _too_many(session: Session, email: str, now: datetime) -> bool:
    asked = select(func.count(), func.max(SignInToken.created_at)).where(SignInToken.email == email)
    asked = asked.where(SignInToken.used_at.is_(None))  # whoever used their link may ask for another
    number, last = session.execute(asked).one()
    too_soon = number > 0 and now - last < timedelta(seconds=mails.SECONDS_BETWEEN_LETTERS)
    return number >= LETTERS_PER_HOUR or too_soon


def _spent() -> Refused:
    return Refused(
        "link_spent",
        _l("Ce lien de connexion ne sert plus : il a déjà servi, il a plus de quinze minutes, ou il est incomplet."),
        Link(str(_l("Demander un nouveau lien")), "/connexion"),
        status=410,
    )
