from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.models import Membership
from coconstruction.needs.models import Need, SupportAgent
from coconstruction.needs.queries import counted_in
from coconstruction.notifications.actions import Mail


def concerned_agents(session: Session, need: Need) -> Iterator[str]:
    """Addresses of the author, of the agents who engaged an organisation, and of those who clicked a support; on the
    needs that it groups too."""
    concerned = or_(
        Agent.id.in_(select(Affiliation.agent_id).where(Affiliation.id == need.author_id)),
        Agent.id.in_(
            select(Affiliation.agent_id)
            .join(Membership, Membership.affiliation_id == Affiliation.id)
            .join(Membership.need)
            .where(counted_in(need.id, Membership), Membership.left_at.is_(None))
        ),
        Agent.id.in_(
            select(SupportAgent.agent_id)
            .join(Need, Need.id == SupportAgent.need_id)
            .where(counted_in(need.id, SupportAgent))
        ),
    )
    yield from session.scalars(select(Agent.email).where(concerned).order_by(Agent.id))


def crossed(session: Session, need: Need, number: int) -> Iterator[Mail]:
    """`number`: of the crossing; the first one is most often the only one."""
    context = {
        "title": need.title,
        "path": need.path,
        "members": need.members_count,
        "inhabitants": need.covered_population,
    }
    for email in concerned_agents(session, need):
        yield Mail(f"need-{need.id}-crossed-{number}", email, "threshold_crossed", context)
