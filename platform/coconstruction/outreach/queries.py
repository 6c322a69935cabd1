from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from coconstruction.accounts.eligibility import may
from coconstruction.accounts.keys import digest
from coconstruction.accounts.models import Affiliation
from coconstruction.accounts.queries import addresses
from coconstruction.coalitions.models import Membership
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need, Support
from coconstruction.outreach.models import JoinInvitation, NoInvitation
from coconstruction.outreach.policy import MOST_A_WEEK, since_a_day, since_a_week
from coconstruction.territories.models import Organisation


class Hurdle(StrEnum):
    """Why no letter leaves for an organisation."""

    MEMBER = "member"
    INVITED = "invited"
    NO_RIGHT = "no_right"
    WANTS_NONE = "wants_none"
    OFTEN_ASKED = "often_asked"
    NO_ADDRESS = "no_address"


def hurdles(session: Session, need: Need, bodies: Sequence[Organisation]) -> Mapping[int, Hurdle]:
    """By organisation, the first that it meets; those that may be written to are left out. Six statements, whatever
    their number."""
    ids = [each.id for each in bodies]
    here = Membership.organisation_id.in_(ids), Membership.need_id == need.id, Membership.left_at.is_(None)
    asked = select(JoinInvitation.organisation_id).where(JoinInvitation.organisation_id.in_(ids))
    lately = asked.where(JoinInvitation.at > since_a_week()).group_by(JoinInvitation.organisation_id)
    refusing = select(NoInvitation.organisation_id).where(NoInvitation.organisation_id.in_(ids))
    met = {
        Hurdle.MEMBER: set(session.scalars(select(Membership.organisation_id).where(*here))),
        Hurdle.INVITED: set(session.scalars(asked.where(JoinInvitation.need_id == need.id))),
        Hurdle.NO_RIGHT: {each.id for each in bodies if not each.active or not may(each.kind, "join")},
        Hurdle.WANTS_NONE: set(session.scalars(refusing)),
        Hurdle.OFTEN_ASKED: set(session.scalars(lately.having(func.count() >= MOST_A_WEEK))),
        Hurdle.NO_ADDRESS: set(ids) - addresses(session, ids).keys(),
    }
    return {key: hurdle for hurdle, those in reversed(met.items()) for key in those}


def written_since_a_day(session: Session, organisation_id: int) -> int:
    """Letters that an organisation has sent."""
    mine = select(func.count()).select_from(JoinInvitation).join(JoinInvitation.affiliation)
    wanted = mine.where(Affiliation.organisation_id == organisation_id, JoinInvitation.at > since_a_day())
    return session.scalar(wanted) or 0


def invitations_to(session: Session, need_id: int) -> Sequence[JoinInvitation]:
    """The latest first."""
    wanted = select(JoinInvitation).options(joinedload(JoinInvitation.organisation))
    wanted = wanted.where(JoinInvitation.need_id == need_id)
    return session.scalars(wanted.order_by(JoinInvitation.at.desc(), JoinInvitation.organisation_id)).all()


def waiting_for(session: Session, organisation_id: int, limit: int = 50) -> Sequence[JoinInvitation]:
    """Those to which an organisation could still say yes, the latest first."""
    joined = select(Membership.need_id).where(
        Membership.organisation_id == organisation_id, Membership.left_at.is_(None)
    )
    wanted = (
        select(JoinInvitation)
        .join(JoinInvitation.need)
        .options(
            joinedload(JoinInvitation.need),
            joinedload(JoinInvitation.affiliation).joinedload(Affiliation.organisation),
        )
        .where(
            JoinInvitation.organisation_id == organisation_id,
            JoinInvitation.need_id.not_in(joined),
            Need.state.in_(TAKES_ORGANISATIONS),
        )
    )
    return session.scalars(wanted.order_by(JoinInvitation.at.desc(), JoinInvitation.need_id).limit(limit)).all()


def wants_none(session: Session, organisation_id: int) -> bool:
    return session.get(NoInvitation, organisation_id) is not None


def by_token(session: Session, token: str) -> JoinInvitation | None:
    return session.scalar(select(JoinInvitation).where(JoinInvitation.token_hash == digest(token)))


def supporters_outside(session: Session, need: Need, limit: int) -> Sequence[Organisation]:
    """That support the need without having joined: those of the same région first, then the most populated."""
    inside = select(Membership.organisation_id).where(Membership.need_id == need.id, Membership.left_at.is_(None))
    away = case((Organisation.region_code == need.organisation.region_code, 0), else_=1)
    wanted = select(Organisation).join(Support, Support.organisation_id == Organisation.id)
    wanted = wanted.where(Support.need_id == need.id, Organisation.id.not_in(inside))
    return session.scalars(wanted.order_by(away, Organisation.population.desc(), Organisation.id).limit(limit)).all()
