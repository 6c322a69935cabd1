"""A round is prepared by curators, frozen by its first ballot, counted once its publication date has come."""

import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import lock, refused_when_taken
from coconstruction.errors import Link, NotFound, Refused, edited_meanwhile
from coconstruction.journal import SYSTEM, By, record
from coconstruction.needs.models import Need, State
from coconstruction.notifications.actions import post
from coconstruction.rounds import documents, mails, queries, refusals
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.counting.greedy import lot_order, sha256
from coconstruction.rounds.models import Ballot, BallotVersion, Candidate, Round, RoundPhase, RoundResult
from coconstruction.rounds.receipts import receipt, setup_hash
from coconstruction.rounds.results import Result
from coconstruction.rounds.snapshots import snapshot
from coconstruction.web.paths import slug

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class RoundContent:
    """What a round says of itself before its first ballot. `envelope` in cents."""

    title: str
    envelope: int
    seed: str
    rule: str


def create_round(session: Session, curator: Agent, content: RoundContent, calendar: Calendar) -> Round:
    if refusal := refusals.refusal_to_create(calendar, clock.now()):
        raise refusal
    address = slug(content.title)
    round_ = Round(slug=address, **asdict(content), created_at=clock.now(), setup_hash="")
    with refused_when_taken(session, lambda: _name_taken(address)):
        session.add(round_)
    _write_calendar(session, round_, calendar)
    payload = {"slug": address, **asdict(content), "calendar": as_json(calendar)}
    record(session, "round.created", ("round", round_.id), by=By(agent_id=curator.id), payload=payload)
    return round_


def edit_round(session: Session, curator: Agent, round_id: int, content: RoundContent, seen: str | None) -> Round:
    """Its address stays the one it was created with. `seen`: `content_mark` of the round as the page showed it."""
    round_ = lock(session, Round, round_id)
    if refusal := refusals.refusal_to_edit(round_, queries.calendar_of(session, round_.id), clock.now()):
        raise refusal
    before = asdict(_content(round_))
    if before == asdict(content):
        return round_
    if seen != content_mark(round_):
        raise edited_meanwhile(f"/curation/tours/{round_.id}/modification")
    for name, value in asdict(content).items():
        setattr(round_, name, value)
    _draw_lots(session, round_)
    payload = {"before": before, "after": asdict(content)}
    record(session, "round.edited", ("round", round_.id), by=By(agent_id=curator.id), payload=payload)
    return round_


def move_calendar(session: Session, curator: Agent, round_id: int, calendar: Calendar, seen: str | None) -> Round:
    """Dates may change late, in the open: one line with before and after, shown on the page of the round. `seen`:
    `calendar_mark` of the dates as the page showed them."""
    round_ = lock(session, Round, round_id)
    before = queries.calendar_of(session, round_.id)
    if before != calendar and seen != calendar_mark(before):
        raise edited_meanwhile(f"/curation/tours/{round_.id}/calendrier")
    if refusal := refusals.refusal_to_move(round_, before, calendar, clock.now()):
        raise refusal
    _move(session, round_, calendar, By(agent_id=curator.id))
    return round_


def set_demonstration_clock(session: Session, round_id: int, phase: Phase) -> Round:
    """Make `phase` begin a minute ago, in whole minutes. A published result stays published."""
    round_ = lock(session, Round, round_id)
    if refusal := refusals.refusal_to_turn_back(round_, phase, published=queries.has_result(session, round_.id)):
        raise refusal
    begins = clock.now().replace(second=0, microsecond=0) - A_MINUTE  # whole minutes, as the form of the dates has them
    _move(session, round_, queries.calendar_of(session, round_.id).beginning(phase, begins), SYSTEM)
    return round_


def enter_candidate(session: Session, curator: Agent, round_id: int, need_id: int, price: int) -> Candidate:
    """Roll a shortlisted need in. `price` in cents."""
    round_ = lock(session, Round, round_id)
    need = lock(session, Need, need_id)
    if refusal := refusals.refusal_to_enter(round_, queries.calendar_of(session, round_.id), need, clock.now()):
        raise refusal
    candidate = _candidate(session, round_, need, price)
    need.state, need.state_at = State.IN_ROUND, clock.now()
    payload = {"round": round_.slug, "price": price, "snapshot_hash": candidate.snapshot_hash}
    record(session, "need.in_round", ("need", need.id), by=By(agent_id=curator.id), payload=payload)
    return candidate


def change_price(session: Session, curator: Agent, round_id: int, candidate_id: int, price: int) -> Candidate:
    round_ = lock(session, Round, round_id)
    if refusal := refusals.refusal_to_edit(round_, queries.calendar_of(session, round_.id), clock.now()):
        raise refusal
    candidate = session.get(Candidate, candidate_id)
    if candidate is None or candidate.round_id != round_.id:
        raise NotFound
    if candidate.price != price:
        payload = {"need": candidate.need_id, "before": candidate.price, "after": price}
        candidate.price = price
        record(session, "round.price_changed", ("round", round_.id), by=By(agent_id=curator.id), payload=payload)
    return candidate


