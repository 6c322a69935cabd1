"""Pieces added to a request: kept in the database, seen only by those who decide and by whoever added them."""

import hashlib
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent, Document
from coconstruction.errors import Refused
from coconstruction.web.uploads import LARGEST_DOCUMENT

LONGEST_NAME = 120
# By what the file begins with: its name and what the browser says of it are whatever the sender wants.
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
MOST_AT_ONCE = 5


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


def refusal_of(upload: Upload) -> Refused | None:
    if len(upload.content) > LARGEST_DOCUMENT:
        return Refused("document_too_large", _l("Ce fichier est trop lourd : cinq mégaoctets au plus."), status=422)
    if media_type(upload.content) is None:
        return Refused("document_kind", _l("Ce fichier n’est ni un PDF, ni une image PNG ou JPEG."), status=422)
    return None


def media_type(content: bytes) -> str | None:
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), None)


def keep(session: Session, affiliation: Affiliation, by_agent: Agent, upload: Upload) -> Document:
    """Whoever calls holds the affiliation."""
    if refusal := refusal_of(upload):
        raise refusal
    document = Document(
        affiliation_id=affiliation.id,
        name=upload.name[:LONGEST_NAME] or "document",
        media_type=media_type(upload.content),
        size=len(upload.content),
        digest=hashlib.sha256(upload.content).hexdigest(),
        content=upload.content,
        added_by_id=by_agent.id,
        added_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document
