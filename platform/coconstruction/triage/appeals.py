"""The bearer asks that another curator look again; another curator answers, and the answer is public."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.mails import concerned_agents
from coconstruction.database import insert_once, lock
from coconstruction.journal import By, record
from coconstruction.needs.actions import held
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail, post
from coconstruction.triage import policy, queries
from coconstruction.triage.actions import restore
from coconstruction.triage.models import Appeal


def appeal(session: Session, acting: Affiliation, need_id: int, text: str) -> Need:
    need = held(session, acting, need_id)
    decision = queries.standing(session, [need.id]).get(need.id)
    former = queries.appeal_of(session, decision.id) if decision else None
    if refusal := policy.refusal_to_appeal(need, acting, decision, former, clock.now()):
        raise refusal
    if decision is not None:
        values = {"affiliation_id": acting.id, "text": text, "at": clock.now(), "motive": ""}
        insert_once(session, Appeal, decision_id=decision.id, **values)
        record(session, "need.appealed", ("need", need.id), by=acting, payload={"decision": decision.id})
    return need


def answer(session: Session, curator: Agent, decision_id: int, motive: str, *, upheld: bool) -> Need:
    """`upheld`: the appeal is; the need is again where the decision found it."""
    asked = lock(session, Appeal, decision_id)
    need = lock(session, Need, asked.decision.need_id)
    if refusal := policy.refusal_to_answer_appeal(asked, curator.id):
        raise refusal
    asked.answered_at, asked.curator_id, asked.upheld, asked.motive = clock.now(), curator.id, upheld, motive
    if upheld and need.state == asked.decision.new_state:
        restore(need, asked.decision)
    for mail in _letters(need, asked, concerned_agents(session, need)):
        post(session, mail)
    action = "need.appeal_upheld" if upheld else "need.appeal_rejected"
    record(session, action, ("need", need.id), by=By(agent_id=curator.id), payload={"motive": motive})
    return need


def _letters(need: Need, asked: Appeal, recipients: Iterable[str]) -> Iterable[Mail]:
    context = {"title": need.title, "path": need.path, "motive": asked.motive, "upheld": asked.upheld}
    for email in recipients:
        yield Mail(f"appeal-{asked.decision_id}", email, "appeal_answered", context)
