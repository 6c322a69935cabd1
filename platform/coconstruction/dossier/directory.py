"""The directory of organisations: by name or place, and by what they did here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from coconstruction.coalitions.models import Membership
from coconstruction.kept import Kept
from coconstruction.needs.models import Need, State, Support
from coconstruction.search import facets
from coconstruction.territories.models import Organisation, PlaceName
from coconstruction.territories.names import name_key
from coconstruction.territories.queries import Suggestion, named, places_named

PER_PAGE = 20
YES = "oui"
NEAREST = "proche"
Counts = Mapping[facets.Signature, int]


@dataclass(frozen=True)
class Filters:
    """What the address asks for; empty means any. `gone`: also those that no longer exist."""

    text: str = ""
    kind: str = ""
    departement: str = ""
    region: str = ""
    active_here: bool = False
    gone: bool = False
    sort: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.departement or self.region or self.active_here or self.gone)


@dataclass(frozen=True)
class Facets:
    """Organisations by value of each facet; a facet ignores its own choice, so that its other values stay reachable."""

    total: int
    kinds: Mapping[str, int]
    departements: Mapping[str, int]
    regions: Mapping[str, int]
    active_here: int


@dataclass(frozen=True)
class Activity:
    """What an organisation did here that still stands."""

    borne: int = 0
    supported: int = 0
    joined: int = 0


@dataclass(frozen=True)
class Entry:
    """`place`: the former place inside it that was asked for."""

    organisation: Organisation
    activity: Activity
    place: PlaceName | None

    @property
    def label(self) -> str:
        return Suggestion(self.organisation).label

    @property
    def place_label(self) -> str:
        return Suggestion(self.organisation, self.place).label if self.place else ""


def found(session: Session, filters: Filters) -> Facets:
    """How many there are under these choices: one statement, none while the whole directory is asked for again."""
    counts = _everyone(session) if not (filters.text or filters.gone) else _count(session, filters)
    asked = {"kind": filters.kind, "departement": filters.departement, "region": filters.region}
    wanted = {name: frozenset((f"{name}={value}",)) for name, value in asked.items() if value}
    wanted |= {"here": frozenset((f"here={YES}",))} if filters.active_here else {}
    total, by = facets.count(counts, wanted)
    departements, regions = (dict(sorted(by.get(name, {}).items())) for name in ("departement", "region"))
    return Facets(total, by.get("kind", {}), departements, regions, by.get("here", {}).get(YES, 0))


def page(session: Session, filters: Filters, number: int) -> Sequence[Entry]:
    wanted, matches = _listed(filters)
    asked = (
        (Organisation.kind, filters.kind),
        (Organisation.departement_code, filters.departement),
        (Organisation.region_code, filters.region),
    )
    wanted = wanted.where(*(column == value for column, value in asked if value))
    if filters.active_here:
        wanted = wanted.where(_active_here())
    wanted = wanted.order_by(*_order(filters, matches)).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    bodies = session.scalars(wanted).all()
    ids = [body.id for body in bodies]
    done, places = activity(session, ids), places_named(session, filters.text, ids) if filters.text else {}
    return [Entry(body, done.get(body.id, Activity()), places.get(body.id)) for body in bodies]


def activity(session: Session, organisation_ids: Collection[int]) -> Mapping[int, Activity]:
    """One statement, whatever their number."""
    counted = union_all(
        *(
            select(owner, literal(name), func.count()).where(owner.in_(organisation_ids), condition).group_by(owner)
            for name, owner, condition in _acts()
        )
    )
    counts: dict[int, dict[str, int]] = {}
    for owner, name, number in session.execute(counted):
        counts.setdefault(owner, {})[name] = number
    return {owner: Activity(**numbers) for owner, numbers in counts.items()}


def _acts() -> Sequence[tuple[str, InstrumentedAttribute[int], ColumnElement[bool]]]:
    return (
        ("borne", Need.organisation_id, Need.state != State.DRAFT),
        ("supported", Support.organisation_id, true()),
        ("joined", Membership.organisation_id, Membership.left_at.is_(None)),
    )


def _active_here() -> ColumnElement[bool]:
    return or_(*(select(owner).where(owner == Organisation.id, condition).exists() for _, owner, condition in _acts()))


def _listed(filters: Filters) -> tuple[Select[Organisation], Subquery | None]:
    """Those that exist; those that no longer do when asked for, or called by their very name."""
    wanted = select(Organisation)
    matches = named(filters.text, gone=filters.gone) if filters.text else None
    if matches is not None:
        wanted = wanted.join(matches, matches.c.id == Organisation.id)
    if filters.gone:
        return wanted, matches
    if matches is None:
        return wanted.where(Organisation.active), matches
    return wanted.where(or_(Organisation.active, Organisation.name_key == name_key(filters.text))), matches


def _order(filters: Filters, matches: Subquery | None) -> tuple[ColumnElement[Any], ...]:
    by_name = (Organisation.name_key.asc(), Organisation.id.asc())
    if filters.sort == "population":
        return (Organisation.population.desc(), Organisation.id.asc())
    if matches is not None and filters.sort == NEAREST:
        return (matches.c.rank.asc(), Organisation.population.desc(), *by_name)
    return by_name


def _count(session: Session, filters: Filters) -> Counts:
    chosen, _ = _listed(filters)
    place = (Organisation.kind, Organisation.departement_code, Organisation.region_code)
    named_columns = chosen.with_only_columns(*place, _active_here().label("here")).subquery()
    columns = list(named_columns.c)
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    return {_signature(*row[:4]): row[4] for row in rows}


def _signature(kind: str, departement: str | None, region: str | None, here: bool) -> facets.Signature:
    entries = {"kind": kind, "departement": departement, "region": region, "here": YES if here else None}
    return tuple(f"{name}={value}" for name, value in entries.items() if value)


_everyone = Kept(lambda session: _count(session, Filters()))
