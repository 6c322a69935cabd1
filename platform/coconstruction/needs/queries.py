from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.errors import NotFound
from coconstruction.kept import Kept
from coconstruction.needs.models import SET_ASIDE, Need, NeedVersion, State, SteppedOut, Support, SupportAgent
from coconstruction.needs.policy import visible_to
from coconstruction.territories.models import Organisation

PER_PAGE = 20
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "recent": (Need.posted_at.desc(), Need.id.desc()),
    "supports": (Need.supports_count.desc(), Need.id.desc()),
    "coverage": (Need.covered_population.desc(), Need.id.desc()),
    "members": (Need.members_count.desc(), Need.id.desc()),
}
PUBLIC_STATES = tuple(state for state in State if state is not State.DRAFT)
# What has an answer elsewhere has left the list, unless one asks for it by its state.
UNLISTED_STATES = (State.DRAFT, State.WITHDRAWN, *sorted(SET_ASIDE))
LISTED_STATES = tuple(state for state in State if state not in UNLISTED_STATES)


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; empty means any."""

    theme: str = ""
    state: str = ""
    departement: str = ""
    sort: str = "recent"


@dataclass(frozen=True)
class Facets:
    """Needs by value of each facet; a facet ignores its own choice, so that its other values stay reachable."""

    total: int
    themes: Mapping[str, int]
    states: Mapping[str, int]
    departements: Mapping[str, int]


@dataclass(frozen=True)
class Page:
    needs: Sequence[Need]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def page(session: Session, filters: Filters, number: int, total: int) -> Page:
    """`total`: how many there are in all, from `facets`."""
    chosen = (
        select(Need)
        .options(joinedload(Need.organisation, innerjoin=True))
        .order_by(*SORTS[filters.sort])
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    chosen = chosen.where(Need.state == filters.state if filters.state else Need.state.not_in(UNLISTED_STATES))
    if filters.theme:
        chosen = chosen.where(Need.theme == filters.theme)
    if filters.departement:
        chosen = chosen.where(Need.departement_code == filters.departement)
    return Page(session.scalars(chosen).all(), total, number)


def facets(session: Session, filters: Filters) -> Facets:
    return _counted(session)(filters)


def _count(session: Session) -> Callable[[Filters], Facets]:
    """Counts every public need once; each choice of filters then adds up what it is asked, once."""
    by = (Need.theme, Need.state, Need.departement_code)
    rows = session.execute(select(*by, func.count()).where(Need.state != State.DRAFT).group_by(*by)).all()
    counts = {(theme, state, departement): count for theme, state, departement, count in rows}
    return lru_cache(maxsize=1000)(lambda filters: _facets_of(counts, filters))


_counted = Kept(_count)


def _facets_of(counts: Mapping[tuple[str, str, str | None], int], filters: Filters) -> Facets:
    themes, states, departements = Counter[str](), Counter[str](), Counter[str]()
    for (theme, state, departement), count in counts.items():
        wrong_theme = bool(filters.theme) and theme != filters.theme
        wrong_state = state != filters.state if filters.state else state in UNLISTED_STATES
        wrong_place = bool(filters.departement) and departement != filters.departement
        if not (wrong_state or wrong_place):
            themes[theme] += count
        if not (wrong_theme or wrong_place):
            states[state] += count
        if not (wrong_theme or wrong_state) and departement:
            departements[departement] += count
    total = themes.total() if not filters.theme else themes[filters.theme]
    return Facets(total, themes, states, dict(sorted(departements.items())))


def need(session: Session, need_id: int) -> Need:
    wanted = (
        select(Need)
        .where(Need.id == need_id)
        .options(joinedload(Need.organisation), joinedload(Need.author).joinedload(Affiliation.organisation))
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def public_need(session: Session, need_id: int, acting: Affiliation | None) -> Need:
    """The need as this visitor may see it: somebody else's draft does not exist."""
    found = need(session, need_id)
    if not visible_to(found, acting):
        raise NotFound
    return found


