"""The inbox of the curators, the answers that stand, and how long a first answer takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.errors import NotFound
from coconstruction.kept import Kept
from coconstruction.needs.models import Need, NeedVersion, State
from coconstruction.scoring.queries import interests_in
from coconstruction.territories.models import OrganisationProgramme
from coconstruction.triage.models import (
    Appeal,
    Assignment,
    Batch,
    Decision,
    DecisionDraft,
    Kind,
    MotiveTemplate,
    Note,
    SavedView,
)
from coconstruction.triage.policy import ANSWERABLE, REOPENABLE, UNDO_WITHIN

PER_PAGE, BESIDE = 50, 8
WALKED = (*sorted(ANSWERABLE), *sorted(REOPENABLE), State.GROUPED)


@dataclass(frozen=True)
class Filters:
    """What the address of the inbox asks for; empty means any. `state`: empty means those that may be answered. `age`:
    posted more than so many days ago. `programme`: of the commune that bears it. `mine`: assigned to this curator."""

    stage: str = ""
    state: str = ""
    theme: str = ""
    departement: str = ""
    age: int = 0
    programme: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Row:
    """A need in the inbox, whose it is, and what waits."""

    need: Need
    assignee: Agent | None
    draft: DecisionDraft | None


@dataclass(frozen=True)
class Walk:
    """One need among those the filters keep: its place in their order, and those around it."""

    place: int
    total: int
    before: Sequence[Row]
    after: Sequence[Row]

    @property
    def previous(self) -> Need | None:
        return self.before[-1].need if self.before else None

    @property
    def next(self) -> Need | None:
        return self.after[0].need if self.after else None


@dataclass(frozen=True)
class Delay:
    """`days`: median between posting and first answer, of `answered` needs; none without any. `waiting` have had no
    answer; `oldest`: when the first of them was posted."""

    answered: int
    days: float | None
    waiting: int
    oldest: datetime | None


def inbox(session: Session, filters: Filters, curator_id: int, number: int) -> tuple[Sequence[Row], int]:
    """The longest waiting first, and how many there are in all."""
    where = _where(filters, curator_id)
    total = session.scalar(select(func.count()).select_from(Need).where(*where)) or 0
    wanted = _rows().where(*where).order_by(Need.posted_at, Need.id)
    found = session.execute(wanted.limit(PER_PAGE).offset((number - 1) * PER_PAGE))
    return [Row(*row) for row in found], total


def every(session: Session, filters: Filters, curator_id: int) -> list[int]:
    """The numbers of all that the filters keep."""
    wanted = select(Need.id).where(*_where(filters, curator_id)).order_by(Need.posted_at, Need.id)
    return list(session.scalars(wanted))


def walk(session: Session, filters: Filters, curator_id: int, need: Need) -> Walk:
    """Also of a need that the filters keep no more, since it was answered: its neighbours are those of its place."""
    where = _where(filters, curator_id)
    earlier = or_(Need.posted_at < need.posted_at, and_(Need.posted_at == need.posted_at, Need.id < need.id))
    later = or_(Need.posted_at > need.posted_at, and_(Need.posted_at == need.posted_at, Need.id > need.id))
    count = select(func.count()).select_from(Need).where(*where)
    place = session.scalar(count.where(earlier)) or 0
    before = session.execute(
        _rows().where(*where, earlier).order_by(Need.posted_at.desc(), Need.id.desc()).limit(BESIDE)
    )
    after = session.execute(_rows().where(*where, later).order_by(Need.posted_at, Need.id).limit(BESIDE))
    return Walk(
        place + 1, session.scalar(count) or 0, [Row(*row) for row in before][::-1], [Row(*row) for row in after]
    )


def counters(session: Session, curator_id: int) -> Mapping[str, int]:
    """How many needs each stage holds, and how many are this curator's. One statement."""
    stages = {"a-repondre": Filters("a-repondre"), "brouillons": Filters("brouillons")}
    stages |= {"precisions": Filters("precisions"), "recours": Filters("recours"), "mes-besoins": Filters(mine=True)}
    counts = [
        select(func.count()).select_from(Need).where(*_where(each, curator_id)).scalar_subquery().label(name)
        for name, each in stages.items()
    ]
    return dict(session.execute(select(*counts)).one()._mapping)


