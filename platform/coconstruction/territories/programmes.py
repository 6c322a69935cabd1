"""Priority programmes of the State: which communes each list names, read from the files that the ANCT publishes under
Licence Ouverte, one line a commune (`insee_com`). A QPV list has a line for each quartier; a commune counts once."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from coconstruction.territories.bulk import replace_rows
from coconstruction.territories.changes import Change, Changes, Line
from coconstruction.territories.csv_files import Column, Row, TableError, read_rows
from coconstruction.territories.models import Organisation, OrganisationProgramme, Territory
from coconstruction.territories.names import name_key
from coconstruction.territories.queries import resolve
from coconstruction.territories.stamp import locked_state

# Proper names, the same in every language.
NAMES: Mapping[str, str] = {
    "acv": "Action cœur de ville",
    "pvd": "Petites villes de demain",
    "qpv": "Quartiers prioritaires de la politique de la ville",
    "va": "Villages d’avenir",
    "fs": "France services",
}
# Whose identifier a column is: a list of another programme is not loaded under this one's name.
OWN_COLUMNS = {"acv": "id_acv", "pvd": "id_pvd", "qpv": "code_qp"}
COLUMNS = (
    Column("commune", ("insee_com", "insee_commune", "code_insee")),
    Column("name", ("lib_com", "libelle_commune"), needed=False),
    Column("programme", ("programme",), needed=False),
    *(Column(name, (name,), needed=False) for name in OWN_COLUMNS.values()),
)
# Spreadsheets write 01004 as 1004 or 1004.0.
INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
INTERCOMMUNAL = ("cc", "ca", "cu", "metropole", "ept")
LYON = "collectivite:69M"  # a métropole, whatever its kind


@dataclass
class Lists:
    """By programme, INSEE codes as in the referential's files and the line that names each."""

    communes: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ignored: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Belonging:
    """`own`: those on the list themselves; `within`: for each intercommunal body, the communes of its territory that
    are. The list never names the body itself."""

    programme: str
    own: Sequence[Organisation]
    within: Sequence[tuple[Organisation, Sequence[Organisation]]]


def read_programmes(path: Path, programme: str = "", progress: Callable[[int], object] = bool) -> Lists:
    """`programme`: whose list it is; empty when each line says its own. Raises TableError."""
    lists = Lists()
    for row in read_rows(path, COLUMNS, progress):
        code = _programme(path, row, programme)
        known = lists.communes.setdefault(code, {})
        commune = row["commune"].removesuffix(".0").upper().zfill(5)
        if not INSEE.fullmatch(commune):
            lists.ignored.append(Line(Change.IGNORED, row["commune"], row["name"], "code Insee illisible", row.number))
            continue
        known.setdefault(commune, row.number)
        lists.names.setdefault(commune, row["name"])
    if not any(lists.communes.values()):
        raise TableError(f"{path.name} : aucune commune n’y est nommée.")
    return lists


def load_programmes(session: Session, lists: Lists) -> Changes:
    """Make each of these programmes hold these communes and no other; the same file again writes nothing. Raises
    TableError when a list names no commune that exists: it would be emptied."""
    locked_state(session)
    changes = Changes(lines=list(lists.ignored))
    lines = _keys(session, lists, changes)
    rows = select(OrganisationProgramme.organisation_id, OrganisationProgramme.programme)
    present = {(row.organisation_id, row.programme) for row in session.execute(rows)}
    others = {row for row in present if row[1] not in lists.communes}
    wanted = others | lines.keys()
    gone, new = replace_rows(session, OrganisationProgramme, wanted, {key for key, _ in wanted | present})
    _note(session, Change.LEAVES, gone, {}, changes)
    _note(session, Change.ENTERS, new, lines, changes)
    changes.related += len(gone) + len(new)
    return changes


