"""Loads the referential: what changed is written, what vanished sleeps (docs/decisions/0012, 0016)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import Base, insert_once
from coconstruction.journal import SYSTEM, record
from coconstruction.territories.bodies import Body, path_of, reference_of
from coconstruction.territories.bulk import Progress, Row, insert_rows, replace_rows, table_of, update_rows
from coconstruction.territories.changes import Change, Changes
from coconstruction.territories.lineage import Vintage, fates, reborn
from coconstruction.territories.models import (
    Alias,
    Descent,
    Lineage,
    NameWord,
    Organisation,
    PlaceName,
    Territory,
)
from coconstruction.territories.names import name_key
from coconstruction.territories.perimeters import derive_perimeters, territories
from coconstruction.territories.referential import Referential
from coconstruction.territories.stamp import locked_state, touch

Ids = Mapping[str, int]

KINDS_OF_REFERENCE = frozenset({"commune", "epci", "ept", "collectivite", "departement", "region"})
COLUMNS = tuple(field.name for field in fields(Body) if field.name not in ("communes", "aliases"))
WRITTEN = (*COLUMNS, "active", "nature", "source")
FATES = {Descent.MERGED: Change.MERGED, Descent.RENAMED: Change.RENAMED, Descent.SPLIT: Change.SPLIT}


def import_referential(session: Session, referential: Referential, progress: Progress = bool) -> Changes:
    """Make the database say what the referential says, and tell what changed.

    Loading the same referential again writes nothing. `progress` is told the rows done since last told; there are
    `rows_to_load` of them.
    """
    changes = load_referential(session, referential, progress)
    if changes.wrote:
        record_import(session, "territories.imported", source_of(referential), changes)
    return changes


def load_referential(session: Session, referential: Referential, progress: Progress = bool) -> Changes:
    """All of `import_referential` but its line in the journal, which comes after what the import entails."""
    state, changes = locked_state(session), Changes()
    before = _Before.read(session)
    matched = before.matched(referential)
    _store_organisations(session, referential, before, matched, changes, progress)
    ids = {row.reference: row.id for row in _official_rows(session)}
    _store_related(session, referential, before, matched, ids, changes, progress)
    _store_lineage(session, referential, before, matched, ids, changes)
    derive_perimeters(session, changes)
    changes.related += state.digest != referential.digest or state.vintage != referential.vintage
    if changes.wrote:
        state.version, state.vintage, state.digest = referential.version, referential.vintage, referential.digest
        touch(session, state)
    return changes


def record_import(session: Session, action: str, source: Mapping[str, Any], changes: Changes) -> None:
    """One line for the whole import; it makes the search index and the kept pages read everything anew."""
    payload = {**source, **changes.counts, "changes": {str(name): n for name, n in changes.by_change().items()}}
    record(session, action, ("referential", 1), by=SYSTEM, payload=payload)


def source_of(referential: Referential) -> dict[str, Any]:
    source = {"version": referential.version, "vintage": referential.vintage, "digest": referential.digest}
    return {**source, "counts": referential.counts()}


def rows_to_load(referential: Referential) -> int:
    anyone: Ids = dict.fromkeys((body.reference for body in referential.bodies), 0)
    words = sum(len(set(_words(body))) for body in referential.bodies)
    pairs = sum(len(body.communes) for body in referential.bodies)
    return len(anyone) + words + pairs + len(referential.places) + len(referential.aliases)


def add_organisation(session: Session, **values: Any) -> Organisation:
    """One more organisation, beside the referential (association, syndicat mixte…), found by the words of its name."""
    organisation = Organisation(**{"name_key": name_key(values["name"]), **values})
    session.add(organisation)
    session.flush()
    words = {*name_key(organisation.name).split(), *filter(None, (organisation.siren,))}
    session.add_all(NameWord(word=word, organisation_id=organisation.id) for word in sorted(words))
    return organisation


@dataclass(frozen=True)
class _Before:
    """What the database says before the import. `communes`: of each official body, by id."""

    rows: tuple[Any, ...]
    aliases: Mapping[str, int]
    communes: Mapping[int, Collection[int]]

    @classmethod
    def read(cls, session: Session) -> "_Before":
        rows = session.execute(select(*(getattr(Organisation, name) for name in ("id", *WRITTEN))))
        aliases = {name: key for name, key in session.execute(select(Alias.reference, Alias.organisation_id))}
        return cls(tuple(rows), aliases, territories(session, Organisation.source == ""))

    def matched(self, referential: Referential) -> dict[str, Any]:
        """The row of each body that was there: the one of its reference, else the one of its SIREN, for a commune
        that changes its INSEE code, or a syndicat that becomes a communauté, is the same legal body."""
        own = {body.reference for body in referential.bodies}
        by_reference = {row.reference: row for row in self.rows}
        awake_last = sorted(self.rows, key=lambda row: (row.active, row.id))
        by_siren = {row.siren: row for row in awake_last if row.siren and row.reference not in own}
        pairs = {
            body.reference: by_reference.get(body.reference) or by_siren.get(body.siren) for body in referential.bodies
        }
        return {reference: row for reference, row in pairs.items() if row is not None}


def _store_organisations(
    session: Session,
    referential: Referential,
    before: _Before,
    matched: Mapping[str, Any],
    changes: Changes,
    progress: Progress,
) -> None:
    wanted = {body.reference: _values(body, matched.get(body.reference)) for body in referential.bodies}
    added = [values for reference, values in wanted.items() if reference not in matched]
    updated = []
    for reference, row in matched.items():
        if differing := {name for name, value in wanted[reference].items() if getattr(row, name) != value}:
            updated.append({**wanted[reference], "row_id": row.id})
            _note_update(row, wanted[reference], differing, changes)
    here = {row.id for row in matched.values()}
    vanished = [row for row in before.rows if row.active and _is_official(row) and row.id not in here]
    for row in vanished:
        changes.note(Change.ASLEEP, row.code, row.name, "absente des nouveaux fichiers")
    for values in added if before.rows else ():
        changes.note(Change.ADDED, values["code"], values["name"])
    table = table_of(Organisation)
    update_rows(session, table, [{"row_id": row.id, "active": False} for row in vanished], ("active",))
    _free_codes(session, before, [*updated, *added])
    update_rows(session, table, updated, WRITTEN)
    progress(len(wanted) - len(added))
    insert_rows(session, table, added, progress)
    changes.added, changes.updated, changes.deactivated = len(added), len(updated), len(vanished)


def _values(body: Body, row: Any) -> dict[str, Any]:
    """A SIREN that the files do not give, but another source gave, stays."""
    values = {name: getattr(body, name) for name in COLUMNS}
    siren = body.siren or (row.siren if row is not None else None)
    return {**values, "siren": siren, "active": True, "nature": "", "source": ""}


def _note_update(row: Any, values: Mapping[str, Any], differing: set[str], changes: Changes) -> None:
    told = {
        "name": (Change.NAME, f"auparavant : {row.name}"),
        "population": (Change.POPULATION, f"{row.population} → {values['population']}"),
        "code": (Change.CODE, f"adresse {row.code} → {values['code']}"),
        "reference": (Change.CODE, f"{row.reference} → {values['reference']}"),
        "active": (Change.AWAKE, ""),
    }
    for name, (change, detail) in told.items():
        if name in differing:
            changes.note(change, values["code"], values["name"], detail)
    if rest := sorted(differing - told.keys() - {"name_key", "communes_count", "siren", "insee_code"}):
        changes.note(Change.OTHER, values["code"], values["name"], ", ".join(rest))


def _free_codes(session: Session, before: _Before, arriving: Iterable[Mapping[str, Any]]) -> None:
    """A SIREN may pass from one body to another: whoever held it first steps aside, for good when it vanished."""
    holders = {row.code: row for row in before.rows}
    aside = {}
    for values in arriving:
        holder = holders.get(values["code"])
        if holder is not None and holder.id != values.get("row_id"):
            aside[holder.id] = path_of(holder.reference)
    rows = [{"row_id": key, "code": code} for key, code in aside.items()]
    update_rows(session, table_of(Organisation), rows, ("code",))


def _official_rows(session: Session) -> Iterator[Any]:
    """Every organisation the referential answers for, vanished ones included."""
    for row in session.execute(select(Organisation.id, Organisation.reference, Organisation.siren)):
        if _is_official(row):
            yield row


def _is_official(row: Any) -> bool:
    return row.reference.partition(":")[0] in KINDS_OF_REFERENCE


def _store_related(
    session: Session,
    referential: Referential,
    before: _Before,
    matched: Mapping[str, Any],
    ids: Ids,
    changes: Changes,
    progress: Progress,
) -> None:
    owners = set(ids.values())
    for model, wanted in _related_rows(referential, ids).items():
        if model is Alias:
            wanted = wanted | _former(referential, before, matched, ids, wanted)
        if model is NameWord:
            wanted = wanted | _learned(referential, matched, ids)
        gone, new = replace_rows(session, model, wanted, owners, progress)
        changes.related += len(gone) + len(new)
        if model is Territory:
            _note_perimeters(before, gone, new, changes)


def _related_rows(referential: Referential, ids: Ids) -> dict[type[Base], set[Row]]:
    """The rows of each table, in the order of its columns."""
    bodies = referential.bodies
    return {
        Territory: {(ids[body.reference], ids[commune]) for body in bodies for commune in body.communes},
        NameWord: {(word, ids[body.reference]) for body in bodies for word in _words(body)},
        Alias: {(alias, ids[reference]) for alias, reference in referential.aliases.items()},
        PlaceName: {
            (place.code, place.kind, place.name, name_key(place.name), ids[reference_of(place.commune)])
            for place in referential.places
        },
    }


def _former(
    referential: Referential, before: _Before, matched: Mapping[str, Any], ids: Ids, wanted: set[Row]
) -> set[Row]:
    """Addresses never change: an alias stays until its name means a body again, and a body keeps its former names."""
    taken = {alias for alias, _ in wanted}.union(*((body.reference, body.code) for body in referential.bodies))
    former = dict(before.aliases)
    for reference, row in matched.items():
        former |= {row.reference: ids[reference], row.code: ids[reference]}
    ours = set(ids.values())
    return {(name, key) for name, key in former.items() if name not in taken and key in ours}


def _learned(referential: Referential, matched: Mapping[str, Any], ids: Ids) -> set[Row]:
    """The words of a SIREN that another source gave."""
    without = [body.reference for body in referential.bodies if body.siren is None and body.reference in matched]
    return {(matched[reference].siren, ids[reference]) for reference in without if matched[reference].siren}


def _note_perimeters(before: _Before, gone: set[Row], new: set[Row], changes: Changes) -> None:
    came, went = Counter(body for body, _ in new), Counter(body for body, _ in gone)
    for row in before.rows:
        if row.id in before.communes and (came[row.id] or went[row.id]):
            detail = f"{came[row.id]} commune(s) de plus, {went[row.id]} de moins"
            changes.note(Change.PERIMETER, row.code, row.name, detail)


def _store_lineage(
    session: Session,
    referential: Referential,
    before: _Before,
    matched: Mapping[str, Any],
    ids: Ids,
    changes: Changes,
) -> None:
    here = {row.id for row in matched.values()}
    vanished = {row.reference: row for row in before.rows if row.active and _is_official(row) and row.id not in here}
    woken = {reference for reference, row in matched.items() if not row.active}
    added = {body.reference for body in referential.bodies} - matched.keys() | woken
    references = {row.id: row.reference for row in before.rows}
    perimeters = {
        reference: {references[key] for key in before.communes.get(row.id, ())} for reference, row in vanished.items()
    }
    now = references | {row.id: reference for reference, row in matched.items()}
    formerly = {name: now[key] for name, key in before.aliases.items()}
    new, names = Vintage(referential.bodies, referential.aliases, added), {now[row.id]: row for row in before.rows}
    for tie in (*fates(vanished, perimeters, new), *reborn(formerly, new)):
        pair = {"predecessor_id": ids[tie.predecessor], "successor_id": ids[tie.successor]}
        if insert_once(session, Lineage, **pair, kind=tie.kind, at=clock.now()):
            changes.note(
                FATES[tie.kind], names[tie.predecessor].code, names[tie.predecessor].name, f"→ {tie.successor}"
            )
            changes.related += 1


def _words(body: Body) -> list[str]:
    """The département too: "sainte colombe gironde" tells one homonym from the eleven others."""
    names = (body.name, body.name_key, body.departement_name, body.siren, body.insee_code, body.postal_codes)
    return " ".join(name_key(name) for name in names if name).split()