def row(session: Session, need_id: int) -> Row:
    found = session.execute(_rows().where(Need.id == need_id, Need.state != State.DRAFT)).first()
    if found is None:
        raise NotFound
    return Row(*found)


def rows(session: Session, need_ids: Sequence[int]) -> Sequence[Row]:
    """Of those that exist, in the order of the inbox."""
    wanted = _rows().where(Need.id.in_(need_ids), Need.state != State.DRAFT).order_by(Need.posted_at, Need.id)
    return [Row(*each) for each in session.execute(wanted)]


def drafts_of(session: Session, need_ids: Iterable[int]) -> dict[int, DecisionDraft]:
    wanted = select(DecisionDraft).where(DecisionDraft.need_id.in_(list(need_ids))).order_by(DecisionDraft.need_id)
    return {each.need_id: each for each in session.scalars(wanted)}


def drafted(session: Session) -> Sequence[DecisionDraft]:
    """What may be published now, with its need."""
    wanted = select(DecisionDraft).join(DecisionDraft.need).order_by(Need.posted_at, Need.id)
    return session.scalars(wanted.options(joinedload(DecisionDraft.need).joinedload(Need.organisation))).all()


def assignments_of(session: Session, need_ids: Iterable[int]) -> dict[int, Assignment]:
    wanted = select(Assignment).where(Assignment.need_id.in_(list(need_ids)))
    return {each.need_id: each for each in session.scalars(wanted)}


def standing(session: Session, need_ids: Iterable[int]) -> dict[int, Decision]:
    """The latest decision on each that declined or redirected it."""
    negative = Decision.kind.in_((Kind.REDIRECT, Kind.DECLINE)), Decision.undone_at.is_(None)
    wanted = select(Decision).where(Decision.need_id.in_(list(need_ids)), *negative).order_by(Decision.id)
    return {each.need_id: each for each in session.scalars(wanted)}


def answers(session: Session, need_id: int) -> Sequence[Decision]:
    """Those that stand, the latest first."""
    wanted = select(Decision).where(Decision.need_id == need_id, Decision.undone_at.is_(None))
    return session.scalars(wanted.options(joinedload(Decision.solution)).order_by(Decision.id.desc())).all()


def appeals_on(session: Session, need_id: int) -> Sequence[Appeal]:
    wanted = select(Appeal).join(Appeal.decision).where(Decision.need_id == need_id).order_by(Appeal.at.desc())
    return session.scalars(wanted.options(joinedload(Appeal.decision))).all()


def appeal(session: Session, decision_id: int) -> Appeal:
    found = session.get(Appeal, decision_id, options=[joinedload(Appeal.decision).joinedload(Decision.need)])
    if found is None:
        raise NotFound
    return found


def appeal_of(session: Session, decision_id: int) -> Appeal | None:
    return session.get(Appeal, decision_id)


def notes(session: Session, need_id: int) -> Sequence[Note]:
    wanted = select(Note).where(Note.need_id == need_id).options(joinedload(Note.curator)).order_by(Note.id)
    return session.scalars(wanted).all()


def views(session: Session, curator_id: int) -> Sequence[SavedView]:
    return session.scalars(select(SavedView).where(SavedView.curator_id == curator_id).order_by(SavedView.name)).all()


def templates(session: Session, *, active_only: bool = True) -> Sequence[MotiveTemplate]:
    wanted = select(MotiveTemplate).order_by(MotiveTemplate.kind, MotiveTemplate.name)
    return session.scalars(wanted.where(MotiveTemplate.active) if active_only else wanted).all()


def curators(session: Session) -> Sequence[Agent]:
    return session.scalars(select(Agent).where(Agent.is_curator).order_by(Agent.name, Agent.id)).all()


def conflicted(session: Session, needs: Sequence[Need], curator: Agent) -> Sequence[Need]:
    """Those in which this curator has an interest, declared or found."""
    found = interests_in(session, needs, [curator.id])
    return [each for each in needs if curator.id in found[each.id]]


