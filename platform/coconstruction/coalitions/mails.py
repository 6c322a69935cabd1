from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions.models import Membership
from coconstruction.needs.models import Need, SupportAgent
from coconstruction.needs.queries import stepped_out
from coconstruction.notifications.actions import Mail


def concerned_agents(session: Session, need: Need) -> Sequence[str]:
    return concerned(session, [need.id])[need.id]


def concerned(session: Session, need_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """By need, the addresses of its author, of the agents who engaged an organisation, and of those who clicked a
    support; on the needs that it groups too. One statement."""
    engaged = select(Membership.need_id, Affiliation.agent_id).join(Membership.need)
    engaged = engaged.join(Affiliation, Affiliation.id == Membership.affiliation_id).where(Membership.left_at.is_(None))
    clicked = select(SupportAgent.need_id, SupportAgent.agent_id).join(Need, Need.id == SupportAgent.need_id)
    own, grouped = Need.id.in_(need_ids), Need.common_id.in_(need_ids)
    people = union(
        select(Need.id, Affiliation.agent_id).join(Need.author).where(own),
        engaged.where(own),
        clicked.where(own),
        engaged.with_only_columns(Need.common_id, Affiliation.agent_id).where(grouped, ~stepped_out(Membership)),
        clicked.with_only_columns(Need.common_id, SupportAgent.agent_id).where(grouped, ~stepped_out(SupportAgent)),
    ).subquery()
    need_id, agent_id = people.c
    found: dict[int, list[str]] = defaultdict(list)
    for key, email in session.execute(
        select(need_id, Agent.email).join(Agent, Agent.id == agent_id).order_by(Agent.id)
    ):
        found[key].append(email)
    return found


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
