"""A référent brings colleagues in: the invitation is the proof, given once to whoever reads that mailbox."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import queries as accounts
from coconstruction.accounts.actions import affiliate
from coconstruction.accounts.keys import digest, new_key
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.models import Affiliation, Agent, Proof, Role
from coconstruction.accounts.policy import put_out_by_team
from coconstruction.accounts.proofs import prove
from coconstruction.accounts.sign_in import agent_at
from coconstruction.database import lock
from coconstruction.journal import record
from coconstruction.notifications.actions import Mail, post
from coconstruction.teams import policy, queries
from coconstruction.teams.models import Invitation
from coconstruction.territories.models import Organisation

LASTS = timedelta(days=14)


def invite(session: Session, acting: Affiliation, email: str, role: Role, function: str) -> Invitation:
    organisation = lock(session, Organisation, acting.organisation_id)  # two clicks make one invitation
    now = clock.now()
    pending = queries.invitations_of(session, organisation.id, now)
    if refusal := policy.refusal_to_invite(acting, len(pending)):
        raise refusal
    if any(each.email == email for each in pending):
        raise policy.already_invited()
    if any(each.agent.email == email and each.live for each in accounts.people_of(session, organisation.id)):
        raise policy.already_a_colleague()
    token = new_key()
    invitation = Invitation(
        token_hash=digest(token),
        organisation_id=organisation.id,
        email=email,
        role=role,
        function=function,
        invited_by_id=acting.id,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(invitation)
    session.flush()
    told = {"organisation": organisation.name, "path": f"/invitations/{token}", "who": acting.agent.name}
    post(session, Mail(f"invitation-{invitation.id}", email, "invitation", told))
    record(session, "invitation.sent", ("organisation", organisation.id), by=acting, payload={"number": invitation.id})
    return invitation


def cancel(session: Session, acting: Affiliation, invitation_id: int) -> None:
    if refusal := policy.refusal_to_invite(acting, 0):
        raise refusal
    invitation = queries.invitation(session, acting.organisation_id, invitation_id)
    held = lock(session, Invitation, invitation.id)
    if held.accepted_at is None and held.cancelled_at is None:
        held.cancelled_at = clock.now()
        about = ("organisation", acting.organisation_id)
        record(session, "invitation.cancelled", about, by=acting, payload={"number": held.id})


def invited(session: Session, token: str) -> Invitation:
    """As it stands, unspent: opening the link costs nothing. Whoever invited must still be a référent."""
    found = queries.invitation_by_token(session, token, clock.now())
    if found is None or not found.invited_by.is_referent:
        raise policy.invitation_spent()
    return found


def accept(session: Session, token: str) -> tuple[Agent, Affiliation]:
    """Spend it, once whoever races for it. A new address becomes an agent."""
    found = invited(session, token)
    inviter = lock(session, Affiliation, found.invited_by_id)
    spending = update(Invitation).where(Invitation.id == found.id, queries.waiting(clock.now()))
    spent = session.execute(spending.values(accepted_at=clock.now()).returning(Invitation.id)).first()
    if spent is None or not inviter.is_referent:
        raise policy.invitation_spent()
    agent = agent_at(session, found.email)
    affiliation = affiliate(session, agent, found.organisation, Role(found.role), found.function)
    if affiliation.put_out_by_team:
        raise put_out_by_team()
    prove(session, affiliation, Proof.REFERENT, evidence="", by_agent=inviter.agent)
    write_line(session, "affiliation.proven", affiliation, agent, invitation=found.id)
    return agent, affiliation
