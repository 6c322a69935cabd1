"""Syndicats, CCAS and SDIS beside the referential: loaded from a register, on the communes of their members
(docs/decisions/0016)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.territories.bulk import Progress, insert_rows, replace_rows, table_of, update_rows
from coconstruction.territories.changes import Change, Changes, Line
from coconstruction.territories.identities import Identity, learn_sirens
from coconstruction.territories.models import GROUPING_KINDS, Alias, GroupingMember, NameWord, Organisation
from coconstruction.territories.names import name_key
from coconstruction.territories.perimeters import derive_perimeters
from coconstruction.territories.stamp import locked_state, touch

PREFIXES = {"syndicat_mixte": "syndicat", "ccas": "ccas", "sdis": "sdis"}
# What a register says of an organisation; its perimeter is worked out from its members.
PLACE = ("departement_code", "departement_name", "region_code", "region_name")
SAID = ("name", "name_key", "kind", "nature", "source", "active", *PLACE)
BLANK = {"postal_codes": "", "population": 0, "communes_count": 0, "departement_level": False}


@dataclass
class Group:
    """`members`: SIREN or reference of each, and the line that names it. `departement`: the seat's, or empty."""

    siren: str
    name: str
    kind: str
    nature: str
    line: int
    departement: str = ""
    members: dict[str, int] = field(default_factory=dict)


@dataclass
class Delivery:
    """What a file says. `scope`: the (département, nature) it speaks of, where whoever is absent has vanished;
    `closed`: the SIREN it says are closed, and their line; `identities`: whose SIREN it gives."""

    source: str
    groups: list[Group] = field(default_factory=list)
    scope: set[tuple[str, str]] = field(default_factory=set)
    closed: dict[str, int] = field(default_factory=dict)
    identities: list[Identity] = field(default_factory=list)
    ignored: list[Line] = field(default_factory=list)


def load_groupings(session: Session, delivery: Delivery, progress: Progress = bool) -> Changes:
    """Make the database say what the file says; the same file again writes nothing."""
    state, changes = locked_state(session), Changes()
    changes.lines += delivery.ignored
    learn_sirens(session, delivery.identities, changes)
    register = _Register.read(session)
    kept = [group for group in delivery.groups if _is_ours(group, register, delivery.source, changes)]
    _store(session, kept, register, delivery.source, changes)
    _put_to_sleep(session, _leaving(delivery, register), changes)
    _note_disagreements(delivery, register, changes)
    register = _Register.read(session)
    owners = {register.by_siren[group.siren].id for group in kept}
    members = {pair for group in kept for pair in _members(group, register, changes)}
    changes.related += _count(replace_rows(session, GroupingMember, members, owners))
    words = {(word, register.by_siren[group.siren].id) for group in kept for word in _words(group, register)}
    changes.related += _count(replace_rows(session, NameWord, words, owners, progress))
    derive_perimeters(session, changes)
    if changes.wrote:
        touch(session, state)
    return changes


def departement_names(session: Session) -> dict[str, str]:
    return {code: place["departement_name"] for code, place in _departements(session).items()}


@dataclass(frozen=True)
class _Register:
    """Every organisation by SIREN, those awake first, and by reference or alias."""

    by_siren: Mapping[str, Any]
    by_reference: Mapping[str, Any]
    departements: Mapping[str, dict[str, str]]

    @classmethod
    def read(cls, session: Session) -> "_Register":
        columns = [getattr(Organisation, name) for name in ("id", "reference", "code", "siren", *SAID)]
        rows = session.execute(select(*columns).order_by(Organisation.active, Organisation.id)).all()
        by_id = {row.id: row for row in rows}
        aliases = session.execute(select(Alias.reference, Alias.organisation_id)).all()
        led = {name: by_id[key] for name, key in aliases}
        return cls(
            {name: row for name, row in led.items() if name.isdecimal()}
            | {row.siren: row for row in rows if row.siren},
            led | {row.reference: row for row in rows},
            _departements(session),
        )

    def find(self, name: str) -> Any:
        return self.by_siren.get(name) or self.by_reference.get(name)


def _departements(session: Session) -> dict[str, dict[str, str]]:
    columns = [getattr(Organisation, name) for name in PLACE]
    communes = select(*columns).where(Organisation.insee_code.is_not(None), Organisation.active).distinct()
    return {row.departement_code: dict(row._mapping) for row in session.execute(communes)}


