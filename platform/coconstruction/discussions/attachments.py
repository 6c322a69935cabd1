"""Pieces joined to a message: known by what they hold, kept in the database, given back to be saved only."""

import hashlib
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePosixPath

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.documents import LONGEST_NAME, Upload
from coconstruction.accounts.documents import media_type as simple_type
from coconstruction.accounts.models import Agent
from coconstruction.discussions.models import Attachment, Message
from coconstruction.errors import Refused
from coconstruction.web.uploads import LARGEST_DOCUMENT

MOST = 3
ODT = "application/vnd.oasis.opendocument.text"
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", ODT: ".odt"}
# An ODT is an archive whose first piece, not compressed, says so.
ODT_STARTS = b"mimetype" + ODT.encode()
ODT_PLACE = 30
MACROS = ("Basic/", "Scripts/")


def refusal_of(uploads: Sequence[Upload]) -> Refused | None:
    if len(uploads) > MOST:
        return Refused("too_many_documents", _l("Trois pièces au plus par message."), status=422)
    if sum(len(each.content) for each in uploads) > LARGEST_DOCUMENT:
        return Refused("document_too_large", _l("Ces pièces sont trop lourdes : cinq mégaoctets en tout."), status=422)
    if any(media_type(each.content) is None for each in uploads):
        return Refused(
            "document_kind",
            _l("Seuls un PDF, un texte ODT sans macro, une image PNG ou JPEG peuvent être joints."),
            status=422,
        )
    return None


def media_type(content: bytes) -> str | None:
    return simple_type(content) or (ODT if _is_odt(content) else None)


def keep(session: Session, message: Message, by_agent: Agent, uploads: Sequence[Upload]) -> None:
    if refusal := refusal_of(uploads):
        raise refusal
    for each in uploads:
        kind = str(media_type(each.content))
        piece = Attachment(
            message_id=message.id,
            name=safe_name(each.name, kind),
            media_type=kind,
            size=len(each.content),
            digest=hashlib.sha256(each.content).hexdigest(),
            content=each.content,
            added_by_id=by_agent.id,
            added_at=clock.now(),
        )
        session.add(piece)
    session.flush()


def throw_away(session: Session, message: Message) -> None:
    session.execute(delete(Attachment).where(Attachment.message_id == message.id))


def safe_name(typed: str, kind: str) -> str:
    """Its ending is what it is: saved under this name, it opens as nothing else."""
    name = PurePosixPath(typed.replace("\\", "/")).name
    ending = ENDINGS[kind]
    stem = name if name.startswith(".") else PurePosixPath(name).stem
    return (stem.strip(". ")[: LONGEST_NAME - len(ending)] or "document") + ending


def _is_odt(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04") or not content.startswith(ODT_STARTS, ODT_PLACE):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return "content.xml" in names and not any(name.startswith(MACROS) for name in names)
