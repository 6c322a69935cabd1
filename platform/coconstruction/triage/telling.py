"""Letters of what was decided, once the ten minutes to take it back are over: one a person for a whole batch."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coconstruction import clock
from coconstruction.coalitions.mails import concerned
from coconstruction.database import lock
from coconstruction.notifications.actions import Mail, post
from coconstruction.triage.models import Batch, Decision
from coconstruction.triage.policy import UNDO_WITHIN
from coconstruction.triage.wording import answer_sentence


def tell(session: Session, batch_id: int) -> None:
    batch = lock(session, Batch, batch_id)
    if batch.told_at is not None or batch.undone_at is not None or clock.now() <= batch.at + UNDO_WITHIN:
        return
    batch.told_at = clock.now()
    chosen = select(Decision).where(Decision.batch_id == batch.id).order_by(Decision.need_id)
    decisions = session.scalars(chosen.options(joinedload(Decision.need), joinedload(Decision.solution))).all()
    people = concerned(session, [each.need_id for each in decisions])
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for decision in decisions:
        for email in people[decision.need_id]:
            lines[email].append(_line(decision))
    for email, told in lines.items():
        post(session, Mail(f"decisions-{batch.id}", email, "decisions", {"decisions": told}))


def _line(decision: Decision) -> dict[str, Any]:
    return {
        "title": decision.need.title,
        "path": decision.need.path,
        "answer": answer_sentence(decision),
        "motive": decision.motive,
        "kind": decision.kind,
        "number": decision.need_id,
    }
