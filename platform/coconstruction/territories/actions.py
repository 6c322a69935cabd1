"""Loads the referential: what changed is written, what vanished sleeps (docs/decisions/0012)."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.database import Base, insert_once, lock
from coconstruction.journal import SYSTEM, record
from coconstruction.territories.bodies import Body, reference_of
from coconstruction.territories.models import Alias, LoadedReferential, NameWord, Organisation, PlaceName, Territory
from coconstruction.territories.names import name_key
from coconstruction.territories.referential import Referential

Row = tuple[Any, ...]
Ids = Mapping[str, int]
Progress = Callable[[int], object]

BATCH = 5_000
KINDS_OF_REFERENCE = frozenset({"commune", "epci", "ept", "collectivite", "departement", "region"})
COLUMNS = tuple(field.name for field in fields(Body) if field.name not in ("communes", "aliases"))


def import_referential(session: Session, referential: Referential, progress: Progress = bool) -> dict[str, int]:
    """Make the database say what the referential says; tells how many organisations were added, updated, deactivated.

    Loading the same referential again writes nothing. `progress` is told the rows done since last told; there are
    `rows_to_load` of them.
    """
    state = _locked_state(session)
    changes = _store_organisations(session, referential, progress)
    ids = {row.reference: row.id for row in _official_rows(session)}
    rows = _related_rows(referential, ids)
    related = sum(_replace(session, model, wanted, ids, progress) for model, wanted in rows.items())
    if any(changes.values()) or related or state.digest != referential.digest:
        _sign(session, state, referential, changes)
    return changes


def rows_to_load(referential: Referential) -> int:
    anyone: Ids = dict.fromkeys((body.reference for body in referential.bodies), 0)
    words = sum(len(set(_words(body))) for body in referential.bodies)
    territories = sum(len(body.communes) for body in referential.bodies)
    return len(anyone) + words + territories + len(referential.places) + len(referential.aliases)


def add_organisation(session: Session, **values: Any) -> Organisation:
    """One more organisation, beside the referential (association, syndicat mixte…), found by the words of its name."""
    organisation = Organisation(**{"name_key": name_key(values["name"]), **values})
    session.add(organisation)
    session.flush()
    words = {*name_key(organisation.name).split(), *filter(None, (organisation.siren,))}
    session.add_all(NameWord(word=word, organisation_id=organisation.id) for word in sorted(words))
    return organisation


def _locked_state(session: Session) -> LoadedReferential:
    """Two imports at once would each see what the other has not yet written."""
    blank = {"version": "", "vintage": "", "digest": "", "stamp": "", "imported_at": clock.now()}
    insert_once(session, LoadedReferential, id=1, **blank)
    return lock(session, LoadedReferential, 1)


def _sign(session: Session, state: LoadedReferential, referential: Referential, changes: Mapping[str, int]) -> None:
    state.version, state.vintage = referential.version, referential.vintage
    state.digest, state.stamp, state.imported_at = referential.digest, secrets.token_hex(16), clock.now()
    source = {"version": referential.version, "vintage": referential.vintage, "digest": referential.digest}
    payload = {**source, "counts": referential.counts(), **changes}
    record(session, "territories.imported", ("referential", 1), by=SYSTEM, payload=payload)


def _store_organisations(session: Session, referential: Referential, progress: Progress) -> dict[str, int]:
    present = {row.reference: row for row in _official_rows(session)}
    wanted = {body.reference: _values(body) for body in referential.bodies}
    added = [values for reference, values in wanted.items() if reference not in present]
    updated = [
        {**values, "row_id": present[reference].id}
        for reference, values in wanted.items()
        if reference in present and not values.items() <= present[reference]._asdict().items()
    ]
    vanished = [
        {"row_id": row.id, "active": False} for row in present.values() if row.active and row.reference not in wanted
    ]
    _update(session, vanished, ("active",))
    _update(session, updated, (*COLUMNS, "active"))
    progress(len(wanted) - len(added))
    _insert(session, _table(Organisation), added, progress)
    return {"added": len(added), "updated": len(updated), "deactivated": len(vanished)}


def _official_rows(session: Session) -> Iterator[Any]:
    """Every organisation the referential answers for, vanished ones included."""
    columns = [getattr(Organisation, name) for name in ("id", "active", *COLUMNS)]
    for row in session.execute(select(*columns)):
        if row.reference.partition(":")[0] in KINDS_OF_REFERENCE:
            yield row


def _values(body: Body) -> dict[str, Any]:
    return {**{name: getattr(body, name) for name in COLUMNS}, "active": True}


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


def _words(body: Body) -> list[str]:
    """The département too: "sainte colombe gironde" tells one homonym from the eleven others."""
    names = (body.name, body.name_key, body.departement_name, body.siren, body.insee_code, body.postal_codes)
    return " ".join(name_key(name) for name in names if name).split()


def _replace(session: Session, model: type[Base], wanted: set[Row], ids: Ids, progress: Progress) -> int:
    """Make the table hold these rows for these organisations, and no others; tells how many rows changed."""
    table, ours = _table(model), set(ids.values())
    owner = list(table.c).index(table.c.organisation_id)
    present = {tuple(row) for row in session.execute(select(*table.c)) if row[owner] in ours}
    gone = [_key(table, row) for row in present - wanted]
    new = [dict(zip(table.c.keys(), row, strict=True)) for row in sorted(wanted - present)]
    for batch in _batches(gone):
        here = [column == bindparam(f"old_{column.key}") for column in table.primary_key]
        session.execute(delete(table).where(*here), batch)
    progress(len(wanted) - len(new))
    _insert(session, table, new, progress)
    return len(gone) + len(new)


def _key(table: Table, row: Row) -> dict[str, Any]:
    return {f"old_{column.key}": value for column, value in zip(table.c, row, strict=True) if column.primary_key}


def _update(session: Session, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    table = _table(Organisation)
    statement = update(table).where(table.c.id == bindparam("row_id"))
    for batch in _batches(rows):
        session.execute(statement.values({name: bindparam(name) for name in columns}), batch)


def _insert(session: Session, table: Table, rows: Sequence[dict[str, Any]], progress: Progress) -> None:
    for batch in _batches(rows):
        session.execute(insert(table), batch)
        progress(len(batch))


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)
