"""An organisation joins a need, changes its place or what it puts in common, commits for good, or leaves. What follows
for the threshold happens in the same transaction (`crossing.py`)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.documents import Upload, media_type
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions import policy, queries
from coconstruction.coalitions.crossing import Change, settle
from coconstruction.coalitions.ledger import PledgeEvent, Stage
from coconstruction.coalitions.models import Cause, Deliberation, MemberRole, Membership, Pledge
from coconstruction.errors import NotFound
from coconstruction.journal import record
from coconstruction.needs import actions as needs
from coconstruction.needs.actions import add_voice, held
from coconstruction.needs.models import Need


@dataclass(frozen=True)
class Offer:
    """One thing put in common. `amount` as in `Pledge`: cents, days, or 1; `condition` as in `conditions.py`."""

    kind: str
    amount: int
    note: str = ""
    condition: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Decision:
    """Of the organisation's assembly, which commits it."""

    number: str
    taken_on: date
    document: Upload | None = None


def join(session: Session, acting: Affiliation, need_id: int, role: str, offers: Sequence[Offer]) -> Membership:
    """Join, or change role and offers when already a member. Joining says one has the need: the voice is counted."""
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_join(need, acting):
        raise refusal
    membership, news = _membership(session, need, acting, role)
    if _change_offers(session, membership, acting, offers) and news is None:
        news = "coalition.pledges_changed"
    if may(acting.organisation.kind, "support") and add_voice(session, need, acting) and news is None:
        news = "need.supported"
    if news is not None:
        membership.affiliation_id = acting.id
        payload = {"role": role, "offers": [asdict(each) for each in offers]}
        record(session, news, ("need", need.id), by=acting, payload=payload)
    settle(session, need, Change(Cause.MEMBER, membership))
    return membership


def engage(session: Session, acting: Affiliation, need_id: int, decision: Decision) -> Membership:
    """From intention to firm commitment; what is pledged so far is confirmed by it. Said again, it confirms what was
    pledged since, under the new deliberation."""
    need = held(session, acting, need_id)
    membership = _own(session, need, acting)
    membership.firm_at = clock.now()
    membership.deliberation_number, membership.deliberation_on = decision.number, decision.taken_on
    membership.affiliation_id = acting.id
    if decision.document is not None:
        _keep_document(session, membership, acting, decision.document)
    confirmed = _confirm(session, membership, acting)
    told = {"deliberation": decision.number, "on": decision.taken_on.isoformat(), "pledges": confirmed}
    record(session, "coalition.committed", ("need", need.id), by=acting, payload=told)
    return membership


def honour(session: Session, acting: Affiliation, need_id: int, pledge_id: int) -> Pledge:
    """What was promised has been given. Said by who promised it; nothing undoes it."""
    need = held(session, acting, need_id)
    membership = queries.membership_of(session, need.id, acting.organisation_id)
    if membership is None:
        raise policy.not_a_member(need)
    member = queries.member_of(session, membership)
    pledge = next((each for each in member.pledges if each.id == pledge_id), None)
    if pledge is None:
        raise NotFound
    if refusal := policy.refusal_to_honour(need, acting, member.stages[pledge.id]):
        raise refusal
    _write(session, pledge, PledgeEvent.HONOURED, acting)
    record(session, "coalition.pledge_honoured", ("need", need.id), by=acting, payload={"pledge": pledge.id})
    return pledge


def unsupport(session: Session, acting: Affiliation, need_id: int) -> Need:
    """A member's voice goes with its membership: whoever joined has the need."""
    need = held(session, acting, need_id)
    if queries.membership_of(session, need.id, acting.organisation_id) is not None:
        raise policy.still_a_member(need)
    return needs.unsupport(session, acting, need.id)


