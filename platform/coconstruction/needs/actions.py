"""What happens to a need: drafted, posted, edited, withdrawn, reopened, supported."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.models import Affiliation
from coconstruction.database import insert_once, lock
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.journal import last_payload, record
from coconstruction.needs import policy, queries
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need, NeedVersion, State, Support, SupportAgent
from coconstruction.territories.models import Organisation

SAME_FORM = timedelta(minutes=10)


def save_draft(
    session: Session, acting: Affiliation, need_id: int | None, content: NeedContent, seen: str | None = None
) -> Need:
    """Keep what is typed. Nothing is published and no line is written in the journal: a draft has no state yet.
    `seen`: `saved_mark` of the draft as it was opened; a colleague may have saved another text since."""
    if need_id is None:
        need = _new_draft(acting)
        session.add(need)
    else:
        need = _own_draft(session, acting, need_id)
        if seen and seen != need.saved_mark and content != NeedContent.of(need):
            raise _edited_meanwhile(need)
    content.write_to(need)
    need.state_at = clock.now()
    session.flush()
    return need


def discard_draft(session: Session, acting: Affiliation, need_id: int) -> None:
    """A draft was never public: it may be thrown away."""
    session.delete(_own_draft(session, acting, need_id))


def post(
    session: Session, acting: Affiliation, need_id: int | None, content: NeedContent, seen: str | None = None
) -> Need:
    """Publish a draft, or what was typed without one. The bearer's own voice is counted: it has this need.
    A form sent twice gives one need."""
    if refusal := policy.refusal_to_contribute(acting):
        raise refusal
    if need_id is None and (first := _sent_before(session, acting, content)):
        return first
    need = save_draft(session, acting, need_id, content, seen)
    need.state, need.posted_at, need.state_at = State.OPEN, clock.now(), clock.now()
    keep_version(session, need, acting)
    if may(acting.organisation.kind, "support"):
        add_voice(session, need, acting)
    record(session, "need.posted", ("need", need.id), by=acting, payload={"title": need.title})
    return need


def edit(session: Session, acting: Affiliation, need_id: int, content: NeedContent, expected_version: int) -> Need:
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_edit(need, acting):
        raise refusal
    if need.version != expected_version:
        raise _edited_meanwhile(need)
    if content != NeedContent.of(need):
        content.write_to(need)
        keep_version(session, need, acting)
        record(session, "need.edited", ("need", need.id), by=acting, payload={"version": need.version})
    return need


def withdraw(session: Session, acting: Affiliation, need_id: int, motive: str) -> Need:
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_withdraw(need, acting):
        raise refusal
    payload = {"motive": motive, "state": need.state}
    _move(need, State.WITHDRAWN)
    record(session, "need.withdrawn", ("need", need.id), by=acting, payload=payload)
    return need


def reopen(session: Session, acting: Affiliation, need_id: int) -> Need:
    """Undo a withdrawal: the need is again in the state it left, which the journal tells."""
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_reopen(need, acting):
        raise refusal
    withdrawn = last_payload(session, "need.withdrawn", ("need", need.id))
    _move(need, State(withdrawn["state"]))
    record(session, "need.reopened", ("need", need.id), by=acting)
    return need


def support(session: Session, acting: Affiliation, need_id: int) -> Need:
    """One voice for the organisation, however many of its agents click."""
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_support(need, acting):
        raise refusal
    if add_voice(session, need, acting):
        record(session, "need.supported", ("need", need.id), by=acting)
    elif _add_agent(session, need, acting):
        record(session, "need.support_seconded", ("need", need.id), by=acting)
    return need


def unsupport(session: Session, acting: Affiliation, need_id: int) -> Need:
    need = held(session, acting, need_id)
    if refusal := policy.refusal_to_unsupport(need, acting):
        raise refusal
    mine = (need.id, acting.organisation_id)
    if voice := session.get(Support, mine):
        agents = SupportAgent.need_id == mine[0], SupportAgent.organisation_id == mine[1]
        session.execute(delete(SupportAgent).where(*agents))
        session.delete(voice)
        count_voices(session, need)
        record(session, "need.unsupported", ("need", need.id), by=acting)
    return need


def add_voice(session: Session, need: Need, acting: Affiliation) -> bool:
    """Count the organisation's voice unless it is counted already. The need must be locked."""
    session.flush()
    key = {"need_id": need.id, "organisation_id": acting.organisation_id}
    if not insert_once(session, Support, **key, at=clock.now()):
        return False
    count_voices(session, need)
    return _add_agent(session, need, acting)


def count_voices(session: Session, need: Need) -> None:
    session.flush()
    need.supports_count = queries.voices(session, need.id)


def held(session: Session, acting: Affiliation, need_id: int) -> Need:
    """The need, locked. Somebody else's draft does not exist."""
    need = lock(session, Need, need_id)
    if not policy.visible_to(need, acting):
        raise NotFound
    return need


def _add_agent(session: Session, need: Need, acting: Affiliation) -> bool:
    key = {"need_id": need.id, "organisation_id": acting.organisation_id, "agent_id": acting.agent_id}
    return insert_once(session, SupportAgent, **key, at=clock.now())


def _sent_before(session: Session, acting: Affiliation, content: NeedContent) -> Need | None:
    """The need that the same form made a moment ago. A draft that saved itself on the way to its posting is dropped."""
    lock(session, Organisation, acting.organisation_id)
    lately = Need.created_at > clock.now() - SAME_FORM
    wanted = select(Need).where(Need.author_id == acting.id, Need.title == content.title, lately)
    for need in session.scalars(wanted.order_by(Need.id)).all():
        if need.state == State.DRAFT:
            session.delete(need)
        elif need.state == State.OPEN and NeedContent.of(need) == content:
            return need
    return None


def _new_draft(acting: Affiliation) -> Need:
    return Need(
        state=State.DRAFT,
        organisation_id=acting.organisation_id,
        departement_code=acting.organisation.departement_code,
        author_id=acting.id,
        created_at=clock.now(),
        state_at=clock.now(),
        version=0,
        supports_count=0,
        members_count=0,
        covered_population=0,
    )


def _own_draft(session: Session, acting: Affiliation, need_id: int) -> Need:
    need = lock(session, Need, need_id)
    if not policy.owns(need, acting):
        raise NotFound
    if need.state != State.DRAFT:
        raise Refused(
            "already_posted", _l("Ce besoin est déjà publié."), Link(str(_l("Voir le besoin publié")), need.path)
        )
    return need


def keep_version(session: Session, need: Need, acting: Affiliation) -> None:
    need.version += 1
    content = NeedContent.of(need).as_json()
    session.flush()
    session.add(NeedVersion(need_id=need.id, number=need.version, content=content, author_id=acting.id, at=clock.now()))


def _move(need: Need, state: State) -> None:
    need.state, need.state_at = state, clock.now()


def _edited_meanwhile(need: Need) -> Refused:
    return Refused(
        "edited_meanwhile",
        _l(
            "Un autre agent a modifié ce besoin pendant que vous écriviez. "
            "Relisez sa version avant d’enregistrer la vôtre."
        ),
        Link(str(_l("Voir la version enregistrée")), need.path),
    )
