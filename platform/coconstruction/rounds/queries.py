from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from coconstruction import clock
from coconstruction.accounts.models import Affiliation
from coconstruction.errors import NotFound
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import IN_SELECTION, Need, State
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.models import Ballot, Candidate, Round, RoundPhase, RoundResult

SHOWN_IN_ROUNDS = IN_SELECTION | {State.NOT_SELECTED}


@dataclass(frozen=True)
class RoundSummary:
    """A round and where its calendar stands: `phase` is None before the first one, `ends_at` the start of the next."""

    id: int
    slug: str
    title: str
    envelope: int
    calendar: Calendar
    phase: Phase | None
    ends_at: datetime | None

    @property
    def path(self) -> str:
        return f"/tours/{self.slug}"

    @property
    def is_published(self) -> bool:
        return self.phase in (Phase.PUBLISHED, Phase.PILOTING)


@dataclass(frozen=True)
class Move:
    """A change of dates, as the page of the round shows it."""

    at: datetime
    before: Calendar
    after: Calendar


@dataclass(frozen=True)
class PublishedBallot:
    round: Round
    ballot: Ballot
    chosen: Sequence[Candidate]


def current_round(session: Session) -> RoundSummary | None:
    return current(summaries(session, clock.now()))


def current(every: Sequence[RoundSummary]) -> RoundSummary | None:
    """Of all rounds, oldest first: the one where people vote, else the one that began last, else the next to begin."""
    begun = [each for each in every if each.phase is not None]
    voting = [each for each in begun if each.phase is Phase.VOTING]
    return next(iter(voting or begun[::-1] or every), None)


def summaries(session: Session, at: datetime) -> list[RoundSummary]:
    """Every round by first date, oldest first. One statement."""
    rows = session.execute(
        select(Round.id, Round.slug, Round.title, Round.envelope, RoundPhase.phase, RoundPhase.starts_at)
        .join(RoundPhase, RoundPhase.round_id == Round.id)
        .order_by(Round.id)
    ).all()
    starts: dict[tuple[int, str, str, int], dict[Phase, datetime]] = {}
    for row in rows:
        starts.setdefault((row[0], row[1], row[2], row[3]), {})[Phase(row[4])] = row[5]
    found = [_summary(*key, Calendar(dates), at) for key, dates in starts.items()]
    return sorted(found, key=lambda each: (min(each.calendar.starts.values()), each.id))


def round_by_slug(session: Session, slug: str) -> Round:
    """With its candidates. Two statements. Raises NotFound."""
    found = session.scalar(select(Round).where(Round.slug == slug).options(selectinload(Round.candidates)))
    if found is None:
        raise NotFound
    return found


def round_by_id(session: Session, round_id: int) -> Round:
    found = session.get(Round, round_id, options=[selectinload(Round.candidates)])
    if found is None:
        raise NotFound
    return found


def calendar_of(session: Session, round_id: int) -> Calendar:
    """Read by columns: a row already in memory may be older than the lock just taken."""
    rows = session.execute(select(RoundPhase.phase, RoundPhase.starts_at).where(RoundPhase.round_id == round_id))
    return Calendar({Phase(phase): start for phase, start in rows})


def moves(session: Session, round_id: int) -> Sequence[Move]:
    """The changes of dates, latest first."""
    wanted = select(JournalEntry.at, JournalEntry.payload).where(
        JournalEntry.subject_kind == "round",
        JournalEntry.subject_id == round_id,
        JournalEntry.action == "round.calendar_moved",
    )
    rows = session.execute(wanted.order_by(JournalEntry.seq.desc())).all()
    return [Move(row.at, _from_json(row.payload["before"]), _from_json(row.payload["after"])) for row in rows]


def ballot_of(session: Session, round_id: int, organisation_id: int) -> Ballot | None:
    """The organisation's current ballot, with the agent who cast it. Its content is for that organisation alone."""
    wanted = (
        select(Ballot)
        .where(Ballot.round_id == round_id, Ballot.organisation_id == organisation_id)
        .options(joinedload(Ballot.affiliation).joinedload(Affiliation.agent), joinedload(Ballot.organisation))
        .execution_options(populate_existing=True)
    )
    return session.scalar(wanted)


def candidate_ids(session: Session, round_id: int) -> set[int]:
    return set(session.scalars(select(Candidate.id).where(Candidate.round_id == round_id)))


def candidacies(session: Session, need: Need) -> Sequence[Candidate]:
    """The rounds the need entered, latest first, with their round."""
    if need.state not in SHOWN_IN_ROUNDS:
        return []
    wanted = (
        select(Candidate)
        .join(Candidate.round)
        .options(contains_eager(Candidate.round))
        .where(Candidate.need_id == need.id)
    )
    return session.scalars(wanted.order_by(Candidate.id.desc())).all()


def published_ballots_of(session: Session, organisation_id: int) -> Sequence[PublishedBallot]:
    """The organisation's ballots of the rounds whose publication date has come; the others are sealed."""
    wanted = (
        select(Ballot, Round)
        .join(Round, Round.id == Ballot.round_id)
        .join(RoundPhase, (RoundPhase.round_id == Round.id) & (RoundPhase.phase == Phase.PUBLISHED))
        .where(Ballot.organisation_id == organisation_id, RoundPhase.starts_at <= clock.now())
        .options(selectinload(Round.candidates))
        .order_by(RoundPhase.starts_at.desc())
    )
    return [
        PublishedBallot(round_, ballot, [each for each in round_.candidates if each.id in ballot.choices])
        for ballot, round_ in session.execute(wanted)
    ]


def shortlisted_needs(session: Session) -> Sequence[Need]:
    wanted = select(Need).where(Need.state == State.SHORTLISTED).options(joinedload(Need.organisation))
    return session.scalars(wanted.order_by(Need.state_at, Need.id)).all()


def rounds_due(session: Session, at: datetime) -> Sequence[int]:
    """Rounds whose publication date has come and whose result is not stored yet."""
    wanted = (
        select(RoundPhase.round_id)
        .outerjoin(RoundResult, RoundResult.round_id == RoundPhase.round_id)
        .where(RoundPhase.phase == Phase.PUBLISHED, RoundPhase.starts_at <= at, RoundResult.round_id.is_(None))
    )
    return session.scalars(wanted.order_by(RoundPhase.round_id)).all()


def has_result(session: Session, round_id: int) -> bool:
    return session.get(RoundResult, round_id) is not None


def summary(session: Session, round_: Round) -> RoundSummary:
    at = clock.now()
    return _summary(round_.id, round_.slug, round_.title, round_.envelope, calendar_of(session, round_.id), at)


def _summary(round_id: int, slug: str, title: str, envelope: int, calendar: Calendar, at: datetime) -> RoundSummary:
    phase = calendar.phase_at(at)
    ends_at = calendar.ends_at(phase) if phase else calendar.starts[Phase.COLLECTING]
    return RoundSummary(round_id, slug, title, envelope, calendar, phase, ends_at)


def _from_json(starts: Mapping[str, str]) -> Calendar:
    return Calendar({Phase(name): datetime.fromisoformat(start) for name, start in starts.items()})
