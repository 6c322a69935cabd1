"""The journal's lines about a tie between a person and an organisation: numbers and words of rules, nobody's name."""

from typing import Any

from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.journal import SYSTEM, By, record


def write_line(session: Session, action: str, affiliation: Affiliation, by_agent: Agent | None, **told: Any) -> None:
    session.flush()
    about = {"agent": affiliation.agent_id, "organisation": affiliation.organisation_id}
    state = {"proof": affiliation.proof, "role": affiliation.role}
    by = By(agent_id=by_agent.id) if by_agent else SYSTEM
    record(session, action, ("affiliation", affiliation.id), by=by, payload=about | state | told)
