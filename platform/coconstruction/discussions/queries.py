from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import Select, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from coconstruction.accounts.models import Affiliation, Agent, Proof
from coconstruction.accounts.queries import LIVE
from coconstruction.discussions.markdown import Names, plain, render
from coconstruction.discussions.models import Attachment, Message, MessageMention, MessageReport
from coconstruction.errors import NotFound
from coconstruction.territories.models import Organisation

THREADS_A_PAGE = 10
LATEST = 3
EXCERPT = 280
SAME_FORM = timedelta(minutes=10)
MOST_REPORTED = 100


@dataclass(frozen=True)
class Said:
    """A message with what it takes to show it."""

    message: Message
    names: Names
    attachments: Sequence[Attachment] = ()

    def html(self, top: int) -> Markup:
        return render(self.message.text, self.names, top)

    @property
    def excerpt(self) -> str:
        words = plain(self.message.text, self.names)
        return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class Thread:
    first: Said
    answers: Sequence[Said]


@dataclass(frozen=True)
class Page:
    threads: Sequence[Thread]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // THREADS_A_PAGE))


@dataclass(frozen=True)
class Latest:
    """The newest threads in a few words, each with its number of answers."""

    threads: Sequence[tuple[Said, int]]
    total: int


@dataclass(frozen=True)
class Reported:
    message: Message
    reports: int
    since: datetime


def page(session: Session, need_id: int, number: int) -> Page:
    """The oldest first, so that a message stays on its page for good. Four statements."""
    firsts = select(Message.id).where(Message.need_id == need_id, Message.answers_id.is_(None))
    total = session.scalar(select(func.count()).select_from(firsts.subquery())) or 0
    here = firsts.order_by(Message.id).limit(THREADS_A_PAGE).offset((number - 1) * THREADS_A_PAGE).subquery()
    keys = select(here.c.id)
    wanted = _messages().where(or_(Message.id.in_(keys), Message.answers_id.in_(keys))).order_by(Message.id)
    said = _said(session, session.scalars(wanted).all())
    threads = [Thread(each, _answers(said, each)) for each in said if each.message.answers_id is None]
    return Page(threads, total, number)


def thread(session: Session, need_id: int, first_id: int) -> Thread:
    """Raises NotFound."""
    wanted = _messages().where(Message.need_id == need_id, or_(Message.id == first_id, Message.answers_id == first_id))
    said = _said(session, session.scalars(wanted.order_by(Message.id)).all())
    if not said or said[0].message.answers_id is not None:
        raise NotFound
    return Thread(said[0], said[1:])


def page_of(session: Session, need_id: int, message_id: int) -> int:
    """On which page it is. Raises NotFound."""
    found = message(session, need_id, message_id)
    before = Message.need_id == need_id, Message.answers_id.is_(None), Message.id < (found.answers_id or found.id)
    return (session.scalar(select(func.count(Message.id)).where(*before)) or 0) // THREADS_A_PAGE + 1


def latest(session: Session, need_id: int) -> Latest:
    """Two statements. What was removed or hidden is counted nowhere."""
    answer = aliased(Message)
    shown = answer.removed_at.is_(None), answer.hidden_at.is_(None)
    answers = select(func.count(answer.id)).where(answer.answers_id == Message.id, *shown).scalar_subquery()
    wanted = (
        _messages()
        .add_columns(answers, func.count().over())
        .where(Message.need_id == need_id, Message.answers_id.is_(None))
        .where(Message.removed_at.is_(None), Message.hidden_at.is_(None))
        .order_by(Message.id.desc())
        .limit(LATEST)
    )
    rows = session.execute(wanted).all()
    names = _names(session, [row[0].id for row in rows])
    threads = [(Said(message, names.get(message.id, {})), count) for message, count, _ in rows]
    return Latest(threads, rows[0][2] if rows else 0)


def message(session: Session, need_id: int, message_id: int) -> Message:
    """Of this need. Raises NotFound."""
    found = session.scalar(_messages().where(Message.id == message_id, Message.need_id == need_id))
    if found is None:
        raise NotFound
    return found


def said(session: Session, message_id: int) -> Said:
    """Whatever became of it, for the team. Raises NotFound."""
    found = session.scalar(_messages().options(joinedload(Message.need)).where(Message.id == message_id))
    if found is None:
        raise NotFound
    return _said(session, [found])[0]


def said_of(session: Session, message: Message) -> Said:
    return _said(session, [message])[0]


