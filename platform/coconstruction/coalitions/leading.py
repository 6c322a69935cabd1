"""Handing a coalition over: the one that leads offers it to another member, which consents or not."""

from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import queries as accounts
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions import policy, queries
from coconstruction.coalitions.models import LeadOffer, MemberRole, Membership
from coconstruction.journal import record
from coconstruction.needs.actions import held
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail, post


def offer_lead(session: Session, acting: Affiliation, need_id: int, organisation_id: int) -> LeadOffer:
    """Another offer replaces one that waits."""
    need = held(session, acting, need_id)
    lead = queries.lead_of(session, need.id)
    to = queries.membership_of(session, need.id, organisation_id)
    if refusal := policy.refusal_to_offer_lead(need, acting, lead):
        raise refusal
    if to is None or to is lead:
        raise policy.not_another_member(need)
    offer = queries.lead_offer(session, need.id) or LeadOffer(need_id=need.id)
    offer.membership_id, offer.affiliation_id, offer.at = to.id, acting.id, clock.now()
    session.add(offer)
    session.flush()
    told = {"title": need.title, "path": need.path, "organisation": acting.organisation.name}
    for tie in accounts.people_of(session, organisation_id):
        if tie.live:
            key = f"lead-{need.id}-{to.id}-{offer.at.isoformat()}"
            post(session, Mail(key, tie.agent.email, "lead_offered", told))
    payload = {"to": organisation_id}
    record(session, "coalition.lead_offered", ("need", need.id), by=acting, payload=payload)
    return offer


def answer_lead(session: Session, acting: Affiliation, need_id: int, *, accepts: bool) -> Need:
    """By the member it was offered to; whoever offered it may only take it back."""
    need = held(session, acting, need_id)
    offer = queries.lead_offer(session, need.id)
    lead = queries.lead_of(session, need.id)
    if offer is None:
        raise policy.no_offer(need)
    if refusal := policy.refusal_to_answer_lead(need, acting, offer, lead, accepts=accepts):
        raise refusal
    if accepts:
        _swap(session, lead, offer.membership)
    session.delete(offer)
    session.flush()
    news = "coalition.lead_handed_over" if accepts else "coalition.lead_declined"
    record(session, news, ("need", need.id), by=acting, payload={"to": offer.membership.organisation_id})
    return need


def _swap(session: Session, lead: Membership | None, heir: Membership) -> None:
    if lead is not None:
        lead.role = MemberRole.CO_PORTEUR
        session.flush()  # one at a time leads, even between two statements
    heir.role = MemberRole.PORTEUR
