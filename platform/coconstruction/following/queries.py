from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.accounts.queries import LIVE
from coconstruction.coalitions.models import Membership
from coconstruction.errors import NotFound
from coconstruction.following.models import Digest, Following, News
from coconstruction.following.policy import BEFORE_A_LETTER, BETWEEN_LETTERS
from coconstruction.needs.models import Need, State, Support, SupportAgent

LATEST, NEWS_A_PAGE, MOST_FOLLOWED = 2, 20, 200


@dataclass(frozen=True)
class Latest:
    news: Sequence[News]
    total: int

    @property
    def last(self) -> int:
        """The number of its last page."""
        return max(1, -(-self.total // NEWS_A_PAGE))


def follows(session: Session, need_id: int, agent_id: int) -> bool:
    """Whether letters tell this person of the need's news."""
    chosen = session.get(Following, (need_id, agent_id))
    if chosen is not None:
        return chosen.wanted
    acted = _acted(Need.id, Need.id == need_id, Affiliation.agent_id == agent_id)
    return session.scalar(union(*acted)) is not None


def readers(session: Session, need_id: int) -> Sequence[Agent]:
    """To whom a letter goes: those who chose to hear of it, and those who acted and did not choose otherwise."""
    acted = _acted(Affiliation.agent_id, Need.id == need_id)
    chosen = select(Following.agent_id).where(Following.need_id == need_id, Following.wanted)
    refused = select(Following.agent_id).where(Following.need_id == need_id, Following.wanted.is_(False))
    keys = union(*acted, chosen).subquery()
    wanted = select(Agent).where(Agent.id.in_(select(keys.c[0])), Agent.id.not_in(refused))
    return session.scalars(wanted.order_by(Agent.id)).all()


def followed_by(session: Session, agent_id: int) -> Sequence[Need]:
    """The latest published first."""
    acted = _acted(Need.id, Affiliation.agent_id == agent_id)
    chosen = select(Following.need_id).where(Following.agent_id == agent_id, Following.wanted)
    refused = select(Following.need_id).where(Following.agent_id == agent_id, Following.wanted.is_(False))
    keys = union(*acted, chosen).subquery()
    wanted = select(Need).options(joinedload(Need.organisation))
    wanted = wanted.where(Need.id.in_(select(keys.c[0])), Need.id.not_in(refused), Need.state != State.DRAFT)
    return session.scalars(wanted.order_by(Need.posted_at.desc(), Need.id).limit(MOST_FOLLOWED)).all()


def page(session: Session, need_id: int, number: int) -> Latest:
    """The latest first; those taken back keep their place."""
    total = session.scalar(select(func.count(News.id)).where(News.need_id == need_id)) or 0
    wanted = _news().where(News.need_id == need_id).order_by(News.id.desc())
    return Latest(session.scalars(wanted.limit(NEWS_A_PAGE).offset((number - 1) * NEWS_A_PAGE)).all(), total)


def latest(session: Session, need_id: int) -> Latest:
    """One statement."""
    wanted = _news().add_columns(func.count().over()).where(News.need_id == need_id, News.removed_at.is_(None))
    rows = session.execute(wanted.order_by(News.id.desc()).limit(LATEST)).all()
    return Latest([news for news, _ in rows], rows[0][1] if rows else 0)


def news(session: Session, need_id: int, news_id: int) -> News:
    """Of this need. Raises NotFound."""
    found = session.scalar(_news().where(News.id == news_id, News.need_id == need_id))
    if found is None:
        raise NotFound
    return found


def untold(session: Session, need_id: int, now: datetime) -> Sequence[News]:
    """Those that no letter has told, the oldest first; none while one of them may still be taken back in peace."""
    up_to = session.scalar(select(Digest.up_to).where(Digest.need_id == need_id)) or 0
    wanted = _news().where(News.need_id == need_id, News.id > up_to, News.removed_at.is_(None))
    found = session.scalars(wanted.order_by(News.id)).all()
    return found if all(each.at <= now - BEFORE_A_LETTER for each in found) else []


def needs_with_news(session: Session, now: datetime) -> Sequence[int]:
    """Of which a letter may be due."""
    wanted = select(News.need_id).outerjoin(Digest, Digest.need_id == News.need_id)
    rested = or_(Digest.need_id.is_(None), and_(News.id > Digest.up_to, Digest.sent_at <= now - BETWEEN_LETTERS))
    ripe = News.at <= now - BEFORE_A_LETTER, News.removed_at.is_(None)
    return session.scalars(wanted.where(rested, *ripe).distinct().order_by(News.need_id)).all()


def next_letter(session: Session, need_id: int, now: datetime) -> datetime:
    """When what is written now will leave, at the earliest."""
    sent_at = session.scalar(select(Digest.sent_at).where(Digest.need_id == need_id))
    rested = sent_at + BETWEEN_LETTERS if sent_at else now
    return max(rested, now + BEFORE_A_LETTER)


def _news() -> Select[News]:
    return select(News).options(joinedload(News.affiliation).joinedload(Affiliation.organisation))


def _acted(key: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> Sequence[Select[int]]:
    """Agents, or needs, of whom the posting, the support or the membership that stands was an act, under a tie that
    stands."""
    wrote = select(key).select_from(Affiliation).join(Need, Need.author_id == Affiliation.id)
    present = and_(Membership.affiliation_id == Affiliation.id, Membership.left_at.is_(None))
    joined = select(key).select_from(Affiliation).join(Membership, present).join(Need, Need.id == Membership.need_id)
    voice = and_(
        SupportAgent.need_id == Support.need_id,
        SupportAgent.organisation_id == Support.organisation_id,
        SupportAgent.agent_id == Affiliation.agent_id,
    )
    said = select(key).select_from(Affiliation).join(Support, Support.organisation_id == Affiliation.organisation_id)
    said = said.join(SupportAgent, voice).join(Need, Need.id == Support.need_id)
    return [each.where(LIVE, *where) for each in (wrote, joined, said)]
