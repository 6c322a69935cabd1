"""An organisation joins a need, changes what it puts in common, or leaves. Reaching the threshold happens here,
in the transaction of the join that reached it, with the need locked: once, whoever joins at the same instant."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions import mails, policy, queries
from coconstruction.coalitions.models import Crossing, Membership, Pledge, PledgeEvent
from coconstruction.coalitions.thresholds import evaluate
from coconstruction.database import insert_once
from coconstruction.errors import Link, Refused
from coconstruction.journal import SYSTEM, record
from coconstruction.needs import actions as needs
from coconstruction.needs.actions import add_voice, held
from coconstruction.needs.models import Need, State
from coconstruction.notifications.actions import post


@dataclass(frozen=True)
class Offer:
    """One thing put in common. `amount` as in `Pledge`: cents, days, or 1."""

    kind: str
    amount: int
    note: str = ""


def join(session: Session, acting: Affiliation, need_id: int, role: str, offers: Sequence[Offer]) -> Membership:
    """Join, or change role and offers when already a member. Joining says one has the need: the voice is counted."""
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_join(need, acting):
        raise refusal
    membership, news = _membership(session, need, acting, role)
    if _change_offers(session, membership, acting, offers) and news is None:
        news = "coalition.pledges_changed"
    _recount(session, need)
    if may(acting.organisation.kind, "support") and add_voice(session, need, acting) and news is None:
        news = "need.supported"
    if news is not None:
        membership.affiliation_id = acting.id
        payload = {"role": role, "offers": [asdict(each) for each in offers]}
        record(session, news, ("need", need.id), by=acting, payload=payload)
    cross_if_reached(session, need, membership)
    return membership


def unsupport(session: Session, acting: Affiliation, need_id: int) -> Need:
    """A member's voice goes with its membership: whoever joined has the need."""
    need = held(session, acting, need_id)
    if queries.membership_of(session, need.id, acting.organisation_id) is not None:
        raise policy.still_a_member(need)
    return needs.unsupport(session, acting, need.id)


def leave(session: Session, acting: Affiliation, need_id: int) -> Need:
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_join(need, acting):
        raise refusal
    membership = queries.membership_of(session, need.id, acting.organisation_id)
    if membership is None:
        raise Refused(
            "not_a_member",
            _l("Votre collectivité ne fait pas partie de cette coalition."),
            Link(str(_l("Voir le besoin")), need.path),
        )
    membership.left_at = clock.now()
    session.flush()
    _recount(session, need)
    record(session, "coalition.left", ("need", need.id), by=acting)
    return need


def _membership(session: Session, need: Need, acting: Affiliation, role: str) -> tuple[Membership, str | None]:
    """The membership, and what is new about it."""
    mine = Membership.need_id == need.id, Membership.organisation_id == acting.organisation_id
    known = session.scalar(select(Membership).where(*mine))
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
    """Withdraw what is no longer offered, declare what is new; what stays is left alone."""
    standing = list(queries.pledges_of(session, membership.id))
    wanted = list(offers)
    for pledge in list(standing):
        same = Offer(pledge.kind, pledge.amount, pledge.note)
        if same in wanted:
            wanted.remove(same)
            standing.remove(pledge)
    common = {"membership_id": membership.id, "affiliation_id": acting.id, "at": clock.now()}
    for gone in standing:
        line = {"kind": gone.kind, "amount": gone.amount, "note": gone.note}
        session.add(Pledge(**common, **line, event=PledgeEvent.WITHDRAWN, withdraws_id=gone.id))
    for new in wanted:
        session.add(Pledge(**common, **asdict(new), event=PledgeEvent.DECLARED))
    session.flush()
    return bool(standing or wanted)


def _recount(session: Session, need: Need) -> None:
    ids = [each.organisation_id for each in queries.members(session, need.id)]
    need.members_count = len(ids)
    need.covered_population = queries.coverage_of(session, ids).population
    session.flush()


def cross_if_reached(session: Session, need: Need, membership: Membership | None) -> bool:
    """Whether the line was crossed now, for the first time; `membership` is whose arrival did it, if one’s did."""
    version, rule = queries.rule_in_force(session)
    organisations = [each.organisation for each in queries.members(session, need.id)]
    cents = queries.pledged_cents(session, need.id)
    reached = queries.figures(session, need, organisations, cents, need.covered_population)
    if not evaluate(rule, reached).met:
        return False
    by = membership.id if membership else None
    facts = {"rule_version": version, "figures": asdict(reached)}
    if not insert_once(session, Crossing, need_id=need.id, membership_id=by, at=clock.now(), **facts):
        return False  # it fell back below the line, then returned: that news was told once
    if need.state == State.OPEN:
        need.state, need.state_at = State.QUALIFIED, clock.now()
    for mail in mails.crossed(session, need):
        post(session, mail)
    record(session, "need.crossed", ("need", need.id), by=SYSTEM, payload={**facts, "membership_id": by})
    return True