def belongings(session: Session, organisation_ids: Collection[int]) -> Sequence[Belonging]:
    """What these organisations have of each programme, in the order of `NAMES`. Two statements."""
    listed = select(OrganisationProgramme.programme, Organisation).join(
        Organisation, Organisation.id == OrganisationProgramme.organisation_id
    )
    own: dict[str, list[Organisation]] = {}
    rows = session.execute(listed.where(Organisation.id.in_(organisation_ids)).order_by(*_largest_first()))
    for programme, body in rows:
        own.setdefault(programme, []).append(body)
    within = _within(session, organisation_ids)
    return [
        Belonging(code, own.get(code, []), [(body, held) for body, held in within.get(code, {}).values()])
        for code in NAMES
        if code in own or code in within
    ]


def _within(
    session: Session, organisation_ids: Collection[int]
) -> Mapping[str, Mapping[int, tuple[Organisation, list[Organisation]]]]:
    body = aliased(Organisation)
    intercommunal = or_(body.kind.in_(INTERCOMMUNAL), body.reference == LYON)
    wanted = (
        select(OrganisationProgramme.programme, body, Organisation)
        .join(Organisation, Organisation.id == OrganisationProgramme.organisation_id)
        .join(Territory, Territory.commune_id == Organisation.id)
        .join(body, body.id == Territory.organisation_id)
        .where(body.id.in_(organisation_ids), intercommunal)
        .order_by(body.population.desc(), body.id, *_largest_first())
    )
    found: dict[str, dict[int, tuple[Organisation, list[Organisation]]]] = {}
    for programme, holder, commune in session.execute(wanted):
        found.setdefault(programme, {}).setdefault(holder.id, (holder, []))[1].append(commune)
    return found


def _largest_first() -> tuple[Any, ...]:
    return Organisation.population.desc(), Organisation.id


def _programme(path: Path, row: Row, said: str) -> str:
    """Of this line. Raises TableError."""
    where = f"{path.name}, ligne {row.number}"
    foreign = next((code for code, name in OWN_COLUMNS.items() if row[name] and code != said), "")
    if said and foreign and not row[OWN_COLUMNS.get(said, "")]:
        raise TableError(f"{where} : cette liste est celle de « {NAMES[foreign]} », pas de « {NAMES[said]} ».")
    if said and row["programme"] and _code_of(row["programme"]) != said:
        raise TableError(f"{where} : « {row['programme']} » n’est pas « {NAMES[said]} ».")
    if said:
        return said
    if code := _code_of(row["programme"]):
        return code
    if row["programme"]:
        raise TableError(f"{where} : le programme « {row['programme']} » est inconnu ({', '.join(NAMES)}).")
    raise TableError(f"{where} : dites de quel programme, par la colonne « programme » ou par --programme.")


def _code_of(text: str) -> str:
    """By its code or its name."""
    key = name_key(text)
    return next((code for code, name in NAMES.items() if key in (code, name_key(name))), "")


def _keys(session: Session, lists: Lists, changes: Changes) -> dict[tuple[int, str], int]:
    """The line of the file behind each commune on each list. Raises TableError."""
    found = resolve(session, {f"commune:{code}" for communes in lists.communes.values() for code in communes})
    lines: dict[tuple[int, str], int] = {}
    for programme, communes in lists.communes.items():
        for code, number in communes.items():
            if key := found.get(f"commune:{code}"):
                lines.setdefault((key, programme), number)
            else:
                changes.note(Change.IGNORED, code, lists.names[code], "commune inconnue", number)
        if not any(listed == programme for _, listed in lines):
            raise TableError(f"« {NAMES[programme]} » : le référentiel ne connaît aucune commune de cette liste.")
    return lines


def _note(session: Session, change: Change, rows: set[Any], lines: Mapping[Any, int], changes: Changes) -> None:
    ids = {key for key, _ in rows}
    bodies = {body.id: body for body in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    for key, programme in sorted(rows):
        body = bodies[key]
        changes.note(change, body.code, body.name, NAMES.get(programme, programme), lines.get((key, programme)))
