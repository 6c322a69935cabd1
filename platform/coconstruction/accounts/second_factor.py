"""Proving more than a mailbox: a code from an application of one's phone (TOTP), or a recovery code
(docs/decisions/0014). Required before any act of a curator."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import digits

import pyotp
from flask_babel import format_datetime
from flask_babel import lazy_gettext as _l
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import Agent, AgentSession, RecoveryCode, SecondFactor
from coconstruction.accounts.sign_in import end_sessions
from coconstruction.database import lock
from coconstruction.errors import Link, Refused
from coconstruction.journal import SYSTEM, By, record
from coconstruction.notifications.actions import Mail, post

ISSUER = "Co-construction"
STEP_SECONDS = 30
RECOVERY_CODES = 10
RECOVERY_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"  # neither 0 nor 1, which look like letters
MOST_FAILURES = 5
WAITS = timedelta(minutes=15)
PAGE = "/compte/second-facteur"


@dataclass(frozen=True)
class Attempt:
    """`left`: attempts before one must wait. `codes`: new recovery codes, told this once."""

    right: bool
    left: int = 0
    codes: tuple[str, ...] = ()


def of(session: Session, agent_id: int) -> SecondFactor | None:
    return session.get(SecondFactor, agent_id)


def in_place(session: Session, agent_id: int) -> bool:
    """Confirmed by a first code."""
    factor = of(session, agent_id)
    return factor is not None and factor.confirmed_at is not None


def unused_codes(session: Session, agent_id: int) -> int:
    mine = RecoveryCode.agent_id == agent_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def begin(session: Session, agent: Agent, site_key: str) -> None:
    """Draw a secret, which serves only once confirmed. One that is confirmed stays; one that is not, while it reads."""
    lock(session, Agent, agent.id)
    known = of(session, agent.id)
    if known is not None and known.confirmed_at is not None:
        raise _refused("second_factor_held", _l("Vous avez déjà un second facteur."))
    secret = _sealed(pyotp.random_base32(), site_key)
    if known is None:
        session.add(SecondFactor(agent_id=agent.id, secret=secret, created_at=clock.now(), last_step=0, failures=0))
        session.flush()
    elif not _reads(known, site_key):
        known.secret = secret


def address(factor: SecondFactor, agent: Agent, site_key: str) -> str:
    """What the QR code says (otpauth://…); its `secret` is also given in letters."""
    return pyotp.TOTP(opened(factor, site_key)).provisioning_uri(name=agent.email, issuer_name=ISSUER)


def confirm(session: Session, agent: Agent, site_key: str, typed: str) -> Attempt:
    """The first code of the application. A wrong one is counted: the answer must keep it."""
    factor = lock(session, SecondFactor, agent.id)
    _refuse_to_wait(factor)
    if factor.confirmed_at is not None:
        raise _refused("second_factor_held", _l("Vous avez déjà un second facteur."))
    if not _taken(factor, site_key, typed):
        return Attempt(right=False, left=_count_failure(factor))
    factor.confirmed_at, factor.failures = clock.now(), 0
    _mark(session, agent)
    codes = _new_codes(session, agent)
    _tell(session, agent, "second_factor.added")
    return Attempt(right=True, codes=codes)


def verify(session: Session, agent: Agent, site_key: str, typed: str) -> Attempt:
    """A code of the application, or a recovery code, each once. A wrong one is counted: the answer must keep it."""
    if not in_place(session, agent.id):
        raise _refused("second_factor_absent", _l("Vous n’avez pas encore de second facteur."))
    factor = lock(session, SecondFactor, agent.id)
    _refuse_to_wait(factor)
    # Recovery codes first: they serve even when the secret no longer reads.
    if not _spent_recovery(session, agent, typed) and not _taken(factor, site_key, typed):
        return Attempt(right=False, left=_count_failure(factor))
    factor.failures = 0
    _mark(session, agent)
    return Attempt(right=True)


def renew_codes(session: Session, agent: Agent, site_key: str, typed: str) -> Attempt:
    """The former ones serve no longer. An open session does not suffice: a code is asked anew."""
    attempt = verify(session, agent, site_key, typed)
    if not attempt.right:
        return attempt
    codes = _new_codes(session, agent)
    _tell(session, agent, "second_factor.codes_renewed")
    return Attempt(right=True, codes=codes)


def remove(session: Session, agent: Agent, site_key: str, typed: str) -> Attempt:
    """A code is asked anew, as above."""
    attempt = verify(session, agent, site_key, typed)
    if attempt.right:
        _forget(session, agent)
        _tell(session, agent, "second_factor.removed")
    return attempt


def reset(session: Session, agent: Agent) -> bool:
    """By an operator who has checked who asks: phone and codes are lost. Its sessions end. Whether there was one."""
    if of(session, agent.id) is None:
        return False
    _forget(session, agent)
    end_sessions(session, agent)
    _tell(session, agent, "second_factor.reset", by=SYSTEM)
    return True


def required(path: str) -> Refused:
    """`path`: where to give the code, with the way back in it."""
    return Refused(
        "second_factor_required",
        _l("Ce geste demande votre second facteur : donnez votre code, puis renvoyez ce que vous avez écrit."),
        Link(str(_l("Donner mon code")), path, apart=True),
        status=403,
    )


def opened(factor: SecondFactor, site_key: str) -> str:
    """The secret, in base 32."""
    try:
        return jwe.decrypt_compact(factor.secret, _key(site_key)).plaintext.decode()  # type: ignore[union-attr]
    except JoseError:
        raise _unreadable() from None


def _reads(factor: SecondFactor, site_key: str) -> bool:
    try:
        return bool(opened(factor, site_key))
    except Refused:
        return False


def _unreadable() -> Refused:
    return _refused(
        "second_factor_unreadable",
        _l(
            "La clé du site a changé : l’application de votre téléphone ne sert plus ici. Donnez un code de secours "
            "pour retirer ce second facteur, puis ajoutez-en un autre ; ou demandez à l’équipe de le retirer."
        ),
    )


def _sealed(secret: str, site_key: str) -> str:
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, secret, _key(site_key))


