"""To which version of a need each member has committed itself."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coconstruction.coalitions.models import Membership
from coconstruction.following.models import Agreement
from coconstruction.needs.changes import is_material
from coconstruction.needs.models import Need, NeedVersion


def versions_of(session: Session, need_id: int) -> Sequence[NeedVersion]:
    """The oldest first."""
    wanted = select(NeedVersion).options(joinedload(NeedVersion.author)).where(NeedVersion.need_id == need_id)
    return session.scalars(wanted.order_by(NeedVersion.number)).all()


def agreed(membership: Membership, versions: Sequence[NeedVersion], confirmed: int) -> NeedVersion:
    """The latest that it wrote itself, joined on, deliberated on, or confirmed (`confirmed`, 0 without)."""
    last_act = max(membership.joined_at, membership.firm_at or membership.joined_at)
    own = membership.organisation_id
    known = [
        each
        for each in versions
        if each.number <= confirmed or each.at <= last_act or each.author.organisation_id == own
    ]
    return known[-1] if known else versions[0]


def astray(session: Session, need: Need, memberships: Sequence[Membership]) -> Mapping[int, NeedVersion]:
    """By number of membership, the version agreed to by those for whom the text now says something else. Two
    statements, none for a need that never changed."""
    memberships = [each for each in memberships if each.need_id == need.id]  # others agreed to a need that it groups
    if need.version < 2 or not memberships:
        return {}
    versions = versions_of(session, need.id)
    keys = [each.id for each in memberships]
    rows = session.scalars(select(Agreement).where(Agreement.membership_id.in_(keys)))
    confirmed = {each.membership_id: each.version for each in rows}
    told = {each.number: is_material(each.content, versions[-1].content) for each in versions}
    held = {each.id: agreed(each, versions, confirmed.get(each.id, 0)) for each in memberships}
    return {key: version for key, version in held.items() if told[version.number]}
