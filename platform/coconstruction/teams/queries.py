from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.accounts.keys import digest
from coconstruction.errors import NotFound
from coconstruction.teams.models import Invitation


def invitations_of(session: Session, organisation_id: int, at: datetime) -> Sequence[Invitation]:
    """Those that wait for an answer, the oldest first."""
    wanted = select(Invitation).where(Invitation.organisation_id == organisation_id, waiting(at))
    return session.scalars(wanted.order_by(Invitation.id)).all()


def invitation_by_token(session: Session, token: str, at: datetime) -> Invitation | None:
    wanted = select(Invitation).options(joinedload(Invitation.organisation), joinedload(Invitation.invited_by))
    return session.scalar(wanted.where(Invitation.token_hash == digest(token), waiting(at)))


def invitation(session: Session, organisation_id: int, invitation_id: int) -> Invitation:
    """Another organisation's does not exist. Raises NotFound."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound
    return found


def waiting(at: datetime) -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.cancelled_at.is_(None), Invitation.expires_at > at)
