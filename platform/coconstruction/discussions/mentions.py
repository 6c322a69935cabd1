"""Organisations named in a message are linked to, and their agents written to: once a message, rarely."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import insert_once
from coconstruction.discussions import policy, queries
from coconstruction.discussions.markdown import mentioned
from coconstruction.discussions.models import Message, MessageMention
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail, post
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import organisations_coded

# An organisation hears of a discussion once a day at most; a person's messages reach so many organisations a day.
QUIET = timedelta(days=1)
MOST_TOLD_A_DAY = 20


def keep_mentions(session: Session, need: Need, message: Message) -> None:
    """As the text now names them. Those named already are not told again."""
    codes = mentioned(message.text)
    if len(codes) > policy.MOST_MENTIONS:
        raise policy.too_many_mentions(need)
    named = organisations_coded(session, codes)
    stale = MessageMention.message_id == message.id, MessageMention.organisation_id.not_in([each.id for each in named])
    session.execute(delete(MessageMention).where(*stale))
    to_tell = {each.id for each in _to_tell(session, message, named)}
    for each in named:
        told_at = clock.now() if each.id in to_tell else None
        fresh = insert_once(session, MessageMention, message_id=message.id, organisation_id=each.id, told_at=told_at)
        if fresh and told_at:
            _tell(session, need, message, each)


def forget_mentions(session: Session, message: Message) -> None:
    session.execute(delete(MessageMention).where(MessageMention.message_id == message.id))


def _to_tell(session: Session, message: Message, named: Sequence[Organisation]) -> Sequence[Organisation]:
    since = clock.now() - QUIET
    lately = queries.told_lately(session, message.need_id, [each.id for each in named], since)
    left = max(0, MOST_TOLD_A_DAY - queries.told_by(session, message.author_id, since))
    return [each for each in named if each.id not in lately][:left]


def _tell(session: Session, need: Need, message: Message, organisation: Organisation) -> None:
    by = message.organisation.name if message.organisation else ""
    told = {"organisation": organisation.name, "by": by, "title": need.title, "path": message.path}
    for address in queries.addresses_at(session, organisation.id, message.author_id):
        post(session, Mail(f"message-{message.id}-mention", address, "mentioned", told))
