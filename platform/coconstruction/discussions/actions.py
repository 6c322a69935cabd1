"""What happens to a message: posted, edited, removed, reported, hidden, restored."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.documents import Upload
from coconstruction.accounts.models import Agent
from coconstruction.database import insert_once, lock
from coconstruction.discussions import attachments, policy, queries
from coconstruction.discussions.mentions import forget_mentions, keep_mentions
from coconstruction.discussions.models import Message, MessageReport
from coconstruction.discussions.voices import Voice
from coconstruction.errors import NotFound
from coconstruction.journal import Actor, By, record
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail, post


@dataclass(frozen=True)
class Words:
    text: str
    uploads: Sequence[Upload] = ()


def say(session: Session, voice: Voice, need_id: int, words: Words, answers_id: int | None = None) -> Message:
    """`answers_id`: the message that begins the thread. A form sent twice gives one message."""
    need = lock(session, Need, need_id)
    first = queries.message(session, need_id, answers_id) if answers_id else None
    _refuse(need, first, voice, session)
    message = Message(
        need_id=need.id,
        answers_id=first.id if first else None,
        affiliation_id=voice.hat.id if voice.hat else None,
        author_id=voice.agent.id,
        text=words.text,
        posted_at=clock.now(),
    )
    if before := queries.sent_before(session, message):
        return before
    session.add(message)
    session.flush()
    attachments.keep(session, message, voice.agent, words.uploads)
    keep_mentions(session, need, message)
    _write(session, "discussion.posted", message, voice.by, answers=message.answers_id)
    return message


def edit(session: Session, voice: Voice, message: Message, text: str) -> Message:
    need, message = _held(session, message)
    if refusal := policy.refusal_to_edit(message, voice):
        raise refusal
    if text != message.text:
        message.text, message.edited_at = text, clock.now()
        session.flush()
        keep_mentions(session, need, message)
        _write(session, "discussion.edited", message, voice.by)
    return message


def remove(session: Session, voice: Voice, message: Message) -> Message:
    """Its words and pieces are gone for good; its place stays, for the answers."""
    _need, message = _held(session, message)
    if refusal := policy.refusal_to_remove(message, voice):
        raise refusal
    message.text, message.removed_at = "", clock.now()
    session.flush()
    attachments.throw_away(session, message)
    forget_mentions(session, message)
    _settle(session, message)
    _write(session, "discussion.removed", message, voice.by)
    return message


def report(session: Session, agent: Agent, message: Message, reason: str) -> None:
    _need, message = _held(session, message)
    if refusal := policy.refusal_to_report(message):
        raise refusal
    if not insert_once(
        session, MessageReport, message_id=message.id, agent_id=agent.id, reason=reason, at=clock.now(), settled_at=None
    ):
        raise policy.already_reported(message)
    _write(session, "discussion.reported", message, By(agent_id=agent.id))


def hide(session: Session, curator: Agent, message: Message, motive: str) -> None:
    need, message = _held(session, message)
    if refusal := policy.refusal_to_hide(message):
        raise refusal
    message.hidden_at, message.hidden_because, message.hidden_by_id = clock.now(), motive, curator.id
    session.flush()
    _settle(session, message)
    _tell_author(session, need, message, "message_hidden", motive)
    _write(session, "discussion.hidden", message, By(agent_id=curator.id), motive=motive)


def restore(session: Session, curator: Agent, message: Message, motive: str) -> None:
    need, message = _held(session, message)
    if refusal := policy.refusal_to_restore(message):
        raise refusal
    message.hidden_at, message.hidden_because, message.hidden_by_id = None, "", None
    session.flush()
    _tell_author(session, need, message, "message_restored", motive)
    _write(session, "discussion.restored", message, By(agent_id=curator.id), motive=motive)


def dismiss_reports(session: Session, curator: Agent, message: Message, motive: str) -> None:
    """The message stays as it is. The motive is for the team."""
    _need, message = _held(session, message)
    if not _settle(session, message):
        raise policy.no_report(message)
    _write(session, "discussion.reports_dismissed", message, By(agent_id=curator.id), motive=motive)


def _refuse(need: Need, first: Message | None, voice: Voice, session: Session) -> None:
    if first is not None and first.answers_id is not None:
        raise NotFound  # threads are one level deep
    if first is None:
        refusal = policy.refusal_to_post(need, voice)
    else:
        refusal = policy.refusal_to_answer(need, first, voice, queries.count_answers(session, first.id))
    if refusal:
        raise refusal


def _held(session: Session, message: Message) -> tuple[Need, Message]:
    need = lock(session, Need, message.need_id)
    return need, lock(session, Message, message.id)


def _settle(session: Session, message: Message) -> bool:
    """Whatever was reported is answered; whether there was anything."""
    waiting = MessageReport.message_id == message.id, MessageReport.settled_at.is_(None)
    settled = update(MessageReport).where(*waiting).values(settled_at=clock.now()).returning(MessageReport.agent_id)
    return bool(session.execute(settled).all())


def _tell_author(session: Session, need: Need, message: Message, template: str, motive: str) -> None:
    """Whoever left for good has no address any more."""
    tie = message.affiliation
    if tie.ended_at is None if tie else message.author.is_curator:
        told = {"title": need.title, "path": message.path, "motive": motive}
        event = f"{template}-{message.id}-{clock.now().isoformat()}"
        post(session, Mail(event, message.author.email, template, told))


def _write(session: Session, action: str, message: Message, by: Actor | By, **told: object) -> None:
    payload = {"message": message.id, **{name: value for name, value in told.items() if value is not None}}
    record(session, action, ("need", message.need_id), by=by, payload=payload)
