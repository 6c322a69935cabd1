from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.errors import NotFound
from coconstruction.needs.models import Need, NeedVersion, State, Support, SupportAgent
from coconstruction.needs.policy import visible_to
from coconstruction.territories.models import Organisation

PER_PAGE = 20
Rows = Select[*tuple[Any, ...]]
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "recent": (Need.posted_at.desc(), Need.id.desc()),
    "supports": (Need.supports_count.desc(), Need.id.desc()),
    "coverage": (Need.covered_population.desc(), Need.id.desc()),
    "members": (Need.members_count.desc(), Need.id.desc()),
}
PUBLIC_STATES = tuple(state for state in State if state is not State.DRAFT)
LISTED_STATES = tuple(state for state in PUBLIC_STATES if state is not State.WITHDRAWN)


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; empty means any."""

    theme: str = ""
    state: str = ""
    departement: str = ""
    sort: str = "recent"


@dataclass(frozen=True)
class Facets:
    themes: Mapping[str, int]
    states: Mapping[str, int]
    departements: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Page:
    needs: Sequence[Need]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def page(session: Session, filters: Filters, number: int) -> Page:
    total = session.scalar(_filtered(select(func.count()), filters)) or 0
    chosen = (
        _filtered(select(Need), filters)
        .options(contains_eager(Need.organisation))
        .order_by(*SORTS[filters.sort])
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page(session.scalars(chosen).all(), total, number)


def facets(session: Session, filters: Filters) -> Facets:
    """Counts per value. Each facet ignores its own choice, so that its other values stay reachable."""
    by_theme = _counts(session, Need.theme, Filters(state=filters.state, departement=filters.departement))
    by_state = _counts(session, Need.state, Filters(theme=filters.theme, departement=filters.departement))
    places = (Organisation.departement_code, Organisation.departement_name)
    counted = _filtered(select(*places, func.count()), Filters(theme=filters.theme, state=filters.state))
    rows = session.execute(counted.where(places[0].is_not(None)).group_by(*places).order_by(places[0])).all()
    return Facets(by_theme, by_state, {(row[0], row[1]): row[2] for row in rows})


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


def supporters(session: Session, need_id: int, limit: int, offset: int = 0) -> Sequence[Support]:
    wanted = (
        select(Support)
        .join(Support.organisation)
        .options(contains_eager(Support.organisation))
        .where(Support.need_id == need_id)
        .order_by(Organisation.population.desc(), Organisation.id)
    )
    return session.scalars(wanted.limit(limit).offset(offset)).all()


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


def _filtered(query: Rows, filters: Filters) -> Rows:
    query = query.select_from(Need).join(Organisation, Need.organisation_id == Organisation.id)
    query = query.where(Need.state == filters.state if filters.state else Need.state.in_(LISTED_STATES))
    if filters.theme:
        query = query.where(Need.theme == filters.theme)
    if filters.departement:
        query = query.where(Organisation.departement_code == filters.departement)
    return query


def _counts(session: Session, column: Any, filters: Filters) -> Mapping[str, int]:
    rows = session.execute(_filtered(select(column, func.count()), filters).group_by(column)).all()
    return {row[0]: row[1] for row in rows}