def voice_of(session: Session, need_id: int, organisation_id: int) -> tuple[Support, Sequence[Agent]] | None:
    """The organisation's support and the agents who clicked, first one first."""
    rows = session.execute(
        select(Support, Agent)
        .join(
            SupportAgent,
            (SupportAgent.need_id == Support.need_id) & (SupportAgent.organisation_id == Support.organisation_id),
        )
        .join(Agent, Agent.id == SupportAgent.agent_id)
        .where(Support.need_id == need_id, Support.organisation_id == organisation_id)
        .order_by(SupportAgent.at)
    ).all()
    return (rows[0][0], [row[1] for row in rows]) if rows else None


def counted_in(need_id: int, of: type[Any]) -> ColumnElement[bool]:
    """Which rows of `of` (supports, memberships), joined to their need, count in this one: its own, and those of the
    needs it groups, but for the organisations that stepped out of one."""
    return or_(Need.id == need_id, and_(Need.common_id == need_id, ~stepped_out(of)))


def stepped_out(of: type[Any]) -> ColumnElement[bool]:
    """Which rows of `of` count no more in the common need that theirs is grouped under."""
    return exists().where(SteppedOut.need_id == of.need_id, SteppedOut.organisation_id == of.organisation_id)


def voices(session: Session, need_id: int) -> int:
    """Distinct organisations, whichever of the grouped needs they support."""
    count = select(func.count(distinct(Support.organisation_id))).join(Support.need)
    return session.scalar(count.where(counted_in(need_id, Support))) or 0


def supporters(session: Session, need_id: int, limit: int, offset: int = 0) -> Sequence[Support]:
    """Each organisation once, with its first voice."""
    rank = func.row_number().over(partition_by=Support.organisation_id, order_by=(Support.at, Support.need_id))
    each = select(Support.need_id, Support.organisation_id, rank.label("rank")).join(Support.need)
    ranked = each.where(counted_in(need_id, Support)).subquery()
    first = and_(ranked.c.need_id == Support.need_id, ranked.c.organisation_id == Support.organisation_id)
    wanted = (
        select(Support)
        .join(ranked, and_(first, ranked.c.rank == 1))
        .join(Support.organisation)
        .options(contains_eager(Support.organisation))
        .order_by(Organisation.population.desc(), Organisation.id)
    )
    return session.scalars(wanted.limit(limit).offset(offset)).all()


def grouped_under(session: Session, need_id: int) -> Sequence[Need]:
    """The needs that this one groups, the first posted first."""
    wanted = select(Need).where(Need.common_id == need_id).options(joinedload(Need.organisation))
    return session.scalars(wanted.order_by(Need.posted_at, Need.id)).all()


def supported_among(session: Session, organisation_id: int, need_ids: Sequence[int]) -> set[int]:
    chosen = select(Support.need_id).where(Support.organisation_id == organisation_id, Support.need_id.in_(need_ids))
    return set(session.scalars(chosen))


def versions(session: Session, need_id: int) -> Sequence[NeedVersion]:
    wanted = (
        select(NeedVersion)
        .where(NeedVersion.need_id == need_id)
        .options(joinedload(NeedVersion.author).joinedload(Affiliation.organisation))
    )
    return session.scalars(wanted.order_by(NeedVersion.number.desc())).all()


def drafts_of(session: Session, organisation_id: int) -> Sequence[Need]:
    wanted = select(Need).where(Need.organisation_id == organisation_id, Need.state == State.DRAFT)
    return session.scalars(wanted.order_by(Need.created_at.desc())).all()


def borne_by(session: Session, organisation_id: int, limit: int = 50) -> Sequence[Need]:
    wanted = select(Need).where(Need.organisation_id == organisation_id, Need.state.in_(PUBLIC_STATES))
    return session.scalars(wanted.order_by(Need.posted_at.desc()).limit(limit)).all()


def supported_by(session: Session, organisation_id: int, limit: int = 50) -> Sequence[Need]:
    wanted = select(Need).join(Support, Support.need_id == Need.id).where(Support.organisation_id == organisation_id)
    return session.scalars(wanted.order_by(Support.at.desc()).limit(limit)).all()
