"""Mandates asked, given and taken back: who may commit an organisation, or look after its people."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import mails, policy, queries
from coconstruction.accounts.lines import write_line
from coconstruction.accounts.models import Affiliation, Agent, Mandate, MandateRequest, MandateRole, Scope
from coconstruction.database import insert_once, lock
from coconstruction.errors import NotFound
from coconstruction.notifications.actions import post
from coconstruction.territories.models import Organisation


@dataclass(frozen=True)
class Terms:
    """What a mandate gives. `starts_at` None: now. `ends_at` None: until it is taken back."""

    role: MandateRole = MandateRole.AGENT
    commits: bool = True
    scope: Scope = Scope.EVERYTHING
    scope_id: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    deliberation_number: str = ""
    deliberation_on: date | None = None


REFERENT = Terms(role=MandateRole.REFERENT, commits=False)


def ask_mandate(
    session: Session,
    agent: Agent,
    affiliation_id: int,
    role: MandateRole = MandateRole.AGENT,
    number: str = "",
    on: date | None = None,
) -> Affiliation:
    affiliation = _own(session, agent, affiliation_id)
    if refusal := policy.refusal_to_ask_for_mandate(affiliation):
        raise refusal
    told = {"role": role, "deliberation_number": number, "deliberation_on": on, "asked_at": clock.now()}
    insert_once(session, MandateRequest, affiliation_id=affiliation.id, **told)
    for referent in queries.referents_of(session, affiliation.organisation_id):
        post(session, mails.mandate_asked(affiliation, referent))
    write_line(session, "mandate.asked", affiliation, agent, wished=role)
    return affiliation


def grant_mandate(session: Session, affiliation_id: int, by_agent: Agent, terms: Terms, motive: str) -> Mandate:
    """Beside belonging: the right to commit the organisation, or the care of its people."""
    affiliation = lock(session, Affiliation, affiliation_id)
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if refusal := policy.refusal_to_rule(affiliation, by_agent, authority, motive):
        raise refusal
    if not affiliation.live or affiliation.assisted:  # the State does not give itself a free hand for others
        raise policy.not_proven()
    mandate = give_mandate(session, affiliation, by_agent, terms, motive)
    post(session, mails.mandate_granted(affiliation, mandate))
    write_line(session, "mandate.granted", affiliation, by_agent, motive=motive, mandate=mandate.id, **_told(terms))
    return mandate


def wished_terms(session: Session, affiliation_id: int) -> Terms:
    """What the agent asked for. Raises NotFound when nothing waits."""
    request = session.get(MandateRequest, affiliation_id)
    if request is None:
        raise NotFound
    role = MandateRole(request.role)
    return Terms(
        role=role,
        commits=role is not MandateRole.REFERENT,
        deliberation_number=request.deliberation_number,
        deliberation_on=request.deliberation_on,
    )


def refuse_mandate(session: Session, affiliation_id: int, by_agent: Agent, motive: str) -> Affiliation:
    affiliation = lock(session, Affiliation, affiliation_id)
    request = session.get(MandateRequest, affiliation_id)
    if request is None:
        raise NotFound
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if refusal := policy.refusal_to_rule(affiliation, by_agent, authority, motive):
        raise refusal
    post(session, mails.mandate_refused(affiliation, request.asked_at, motive))
    session.delete(request)
    write_line(session, "mandate.refused", affiliation, by_agent, motive=motive)
    return affiliation


def end_mandate(session: Session, mandate_id: int, by_agent: Agent, motive: str) -> Mandate:
    """By its holder, a référent or a curator."""
    found = session.get(Mandate, mandate_id)
    if found is None:
        raise NotFound
    affiliation = lock(session, Affiliation, found.affiliation_id)
    mandate = lock(session, Mandate, mandate_id)
    own = affiliation.agent_id == by_agent.id
    authority = queries.authority_over(session, by_agent, affiliation.organisation_id)
    if not own and (refusal := policy.refusal_to_rule(affiliation, by_agent, authority, motive)):
        raise refusal
    if mandate.ended_at is not None:
        return mandate
    if mandate.role == MandateRole.REFERENT:
        refuse_the_last_referent(session, affiliation)
    _end(mandate, by_agent, motive)
    if not own:
        post(session, mails.mandate_ended(affiliation, mandate))
    write_line(session, "mandate.ended", affiliation, by_agent, motive=motive, mandate=mandate.id)
    return mandate


def become_referent(session: Session, agent: Agent, affiliation_id: int) -> Mandate:
    """The first one of an organisation. Its official addresses are told, so that a usurper is found out."""
    affiliation = _own(session, agent, affiliation_id)
    lock(session, Organisation, affiliation.organisation_id)
    present = bool(queries.named_referents(session, affiliation.organisation_id))
    if refusal := policy.refusal_to_become_referent(affiliation, has_referent=present):
        raise refusal
    mandate = give_mandate(session, affiliation, agent, REFERENT, "")
    for mail in mails.referent_named(affiliation, queries.official_contacts(session, affiliation.organisation_id)):
        post(session, mail)
    write_line(session, "mandate.granted", affiliation, agent, mandate=mandate.id, **_told(REFERENT))
    return mandate


def hand_over(session: Session, agent: Agent, affiliation_id: int, to_affiliation_id: int) -> Mandate:
    """A référent names a colleague and steps down, both or neither."""
    affiliation = _own(session, agent, affiliation_id)
    if not affiliation.is_referent:
        raise policy.not_in_charge()
    mandate = grant_mandate(session, to_affiliation_id, agent, REFERENT, "")
    if mandate.affiliation.organisation_id != affiliation.organisation_id:
        raise NotFound
    for each in affiliation.mandates_in_force:
        if each.role == MandateRole.REFERENT:
            end_mandate(session, each.id, agent, "")
    return mandate


def give_mandate(session: Session, affiliation: Affiliation, by_agent: Agent, terms: Terms, motive: str) -> Mandate:
    """Whoever calls has decided that it may be given, and holds the affiliation."""
    now = clock.now()
    starts_at = terms.starts_at or now
    if terms.ends_at is not None and terms.ends_at <= max(now, starts_at):
        raise policy.mandate_over()
    same = [each for each in affiliation.mandates if each.ended_at is None and _gives(each, terms)]
    if any(each.ends_at is None or each.ends_at > max(now, starts_at) for each in same):
        raise policy.mandate_held()
    mandate = Mandate(
        role=terms.role,
        commits=terms.commits,
        scope=terms.scope,
        scope_id=terms.scope_id,
        starts_at=starts_at,
        ends_at=terms.ends_at,
        granted_at=now,
        granted_by_id=by_agent.id,
        motive=motive,
        deliberation_number=terms.deliberation_number,
        deliberation_on=terms.deliberation_on,
    )
    affiliation.mandates.append(mandate)
    session.flush()
    session.execute(delete(MandateRequest).where(MandateRequest.affiliation_id == affiliation.id))
    return mandate


def end_mandates(session: Session, affiliation: Affiliation, by_agent: Agent, because: str) -> None:
    """All of them, with the affiliation they rest on; and what was asked for."""
    for mandate in affiliation.mandates:
        if mandate.ended_at is None:
            _end(mandate, by_agent, because)
    session.execute(delete(MandateRequest).where(MandateRequest.affiliation_id == affiliation.id))


def refuse_the_last_referent(session: Session, affiliation: Affiliation) -> None:
    """An organisation that had a référent keeps one, and one who can act as long as there is one. It is held, so that
    two do not leave at once."""
    lock(session, Organisation, affiliation.organisation_id)
    named = queries.named_referents(session, affiliation.organisation_id)
    acting = [each for each in named if each.is_referent]
    if [each.id for each in acting or named] == [affiliation.id]:
        raise policy.last_referent()


def _own(session: Session, agent: Agent, affiliation_id: int) -> Affiliation:
    """Somebody else's affiliation does not exist."""
    affiliation = lock(session, Affiliation, affiliation_id)
    if affiliation.agent_id != agent.id:
        raise NotFound
    return affiliation


def _end(mandate: Mandate, by_agent: Agent, because: str) -> None:
    mandate.ended_at, mandate.ended_by_id, mandate.ended_because = clock.now(), by_agent.id, because


def _gives(mandate: Mandate, terms: Terms) -> bool:
    wanted = (terms.role, terms.commits, terms.scope, terms.scope_id)
    return (mandate.role, mandate.commits, mandate.scope, mandate.scope_id) == wanted


def _told(terms: Terms) -> dict[str, object]:
    return {"mandate_role": terms.role, "commits": terms.commits, "scope": terms.scope, "scope_id": terms.scope_id}
