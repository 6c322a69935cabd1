"""A member asks others to join: one letter per organisation and need, refusable for good (docs/decisions/0022)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.keys import digest, new_key
from coconstruction.accounts.models import Affiliation
from coconstruction.accounts.queries import addresses
from coconstruction.coalitions.queries import membership_of
from coconstruction.database import insert_once, lock
from coconstruction.journal import SYSTEM, Actor, By, record
from coconstruction.needs.actions import held
from coconstruction.needs.models import Need
from coconstruction.notifications.actions import Mail, post
from coconstruction.outreach import policy, queries
from coconstruction.outreach.models import JoinInvitation, NoInvitation
from coconstruction.outreach.queries import Hurdle
from coconstruction.territories.models import Organisation


@dataclass(frozen=True)
class Sent:
    """To whom a letter leaves; to whom none does, and why."""

    invited: Sequence[Organisation]
    left_out: Mapping[int, Hurdle]


def invite(session: Session, acting: Affiliation, need_id: int, organisation_ids: Sequence[int], word: str) -> Sent:
    """`word`: a few lines of one's own, which only the letter carries."""
    # Held in the order of their numbers, so that the letters counted for each are all of them.
    bodies = {key: lock(session, Organisation, key) for key in sorted({*organisation_ids, acting.organisation_id})}
    wanted = [bodies[key] for key in dict.fromkeys(organisation_ids)]
    need = held(session, acting, need_id)
    member = membership_of(session, need.id, acting.organisation_id) is not None
    if refusal := policy.refusal_to_invite(need, acting, member=member):
        raise refusal
    left_out = queries.hurdles(session, need, wanted)
    invited = [each for each in wanted if each.id not in left_out]
    sent = queries.written_since_a_day(session, acting.organisation_id)
    if invited and (refusal := policy.refusal_to_write_more(sent, len(invited))):
        raise refusal
    reached = addresses(session, [each.id for each in invited])
    for body in invited:
        _write(session, acting, need, body, reached[body.id], word)
    if invited:
        payload = {"organisations": [each.id for each in invited]}
        record(session, "coalition.invited", ("need", need.id), by=acting, payload=payload)
    return Sent(invited, left_out)


def refuse_by_letter(session: Session, token: str, *, refuses: bool) -> JoinInvitation:
    """By whoever reads the organisation's mail: no account is needed."""
    invitation = queries.by_token(session, token)
    if invitation is None:
        raise policy.nothing_to_answer()
    _set(session, invitation.organisation_id, SYSTEM, refuses=refuses)
    return invitation


def refuse_all(session: Session, acting: Affiliation, *, refuses: bool) -> None:
    _set(session, acting.organisation_id, acting, refuses=refuses)


def _write(
    session: Session, acting: Affiliation, need: Need, body: Organisation, reached: Sequence[str], word: str
) -> None:
    token = new_key()
    session.add(
        JoinInvitation(
            need_id=need.id,
            organisation_id=body.id,
            affiliation_id=acting.id,
            at=clock.now(),
            token_hash=digest(token),
        )
    )
    session.flush()
    told = {
        "organisation": body.name,
        "by": acting.organisation.name,
        "title": need.title,
        "word": word,
        "path": f"/rejoindre/{token}",
    }
    for address in reached:
        post(session, Mail(f"join-{need.id}-{body.id}", address, "join_invitation", told))


def _set(session: Session, organisation_id: int, by: Actor | By, *, refuses: bool) -> None:
    lock(session, Organisation, organisation_id)
    if refuses:
        changed = insert_once(session, NoInvitation, organisation_id=organisation_id, at=clock.now())
    else:
        gone = delete(NoInvitation).where(NoInvitation.organisation_id == organisation_id)
        changed = session.execute(gone.returning(NoInvitation.organisation_id)).first() is not None
    if changed:
        news = "organisation.refuses_invitations" if refuses else "organisation.takes_invitations"
        record(session, news, ("organisation", organisation_id), by=by)
