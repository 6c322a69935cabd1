"""Hearing of a need, telling of it, and agreeing to its new text (docs/decisions/0023)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation
from coconstruction.accounts.queries import addresses
from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import members, membership_of
from coconstruction.database import lock
from coconstruction.discussions.markdown import plain
from coconstruction.errors import NotFound
from coconstruction.following import policy, queries
from coconstruction.following.agreements import astray
from coconstruction.following.models import Agreement, Digest, Following, News
from coconstruction.journal import JournalEntry, record
from coconstruction.needs.actions import held
from coconstruction.needs.models import Need, State
from coconstruction.notifications.actions import Mail, post

LONGEST_EXCERPT = 300


def follow(session: Session, agent_id: int, need_id: int, *, wanted: bool) -> None:
    """A person's own choice: like a draft, it has no line in the journal, which everyone's acts are for."""
    need = session.get(Need, need_id)
    if need is None or need.state == State.DRAFT:
        raise NotFound
    session.merge(Following(need_id=need_id, agent_id=agent_id, wanted=wanted, at=clock.now()))


def tell(session: Session, acting: Affiliation, need_id: int, title: str, text: str) -> News:
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_tell(need, acting, membership_of(session, need.id, acting.organisation_id)):
        raise refusal
    news = News(need_id=need.id, affiliation_id=acting.id, title=title, text=text, at=clock.now())
    session.add(news)
    session.flush()
    record(session, "coalition.told", ("need", need.id), by=acting, payload={"number": news.id})
    return news


def take_back(session: Session, acting: Affiliation, need_id: int, news_id: int) -> News:
    """Its words go; whoever had the letter has them still."""
    held(session, acting, need_id)
    news = queries.news(session, need_id, news_id)
    if refusal := policy.refusal_to_take_back(news, acting):
        raise refusal
    news.removed_at, news.text = clock.now(), ""
    record(session, "coalition.news_taken_back", ("need", need_id), by=acting, payload={"number": news.id})
    return news


def agree(session: Session, acting: Affiliation, need_id: int, version: int) -> None:
    """`version`: the one that was read."""
    need = held(session, acting, need_id)
    membership = membership_of(session, need.id, acting.organisation_id)
    if refusal := policy.refusal_to_agree(need, acting, membership):
        raise refusal
    if membership is None or membership.id not in astray(session, need, [membership]):
        return
    if version != need.version:
        raise policy.text_changed_again(need)
    at = clock.now()
    session.merge(Agreement(membership_id=membership.id, version=version, affiliation_id=acting.id, at=at))
    record(session, "coalition.agreed", ("need", need.id), by=acting, payload={"version": version})


def tell_edits(session: Session, after: int) -> None:
    """Write to the members for whom the text now says something else, of the needs edited beyond that line of the
    journal: once for each text they had agreed to."""
    edited = select(JournalEntry.subject_id).where(JournalEntry.seq > after, JournalEntry.action == "need.edited")
    for need in session.scalars(select(Need).where(Need.id.in_(edited)).order_by(Need.id)).all():
        there = members(session, need.id)
        agreed = astray(session, need, there)
        reached = addresses(session, [each.organisation_id for each in there if each.id in agreed])
        for membership in there:
            if membership.id in agreed:
                _tell_member(session, need, membership, agreed[membership.id].number, reached)


def send_digest(session: Session, need_id: int, now: datetime) -> None:
    """One letter tells all the news that no letter has told."""
    need = lock(session, Need, need_id)
    digest = session.get(Digest, need_id)
    untold = queries.untold(session, need_id, now)
    if not untold or (digest and digest.sent_at > now - policy.BETWEEN_LETTERS):
        return
    told = {
        "title": need.title,
        "path": f"/besoins/{need_id}/nouvelles",
        "news": [_excerpt(each) for each in untold],
    }
    for agent in queries.readers(session, need_id):
        stop = {"need": need_id, "agent": agent.id}
        post(session, Mail(f"news-{untold[-1].id}", agent.email, "coalition_news", {**told, "stop": stop}))
    session.merge(Digest(need_id=need_id, up_to=untold[-1].id, sent_at=now))


def _tell_member(
    session: Session, need: Need, membership: Membership, agreed: int, reached: Mapping[int, Sequence[str]]
) -> None:
    told = {"title": need.title, "organisation": membership.organisation.name, "path": f"/besoins/{need.id}/accord"}
    for address in reached.get(membership.organisation_id, ()):
        post(session, Mail(f"edited-{membership.id}-{agreed}", address, "need_changed", told))


def _excerpt(news: News) -> dict[str, str]:
    text = plain(news.text, {})
    short = text if len(text) <= LONGEST_EXCERPT else text[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"
    return {"title": news.title, "by": news.affiliation.organisation.name, "text": short}
