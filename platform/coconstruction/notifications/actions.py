"""Letters are rows written with the act they tell of; the worker carries them (docs/decisions/0003)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import insert_once
from coconstruction.notifications.models import Letter


@dataclass(frozen=True)
class Mail:
    """A letter to write: `event` names the news ("need-12-crossed"), once per recipient."""

    event: str
    recipient: str
    template: str
    context: Mapping[str, Any]


def post(session: Session, mail: Mail) -> bool:
    """Write the letter unless this recipient already has that news."""
    return insert_once(
        session,
        Letter,
        dedup_key=hashlib.sha256(f"{mail.event} {mail.recipient}".encode()).hexdigest(),
        recipient=mail.recipient,
        template=mail.template,
        context=dict(mail.context),
        created_at=clock.now(),
        attempts=0,
        last_error="",
    )