def attachment(session: Session, need_id: int, attachment_id: int) -> Attachment:
    """With its message. Raises NotFound."""
    wanted = select(Attachment).join(Attachment.message).options(joinedload(Attachment.message))
    found = session.scalar(wanted.where(Attachment.id == attachment_id, Message.need_id == need_id))
    if found is None:
        raise NotFound
    return found


def count_answers(session: Session, first_id: int) -> int:
    return session.scalar(select(func.count(Message.id)).where(Message.answers_id == first_id)) or 0


def sent_before(session: Session, like: Message) -> Message | None:
    """The same words in the same place by the same person a moment ago: a form sent twice."""
    same = (
        Message.need_id == like.need_id,
        Message.author_id == like.author_id,
        Message.affiliation_id.is_not_distinct_from(like.affiliation_id),
        Message.answers_id.is_not_distinct_from(like.answers_id),
        Message.text == like.text,
        Message.removed_at.is_(None),
        Message.posted_at > like.posted_at - SAME_FORM,
    )
    return session.scalar(select(Message).where(*same).limit(1))


def told_lately(session: Session, need_id: int, organisation_ids: Collection[int], since: datetime) -> set[int]:
    """Which of them were written to about this discussion."""
    wanted = select(MessageMention.organisation_id).join(Message, Message.id == MessageMention.message_id)
    here = Message.need_id == need_id, MessageMention.organisation_id.in_(organisation_ids)
    return set(session.scalars(wanted.where(*here, MessageMention.told_at > since)))


def told_by(session: Session, agent_id: int, since: datetime) -> int:
    """How many organisations this person's messages caused to be written to."""
    wanted = select(func.count(distinct(MessageMention.organisation_id)))
    mine = wanted.join(Message, Message.id == MessageMention.message_id).where(Message.author_id == agent_id)
    return session.scalar(mine.where(MessageMention.told_at > since)) or 0


def addresses_at(session: Session, organisation_id: int, but_agent_id: int) -> Sequence[str]:
    """Of everyone who acts for the organisation."""
    here = Affiliation.organisation_id == organisation_id, LIVE, Affiliation.proof != Proof.ASSISTED
    wanted = select(Agent.email).join(Affiliation, Affiliation.agent_id == Agent.id)
    return session.scalars(wanted.where(*here, Agent.id != but_agent_id).order_by(Agent.id)).all()


def reports_on(session: Session, message_id: int) -> Sequence[MessageReport]:
    """Those that wait for an answer, the oldest first."""
    waiting = MessageReport.message_id == message_id, MessageReport.settled_at.is_(None)
    return session.scalars(select(MessageReport).where(*waiting).order_by(MessageReport.at)).all()


def reported(session: Session) -> Sequence[Reported]:
    """What waits for the team, the oldest first."""
    waiting = (
        select(MessageReport.message_id, func.count().label("reports"), func.min(MessageReport.at).label("since"))
        .where(MessageReport.settled_at.is_(None))
        .group_by(MessageReport.message_id)
        .order_by(func.min(MessageReport.at))
        .limit(MOST_REPORTED)
        .subquery()
    )
    wanted = _messages().options(joinedload(Message.need)).add_columns(waiting.c.reports, waiting.c.since)
    rows = session.execute(wanted.join(waiting, waiting.c.message_id == Message.id).order_by(waiting.c.since))
    return [Reported(*row) for row in rows]


def _messages() -> Select[Message]:
    return select(Message).options(joinedload(Message.affiliation).joinedload(Affiliation.organisation))


def _said(session: Session, messages: Sequence[Message]) -> list[Said]:
    keys = [each.id for each in messages]
    names, pieces = _names(session, keys), _attachments(session, keys)
    return [Said(each, names.get(each.id, {}), pieces.get(each.id, ())) for each in messages]


def _answers(said: Sequence[Said], first: Said) -> list[Said]:
    return [each for each in said if each.message.answers_id == first.message.id]


def _names(session: Session, message_ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    wanted = select(MessageMention.message_id, Organisation.code, Organisation.name).join(MessageMention.organisation)
    names: dict[int, dict[str, str]] = {}
    for key, code, name in session.execute(wanted.where(MessageMention.message_id.in_(message_ids))):
        names.setdefault(key, {})[code] = name
    return names


def _attachments(session: Session, message_ids: Sequence[int]) -> Mapping[int, list[Attachment]]:
    pieces: dict[int, list[Attachment]] = {}
    wanted = select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.id)
    for each in session.scalars(wanted):
        pieces.setdefault(each.message_id, []).append(each)
    return pieces
