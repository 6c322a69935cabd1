"""Many rows at once: a table is made to hold what is wanted, and only what differs is written."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from coconstruction.database import Base

Row = tuple[Any, ...]
Progress = Callable[[int], object]

BATCH = 5_000


def replace_rows(
    session: Session, model: type[Base], wanted: set[Row], owners: Collection[int], progress: Progress = bool
) -> tuple[set[Row], set[Row]]:
    """Make the table hold these rows for these organisations (its first column that names one, the owner), and no
    others; tells which went and which came. A row is the values of its columns, in order."""
    table = table_of(model)
    owner = list(table.c).index(table.c.get("organisation_id", table.columns[0]))
    present = {tuple(row) for row in session.execute(select(*table.c)) if row[owner] in owners}
    gone, new = present - wanted, wanted - present
    for batch in _batches([_key(table, row) for row in gone]):
        here = [column == bindparam(f"old_{column.key}") for column in table.primary_key]
        session.execute(delete(table).where(*here), batch)
    progress(len(wanted) - len(new))
    insert_rows(session, table, [dict(zip(table.c.keys(), row, strict=True)) for row in sorted(new)], progress)
    return gone, new


def update_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Each row names its line by `row_id`."""
    statement = update(table).where(table.c.id == bindparam("row_id"))
    for batch in _batches(rows):
        session.execute(statement.values({name: bindparam(name) for name in columns}), batch)


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]], progress: Progress = bool) -> None:
    for batch in _batches(rows):
        session.execute(insert(table), batch)
        progress(len(batch))


def table_of(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def _key(table: Table, row: Row) -> dict[str, Any]:
    return {f"old_{column.key}": value for column, value in zip(table.c, row, strict=True) if column.primary_key}


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])