def undoable(session: Session, curator_id: int) -> Batch | None:
    """The latest that this curator may still take back."""
    wanted = select(Batch).where(
        Batch.curator_id == curator_id, Batch.undone_at.is_(None), Batch.at > clock.now() - UNDO_WITHIN
    )
    return session.scalar(wanted.order_by(Batch.id.desc()).limit(1))


def batches_to_tell(session: Session) -> Sequence[int]:
    due = Batch.at < clock.now() - UNDO_WITHIN, Batch.told_at.is_(None), Batch.undone_at.is_(None)
    return session.scalars(select(Batch.id).where(*due).order_by(Batch.id)).all()


def delays(session: Session) -> Mapping[str, Delay]:
    """By theme, and under "" for all of them."""
    return _delays(session)


def _measure(session: Session) -> Mapping[str, Delay]:
    answered: dict[str, list[float]] = defaultdict(list)
    waiting: dict[str, list[datetime]] = defaultdict(list)
    posted = select(Need.theme, Need.posted_at, Need.first_answer_at, Need.state).where(Need.posted_at.is_not(None))
    for theme, since, until, state in session.execute(posted):
        for key in (theme, ""):
            if since and until:
                answered[key].append((until - since) / timedelta(days=1))
            elif since and state in ANSWERABLE:
                waiting[key].append(since)
    return {
        key: Delay(
            len(answered[key]),
            median(answered[key]) if answered[key] else None,
            len(waiting[key]),
            min(waiting[key], default=None),
        )
        for key in sorted({*answered, *waiting, ""})
    }


_delays = Kept(_measure)


def _rows() -> Select[Need, Agent | None, DecisionDraft | None]:
    return (
        select(Need, Agent, DecisionDraft)
        .join(Need.organisation)
        .options(joinedload(Need.organisation, innerjoin=True))
        .outerjoin(Assignment, Assignment.need_id == Need.id)
        .outerjoin(Agent, Agent.id == Assignment.curator_id)
        .outerjoin(DecisionDraft, DecisionDraft.need_id == Need.id)
    )


def _where(filters: Filters, curator_id: int) -> Sequence[ColumnElement[bool]]:
    where = [Need.state == filters.state if filters.state else Need.state.in_(_states(filters))]
    if filters.theme:
        where.append(Need.theme == filters.theme)
    if filters.departement:
        where.append(Need.departement_code == filters.departement)
    if filters.age:
        where.append(Need.posted_at < clock.now() - timedelta(days=filters.age))
    if filters.programme:
        listed = OrganisationProgramme.organisation_id == Need.organisation_id
        where.append(exists().where(listed, OrganisationProgramme.programme == filters.programme).correlate(Need))
    if filters.mine:
        mine = Assignment.need_id == Need.id, Assignment.curator_id == curator_id
        where.append(exists().where(*mine).correlate(Need))
    if filters.stage:
        where.append(_stage(filters.stage))
    return where


def _states(filters: Filters) -> Sequence[str]:
    return sorted(REOPENABLE) if filters.stage == "recours" else sorted(ANSWERABLE)


def _stage(stage: str) -> ColumnElement[bool]:
    drafted = exists().where(DecisionDraft.need_id == Need.id).correlate(Need)  # a row has its draft beside it
    if stage == "brouillons":
        return drafted
    if stage == "recours":
        return exists().where(
            Decision.need_id == Need.id, Appeal.decision_id == Decision.id, Appeal.answered_at.is_(None)
        )
    if stage == "precisions":
        # Asked last, and the bearer has written nothing since.
        later, asked = aliased(Decision), and_(Decision.kind == Kind.ASK, Decision.undone_at.is_(None))
        again = exists().where(later.need_id == Decision.need_id, later.id > Decision.id, later.undone_at.is_(None))
        written = exists().where(NeedVersion.need_id == Decision.need_id, NeedVersion.at > Decision.at)
        return exists().where(Decision.need_id == Need.id, asked, ~again, ~written)
    return and_(Need.first_answer_at.is_(None), ~drafted)
