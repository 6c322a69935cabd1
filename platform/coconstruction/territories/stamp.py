"""One import at a time, and how processes learn that what they built from the referential is stale."""

import secrets

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import insert_once, lock
from coconstruction.territories.models import LoadedReferential


def locked_state(session: Session) -> LoadedReferential:
    """Two imports at once would each see what the other has not yet written."""
    blank = {"version": "", "vintage": "", "digest": "", "stamp": "", "imported_at": clock.now()}
    insert_once(session, LoadedReferential, id=1, **blank)
    return lock(session, LoadedReferential, 1)


def touch(session: Session, state: LoadedReferential) -> None:
    state.stamp, state.imported_at = secrets.token_hex(16), clock.now()
    session.flush()