def leave(session: Session, acting: Affiliation, need_id: int) -> Need:
    need = held(session, acting, need_id)
    membership = _own(session, need, acting)
    offer = queries.lead_offer(session, need.id)
    if offer is not None and (membership.leads or offer.membership_id == membership.id):
        session.delete(offer)
    membership.left_at, membership.firm_at = clock.now(), None
    membership.deliberation_number, membership.deliberation_on = "", None
    session.flush()
    record(session, "coalition.left", ("need", need.id), by=acting)
    settle(session, need, Change(Cause.MEMBER))
    return need


def _own(session: Session, need: Need, acting: Affiliation) -> Membership:
    if refusal := policy.refusal_to_join(need, acting):
        raise refusal
    membership = queries.membership_of(session, need.id, acting.organisation_id)
    if membership is None:
        raise policy.not_a_member(need)
    return membership


def _membership(session: Session, need: Need, acting: Affiliation, role: str) -> tuple[Membership, str | None]:
    """The membership, and what is new about it."""
    mine = Membership.need_id == need.id, Membership.organisation_id == acting.organisation_id
    known = session.scalar(select(Membership).where(*mine))
    lead = queries.lead_of(session, need.id)
    if role == MemberRole.PORTEUR and lead is not None and lead is not known:
        raise policy.already_led(need, lead)
    if known is not None and known.left_at is None:
        news = None if known.role == role else "coalition.role_changed"
        known.role = role
        return known, news
    membership = known or Membership(need_id=need.id, organisation_id=acting.organisation_id)
    membership.left_at, membership.joined_at = None, clock.now()
    membership.role, membership.affiliation_id = role, acting.id
    session.add(membership)
    session.flush()
    return membership, "coalition.joined"


def _change_offers(session: Session, membership: Membership, acting: Affiliation, offers: Sequence[Offer]) -> bool:
    """Withdraw what is no longer offered, declare what is new; what stays, and what is honoured, is left alone."""
    member = queries.member_of(session, membership)
    standing = [each for each in member.pledges if member.stages[each.id] is not Stage.HONOURED]
    wanted = list(offers)
    for pledge in list(standing):
        same = Offer(pledge.kind, pledge.amount, pledge.note, pledge.condition)
        if same in wanted:
            wanted.remove(same)
            standing.remove(pledge)
    for gone in standing:
        _write(session, gone, PledgeEvent.WITHDRAWN, acting)
    common = {"membership_id": membership.id, "affiliation_id": acting.id, "at": clock.now()}
    for new in wanted:
        session.add(Pledge(**common, **asdict(new), event=PledgeEvent.DECLARED))
    session.flush()
    return bool(standing or wanted)


def _confirm(session: Session, membership: Membership, acting: Affiliation) -> list[int]:
    """The numbers of the pledges that were not confirmed yet."""
    events = select(Pledge.about_id).where(Pledge.membership_id == membership.id, Pledge.event == PledgeEvent.CONFIRMED)
    already = set(session.scalars(events))
    member = queries.member_of(session, membership)
    fresh = [each for each in member.pledges if each.id not in already and member.stages[each.id] is not Stage.HONOURED]
    for each in fresh:
        _write(session, each, PledgeEvent.CONFIRMED, acting)
    return [each.id for each in fresh]


def _write(session: Session, pledge: Pledge, event: PledgeEvent, acting: Affiliation) -> None:
    session.add(
        Pledge(
            membership_id=pledge.membership_id,
            kind=pledge.kind,
            amount=pledge.amount,
            note=pledge.note,
            event=event,
            about_id=pledge.id,
            affiliation_id=acting.id,
            at=clock.now(),
        )
    )
    session.flush()


def _keep_document(session: Session, membership: Membership, acting: Affiliation, upload: Upload) -> None:
    kept = session.get(Deliberation, membership.id) or Deliberation(membership_id=membership.id)
    kept.name, kept.media_type = upload.name[:120] or "document", media_type(upload.content) or ""
    kept.content, kept.digest = upload.content, hashlib.sha256(upload.content).hexdigest()
    kept.added_by_id, kept.added_at = acting.agent_id, clock.now()
    session.add(kept)
