"""The territory of every body that is made of members, worked out anew when members or perimeters change."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from coconstruction.territories.bulk import replace_rows, table_of, update_rows
from coconstruction.territories.changes import Change, Changes
from coconstruction.territories.closure import Ground, communes_of
from coconstruction.territories.models import INHERITING, GroupingMember, Lineage, Organisation, Territory

PLACE = ("departement_code", "departement_name", "region_code", "region_name")
DERIVED = ("population", "communes_count", *PLACE)


def derive_perimeters(session: Session, changes: Changes) -> None:
    groupings = session.execute(_columns().where(Organisation.source != "")).all()
    if not groupings:
        return
    communes = {row.id: row for row in session.execute(_columns().where(_is_commune(), Organisation.active))}
    ground = _ground(session, groupings, communes)
    covered = {row.id: communes_of(row.id, ground) if row.active else set() for row in groupings}
    wanted = {(key, commune) for key, held in covered.items() for commune in held}
    gone, new = replace_rows(session, Territory, wanted, covered)
    changes.related += len(gone) + len(new)
    came, went = Counter(key for key, _ in new), Counter(key for key, _ in gone)
    before = Counter({row.id: row.communes_count for row in groupings})
    for row in groupings:
        if before[row.id] and (came[row.id] or went[row.id]):
            detail = f"{came[row.id]} commune(s) de plus, {went[row.id]} de moins"
            changes.note(Change.PERIMETER, row.code, row.name, detail)
    rows = [_summed(row, [communes[key] for key in covered[row.id]]) for row in groupings if row.active]
    known = {row.id: row._asdict() for row in groupings}
    stale = [row for row in rows if any(row[name] != known[row["row_id"]][name] for name in DERIVED)]
    update_rows(session, table_of(Organisation), stale, DERIVED)
    changes.related += len(stale)


def heirs(session: Session) -> dict[int, set[int]]:
    """Who took the place of those that sleep; nobody takes the place of a living body."""
    late = aliased(Organisation)
    found: dict[int, set[int]] = defaultdict(set)
    lines = select(Lineage.predecessor_id, Lineage.successor_id).join(late, late.id == Lineage.predecessor_id)
    for predecessor, successor in session.execute(lines.where(~late.active, Lineage.kind.in_(INHERITING))):
        found[predecessor].add(successor)
    return found


def territories(session: Session, *where: Any) -> dict[int, Collection[int]]:
    """The communes of the bodies that have some, by id: in lists, for sets of so many weigh four times more."""
    found: dict[int, list[int]] = defaultdict(list)
    pairs = select(Territory.organisation_id, Territory.commune_id)
    for body, commune in session.execute(
        pairs.join(Organisation, Organisation.id == Territory.organisation_id).where(*where)
    ):
        found[body].append(commune)
    return dict(found)


def _columns() -> Any:
    names = ("id", "code", "name", "kind", "active", *DERIVED)
    return select(*(getattr(Organisation, name) for name in names)).order_by(Organisation.id)


def _is_commune() -> Any:
    return Organisation.insee_code.is_not(None)


def _ground(session: Session, groupings: Iterable[Any], communes: Mapping[int, Any]) -> Ground:
    awake = {row.id for row in groupings if row.active}
    members: dict[int, set[int]] = defaultdict(set)
    for grouping, member in session.execute(select(GroupingMember.grouping_id, GroupingMember.member_id)):
        if grouping in awake:
            members[grouping].add(member)
    known = territories(session, Organisation.source == "", Organisation.active)
    known |= _departements_of_sdis(groupings, communes)
    return Ground(communes, known, members, heirs(session))


def _departements_of_sdis(groupings: Iterable[Any], communes: Mapping[int, Any]) -> dict[int, Collection[int]]:
    """A SDIS serves its département, Métropole de Lyon and half of Alsace included (CGCT, art. L. 1424-1)."""
    by_departement: dict[str, set[int]] = defaultdict(set)
    for key, row in communes.items():
        by_departement[row.departement_code].add(key)
    services = (row for row in groupings if row.kind == "sdis" and row.active and row.departement_code)
    return {row.id: by_departement[row.departement_code] for row in services}


def _summed(row: Any, communes: Collection[Any]) -> dict[str, Any]:
    """Its département is its seat's, when a file told it; else the one where most of its inhabitants live."""
    place = row if row.departement_code or not communes else _most_populated(communes)
    return {
        "row_id": row.id,
        "population": sum(commune.population for commune in communes),
        "communes_count": len(communes),
        **{name: getattr(place, name) for name in PLACE},
    }


def _most_populated(communes: Collection[Any]) -> Any:
    people: Counter[str] = Counter()
    for commune in communes:
        people[commune.departement_code] += commune.population
    first = max(sorted(people), key=people.__getitem__)
    return next(commune for commune in communes if commune.departement_code == first)
