"""One code, sent by everyone who saw it at the same instant, serves once."""

from collections import Counter
from datetime import timedelta

import pyotp
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent, AgentSession
from coconstruction.accounts.second_factor import begin, confirm, of, opened
from coconstruction.database import transaction
from coconstruction.settings import Settings
from tests import cast
from tests.concurrency.crowd import PROCESSES, Act, rush

CLAIRE = "claire@crowd.example"
VERIFY = "/compte/second-facteur/verification"


def stage(app: Flask, settings: Settings) -> tuple[list[str], str, str]:
    """The keys of sessions that have given no code, the code of the next half-minute, a recovery code."""
    with app.app_context(), transaction() as session:
        claire = cast.agent(session, CLAIRE, curator=True)
        begin(session, claire, settings.secret_key)
        factor = of(session, claire.id)
        assert factor is not None
        phone = pyotp.TOTP(opened(factor, settings.secret_key))
        made = confirm(session, claire, settings.secret_key, phone.at(clock.now()))
        keys = [cast.session_key(session, CLAIRE, second_factor=False) for _ in range(PROCESSES)]
        return keys, phone.at(clock.now() + timedelta(seconds=30)), made.codes[0]


def verified(session: Session) -> int:
    mine = AgentSession.agent_id == select(Agent.id).where(Agent.email == CLAIRE).scalar_subquery()
    proven = select(func.count()).select_from(AgentSession).where(mine, AgentSession.second_factor_at.is_not(None))
    return session.scalar(proven) or 0


def test_a_code_of_the_phone_sent_four_times_at_once_serves_once(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    keys, code, _recovery = stage(app, worker_settings)
    answers = rush(worker_settings, [Act(key, VERIFY, {"code": code}) for key in keys])
    assert Counter(answers) == {303: PROCESSES}  # right or wrong, one is sent on to a page that says which
    assert verified(session) == 1


def test_a_recovery_code_sent_four_times_at_once_serves_once(
    app: Flask, worker_settings: Settings, session: Session
) -> None:
    keys, _code, recovery = stage(app, worker_settings)
    rush(worker_settings, [Act(key, VERIFY, {"code": recovery}) for key in keys])
    assert verified(session) == 1