def _is_ours(group: Group, register: _Register, source: str, changes: Changes) -> bool:
    """Banatic knows the members: what it describes, Sirene does not describe otherwise."""
    known = register.by_siren.get(group.siren)
    if known is None or (known.kind in GROUPING_KINDS and known.source in ("", source, "sirene")):
        return True
    reason = "décrite par Banatic" if known.kind in GROUPING_KINDS else f"ce SIREN est celui de {known.name}"
    changes.note(Change.IGNORED, group.siren, group.name, reason, group.line)
    return False


def _store(session: Session, groups: Iterable[Group], register: _Register, source: str, changes: Changes) -> None:
    added, updated = [], []
    for group in groups:
        known = register.by_siren.get(group.siren)
        said = _said(group, register, source)
        if known is None:
            own = {"reference": f"{PREFIXES[group.kind]}:{group.siren}", "code": group.siren, "siren": group.siren}
            added.append({**said, **own, **BLANK})
            changes.note(Change.ADDED, group.siren, group.name, group.nature, group.line)
            continue
        if not group.departement:  # what was worked out from its members stays
            said |= {name: getattr(known, name) for name in PLACE}
        if lines := list(_differences(group, known, said)):
            updated.append({**said, "row_id": known.id})
            changes.lines += lines
    table = table_of(Organisation)
    update_rows(session, table, updated, SAID)
    insert_rows(session, table, added)
    changes.added += len(added)
    changes.updated += len(updated)


def _said(group: Group, register: _Register, source: str) -> dict[str, Any]:
    nowhere = dict.fromkeys(PLACE)
    place = register.departements.get(group.departement, nowhere)
    own = {"name": group.name, "name_key": name_key(group.name)[:200], "kind": group.kind, "nature": group.nature}
    return {**own, **place, "source": source, "active": True}


def _differences(group: Group, known: Any, said: Mapping[str, Any]) -> Iterator[Line]:
    changed = {name for name, value in said.items() if getattr(known, name) != value}
    if "active" in changed:
        yield Line(Change.AWAKE, known.code, group.name, "", group.line)
    if "name" in changed:
        yield Line(Change.NAME, known.code, group.name, f"auparavant : {known.name}", group.line)
    if changed - {"active", "name", "name_key"}:
        yield Line(Change.OTHER, known.code, group.name, "nature, source ou département", group.line)


def _leaving(delivery: Delivery, register: _Register) -> Iterator[Any]:
    """Those this source described, that it says are closed, or no longer describes where it speaks."""
    described = {group.siren for group in delivery.groups}
    departements = {departement for departement, _ in delivery.scope}
    natures = {nature for _, nature in delivery.scope}
    for siren, row in register.by_siren.items():
        if not row.active or row.source != delivery.source or siren != row.siren:
            continue
        in_scope = row.departement_code in departements and row.nature in natures
        if siren in delivery.closed or (in_scope and siren not in described):
            yield row


def _note_disagreements(delivery: Delivery, register: _Register, changes: Changes) -> None:
    for siren, number in delivery.closed.items():
        row = register.by_siren.get(siren)
        if row is not None and row.active and row.source not in ("", delivery.source):
            changes.note(Change.IGNORED, siren, row.name, "fermée selon ce fichier, décrite par Banatic", number)


def _put_to_sleep(session: Session, rows: Iterable[Any], changes: Changes) -> None:
    leaving = list(rows)
    for row in leaving:
        changes.note(Change.ASLEEP, row.code, row.name, "absente du fichier ou fermée")
    update_rows(session, table_of(Organisation), [{"row_id": row.id, "active": False} for row in leaving], ("active",))
    changes.deactivated = len(leaving)


def _members(group: Group, register: _Register, changes: Changes) -> Iterator[tuple[int, int]]:
    own = register.by_siren[group.siren].id
    for name, number in group.members.items():
        member = register.find(name)
        if member is None:
            changes.note(Change.IGNORED, group.siren, group.name, "membre inconnu", number)
        elif member.id != own:
            yield own, member.id


def _words(group: Group, register: _Register) -> set[str]:
    """The nature too: "sivu", "petr", "ccas" are typed."""
    place = register.departements.get(group.departement, {}).get("departement_name", "")
    return {*name_key(f"{group.name} {group.nature} {place}").split(), group.siren}


def _count(changed: tuple[set[Any], set[Any]]) -> int:
    return sum(len(rows) for rows in changed)
