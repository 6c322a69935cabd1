"""Tables that a spreadsheet opens as they are: French separators, accents kept, and no cell that it would compute."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

BOM = "\ufeff"  # without it, Excel reads another alphabet
FORMULA = tuple("=+-@|＝＋－＠")
Cell = str | int


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    text = StringIO(newline="")
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(header)
    table.writerows([_inert(cell) for cell in row] for row in rows)
    body = (BOM + text.getvalue()).encode("utf-8")
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def _inert(cell: Cell) -> Cell:
    """Text that a spreadsheet would run is told to be text by an apostrophe, which it does not show."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA) else cell