def cast_ballot(
    session: Session, round_id: int, acting: Affiliation, choices: Collection[int], expected_version: int
) -> Ballot:
    """Deposit or replace the organisation's ballot. The clock is read with the round locked: a ballot that waited
    for the lock past the close is refused. The journal keeps the receipt only: what was chosen is sealed."""
    round_ = lock(session, Round, round_id)
    at = clock.now()
    if refusal := refusals.refusal_to_vote(round_, queries.calendar_of(session, round_.id), acting, at):
        raise refusal
    if refusal := refusals.refusal_of_choices(round_, queries.candidate_ids(session, round_.id), choices):
        raise refusal
    chosen = sorted(set(choices))
    current = queries.ballot_of(session, round_.id, acting.organisation_id)
    if current is not None and current.choices == chosen and expected_version in (current.version, current.version - 1):
        return current  # sent twice, or nothing changed
    if refusal := refusals.refusal_to_replace(round_, current, expected_version):
        raise refusal
    _freeze(session, round_, at)
    ballot = _keep(session, round_, current, acting, chosen, at)
    for mail in mails.ballot_cast(session, round_, ballot, acting):
        post(session, mail)
    payload = {"version": ballot.version, "receipt": ballot.receipt}
    record(session, "ballot.cast", ("round", round_.id), by=acting, payload=payload)
    return ballot


def content_mark(round_: Round) -> str:
    """Changes with anything that `edit_round` changes."""
    return sha256(asdict(_content(round_)))


def calendar_mark(calendar: Calendar) -> str:
    return sha256(as_json(calendar))


def as_json(calendar: Calendar) -> dict[str, str]:
    return {phase.value: start.isoformat() for phase, start in calendar.starts.items()}


def _name_taken(address: str) -> Refused:
    return Refused(
        "round_exists",
        _l("Un tour porte déjà ce nom : choisissez-en un autre."),
        Link(str(_l("Voir ce tour")), f"/tours/{address}"),
    )


def _content(round_: Round) -> RoundContent:
    return RoundContent(round_.title, round_.envelope, round_.seed, round_.rule)


def _move(session: Session, round_: Round, calendar: Calendar, by: By) -> None:
    before = queries.calendar_of(session, round_.id)
    if before == calendar:
        return
    _write_calendar(session, round_, calendar)
    payload = {"before": as_json(before), "after": as_json(calendar)}
    record(session, "round.calendar_moved", ("round", round_.id), by=by, payload=payload)


def _write_calendar(session: Session, round_: Round, calendar: Calendar) -> None:
    for phase, start in calendar.starts.items():
        session.merge(RoundPhase(round_id=round_.id, phase=phase, starts_at=start))
    session.flush()
    session.expire(round_, ["phases"])


def _candidate(session: Session, round_: Round, need: Need, price: int) -> Candidate:
    copied = snapshot(session, need)
    candidate = Candidate(
        round_id=round_.id,
        need_id=need.id,
        price=price,
        lot_rank=0,
        snapshot=copied,
        snapshot_hash=sha256(copied),
    )
    session.add(candidate)
    session.flush()
    _draw_lots(session, round_)
    return candidate


def _draw_lots(session: Session, round_: Round) -> None:
    """The whole order is drawn again from the seed at each entry: it does not depend on who entered first."""
    candidates = session.scalars(select(Candidate).where(Candidate.round_id == round_.id)).all()
    drawn = lot_order(round_.seed, [each.need_id for each in candidates])
    for each in candidates:
        each.lot_rank = -each.id  # ranks are unique: none may be taken while they change places
    session.flush()
    for each in candidates:
        each.lot_rank = drawn.index(each.need_id) + 1
    session.flush()
    session.expire(round_, ["candidates"])


def _freeze(session: Session, round_: Round, at: datetime) -> None:
    if round_.frozen_at is None:
        round_.frozen_at, round_.setup_hash = at, setup_hash(documents.setup(round_))


def _keep(
    session: Session, round_: Round, current: Ballot | None, acting: Affiliation, choices: list[int], at: datetime
) -> Ballot:
    ballot = current or Ballot(round_id=round_.id, organisation_id=acting.organisation_id, version=0)
    ballot.version += 1
    ballot.choices, ballot.affiliation_id, ballot.cast_at = choices, acting.id, at
    ballot.salt = secrets.token_hex(16)
    ballot.receipt = receipt(
        slug=round_.slug,
        organisation=acting.organisation.code,
        version=ballot.version,
        choices=choices,
        cast_at=at,
        setup=round_.setup_hash,
        salt=ballot.salt,
    )
    session.add(ballot)
    session.flush()
    kept = ("round_id", "organisation_id", "version", "choices", "affiliation_id", "cast_at", "salt", "receipt")
    session.add(BallotVersion(**{name: getattr(ballot, name) for name in kept}))
    session.flush()
    return ballot


def publish(session: Session, round_id: int, at: datetime) -> bool:
    """Store the result of a round whose publication date has come; False when it is stored or no longer due."""
    round_ = lock(session, Round, round_id)
    # Asked again now that the round is held: a curator may have postponed it meanwhile.
    if queries.has_result(session, round_.id) or queries.calendar_of(session, round_.id).starts[Phase.PUBLISHED] > at:
        return False
    # Needs are locked before the first line of the journal: everyone takes a need, then the journal, in that order.
    needs = {each: lock(session, Need, each) for each in sorted(each.need_id for each in round_.candidates)}
    document = documents.computed(session, round_)
    key = sha256(document)
    session.add(RoundResult(round_id=round_.id, outcome=document, outcome_hash=key, published_at=at))
    result = Result(document)
    for verdict in result.verdicts:
        need = needs[verdict.need_id]
        need.state, need.state_at = (State.SELECTED if verdict.selected else State.NOT_SELECTED), at
    for mail in mails.published(session, round_, result, needs):
        post(session, mail)
    payload = {"slug": round_.slug, "outcome_hash": key, "selected": [each.need_id for each in result.selected]}
    record(session, "round.published", ("round", round_.id), by=SYSTEM, payload=payload)
    for verdict in result.verdicts:
        told = {"round": round_.slug, "motive": verdict.sentence}
        record(session, f"need.{needs[verdict.need_id].state}", ("need", verdict.need_id), by=SYSTEM, payload=told)
    return True
