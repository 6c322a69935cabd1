from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.mails import concerned_agents
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail
from coconstruction.rounds.models import Ballot, Round
from coconstruction.rounds.results import Result
from coconstruction.rounds.wording import moment


def ballot_cast(session: Session, round_: Round, ballot: Ballot, acting: Affiliation) -> Iterator[Mail]:
    """To the organisation's other agents: who cast, and when. What was chosen stays on the page of the ballot."""
    others = (
        select(Agent.email)
        .join(Affiliation, Affiliation.agent_id == Agent.id)
        .where(
            Affiliation.organisation_id == acting.organisation_id,
            Affiliation.proven_at.is_not(None),
            Affiliation.ended_at.is_(None),
            Agent.id != acting.agent_id,
        )
        .order_by(Agent.id)
    )
    context = {
        "title": round_.title,
        "path": f"/tours/{round_.slug}",
        "organisation": acting.organisation.name,
        "agent": acting.agent.name or acting.agent.email,
        "version": ballot.version,
        "at": moment(ballot.cast_at),
        "receipt": ballot.receipt,
    }
    event = f"round-{round_.id}-ballot-{acting.organisation_id}-{ballot.version}"
    for email in session.scalars(others):
        yield Mail(event, email, "ballot_cast", context)


def published(session: Session, round_: Round, result: Result, needs: Mapping[int, Need]) -> Iterator[Mail]:
    """One letter per person, with every need of the round they posted, supported or joined."""
    news: dict[str, list[dict[str, Any]]] = {}
    for verdict in result.verdicts:
        need = needs[verdict.need_id]
        for email in concerned_agents(session, need):
            about = {"title": verdict.title, "path": need.path, "sentence": verdict.sentence}
            news.setdefault(email, []).append(about)
    common = {
        "title": round_.title,
        "path": f"/tours/{round_.slug}",
        "selected": len(result.selected),
        "candidates": len(result.verdicts),
    }
    for email, about_needs in news.items():
        yield Mail(f"round-{round_.id}-published", email, "round_published", {**common, "needs": about_needs})
