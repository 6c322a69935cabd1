"""Tables that a spreadsheet opens as they are: French separators, accents kept, and no cell that it would compute."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO, StringIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from flask import Response, stream_with_context

BOM = "\ufeff"  # without it, Excel reads another alphabet
FORMULA = tuple("=+-@|＝＋－＠")
ROWS_A_PIECE = 200
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ODS = "application/vnd.oasis.opendocument.spreadsheet"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same rows make the same file
Cell = str | int | date

OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>'
    '<number:date-style style:name="jour"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
    '</number:date-style><style:style style:name="date" style:family="table-cell" style:data-style-name="jour"/>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
CLOSE = "</table:table></office:spreadsheet></office:body></office:document-content>"
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
ABOUT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-meta office:version="1.3"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<office:meta><dc:title>{title}</dc:title><dc:language>fr-FR</dc:language></office:meta></office:document-meta>"
)


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    return _attached("".join(_pieces(header, rows)).encode(), name)


def csv_stream(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Sent as it is read: a whole country does not fit in one answer's memory."""
    return _attached(stream_with_context(piece.encode() for piece in _pieces(header, rows)), name)


def ods_file(name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Numbers are numbers and dates are dates; the first row is repeated on every printed page. Compressed row by row:
    twenty thousand needs are some two megabytes."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        _put(archive, "mimetype", ODS, ZIP_STORED)
        _put(archive, "META-INF/manifest.xml", MANIFEST, ZIP_DEFLATED)
        _put(archive, "meta.xml", ABOUT.format(title=escape(title)), ZIP_DEFLATED)
        with archive.open(_entry("content.xml", ZIP_DEFLATED), "w") as content:
            content.write(f"{OPEN}<table:table table:name={quoteattr(title)}><table:table-header-rows>".encode())
            content.write(f"{_row(header)}</table:table-header-rows>".encode())
            for row in rows:
                content.write(_row(row).encode())
            content.write(CLOSE.encode())
    return _attached(file.getvalue(), name, ODS)


def _pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield BOM
    text = StringIO(newline="")
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(header)
    for number, row in enumerate(rows, start=1):
        table.writerow([_inert(cell) for cell in row])
        if number % ROWS_A_PIECE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _inert(cell: Cell) -> Cell:
    """Text that a spreadsheet would run is told to be text by an apostrophe, which it does not show."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA) else cell


def _attached(body: bytes | Iterator[bytes], name: str, kind: str = "text/csv") -> Response:
    return Response(body, mimetype=kind, headers={"Content-Disposition": f"attachment; filename={name}"})


def _row(cells: Iterable[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Cell) -> str:
    """A cell whose kind is told is never read as a formula."""
    if isinstance(cell, int):
        kind = f'office:value-type="float" office:value="{cell}"'
        return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"
    if isinstance(cell, date):
        shown = f"{cell:%d/%m/%Y}"
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}" table:style-name="date"'
        return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in NOT_XML.sub(" ", cell).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _put(archive: ZipFile, name: str, text: str, method: int) -> None:
    archive.writestr(_entry(name, method), text)


def _entry(name: str, method: int) -> ZipInfo:
    entry = ZipInfo(name, FIRST_DAY)
    entry.compress_type = method
    return entry