def _key(site_key: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(f"second-factor {site_key}".encode()).digest())


def _taken(factor: SecondFactor, site_key: str, typed: str) -> bool:
    """Whether it is the code of this half-minute, the one before or the next, none taken before."""
    code = "".join(sign for sign in typed if sign in digits)
    totp = pyotp.TOTP(opened(factor, site_key))
    now = int(clock.now().timestamp()) // STEP_SECONDS
    for step in (now - 1, now, now + 1):
        if step > factor.last_step and secrets.compare_digest(totp.at(step * STEP_SECONDS), code):
            factor.last_step = step
            return True
    return False


def _spent_recovery(session: Session, agent: Agent, typed: str) -> bool:
    mine = RecoveryCode.code_hash == _recovery_hash(agent, typed), RecoveryCode.used_at.is_(None)
    spending = update(RecoveryCode).where(RecoveryCode.agent_id == agent.id, *mine).values(used_at=clock.now())
    spent = session.execute(spending.returning(RecoveryCode.agent_id)).first() is not None
    if spent:
        _tell(session, agent, "second_factor.recovery_used")
    return spent


def _new_codes(session: Session, agent: Agent) -> tuple[str, ...]:
    """Eighty random bits each: a plain digest of so many cannot be searched."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    codes = ["-".join(_letters() for _group in range(4)) for _number in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=_recovery_hash(agent, code), agent_id=agent.id) for code in codes)
    return tuple(codes)


def _letters() -> str:
    return "".join(secrets.choice(RECOVERY_SIGNS) for _sign in range(4))


def _recovery_hash(agent: Agent, typed: str) -> str:
    plain = "".join(sign for sign in typed.casefold() if sign.isalnum())
    return digest(f"{agent.id}:{plain}")


def _mark(session: Session, agent: Agent) -> None:
    """The session that asks has proven more than a mailbox."""
    agent.second_factor_at = clock.now()
    here = AgentSession.key_hash == digest(agent.session_key)
    session.execute(update(AgentSession).where(here).values(second_factor_at=agent.second_factor_at))


def _forget(session: Session, agent: Agent) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent.id))
    mine = update(AgentSession).where(AgentSession.agent_id == agent.id)
    session.execute(mine.values(second_factor_at=None))
    agent.second_factor_at = None


def _count_failure(factor: SecondFactor) -> int:
    factor.failures += 1
    if factor.failures >= MOST_FAILURES:
        factor.failures, factor.waits_until = 0, clock.now() + WAITS
        return 0
    return MOST_FAILURES - factor.failures


def _refuse_to_wait(factor: SecondFactor) -> None:
    if factor.waits_until is None or factor.waits_until <= clock.now():
        return
    at = format_datetime(factor.waits_until, "H 'h' mm")
    raise Refused(
        "second_factor_waits",
        _l("Cinq codes faux de suite : par prudence, attendez jusqu’à %(at)s avant d’en donner un autre.", at=at),
        Link(str(_l("Revenir à mon compte")), "/compte"),
        status=429,
    )


def _tell(session: Session, agent: Agent, action: str, by: By | None = None) -> None:
    """One line, and a letter: whoever did not do it finds out."""
    now: datetime = clock.now()
    told = {"action": action.partition(".")[2], "name": agent.name}
    post(session, Mail(f"{action}-{agent.id}-{now.isoformat()}", agent.email, "second_factor", told))
    record(session, action, ("agent", agent.id), by=by or By(agent_id=agent.id))


def _refused(code: str, sentence: str) -> Refused:
    return Refused(code, sentence, Link(str(_l("Voir mon second facteur")), PAGE))
