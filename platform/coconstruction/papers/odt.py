"""A paper as an ODT, for those who must change it before they sign."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import odfdo

from coconstruction import clock
from coconstruction.papers.paper import Heading, Items, Paper, Paragraph, Signature, Table, Terms
from coconstruction.web.filters import NO_BREAK

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
LOCALE = "fr-FR"
NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RIGHT, STRONG, CELL, FRAMED = "co-nombre", "co-fort", "co-case", "co-signature"
LINE = "0.5pt solid #808080"


def write(paper: Paper) -> bytes:
    document = odfdo.Document("text")
    document.set_language(LOCALE)
    document.meta.title = document.meta.subject = _seen(paper.title)
    document.meta.set_language(LOCALE)
    document.meta.set_creation_date(clock.now())
    for style in _styles():
        document.insert_style(style, automatic=True)
    body = document.body
    body.clear()
    body.append(odfdo.Header(1, _seen(paper.heading)))
    body.append(_paragraph(paper.subject))
    for block in paper.blocks:
        for element in _WRITERS[type(block)](block):
            body.append(element)
    body.append(_paragraph(paper.footer))
    for number, table in enumerate(body.get_tables(), start=1):
        table.name = f"Tableau {number}"
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _heading(block: Heading) -> Iterator[odfdo.Element]:
    yield odfdo.Header(2, _seen(block.text))


def _text(block: Paragraph) -> Iterator[odfdo.Element]:
    yield _paragraph(block.text)


def _items(block: Items) -> Iterator[odfdo.Element]:
    yield odfdo.List([_seen(item) for item in block.items])


def _terms(block: Terms) -> Iterator[odfdo.Element]:
    for term, meaning in block.pairs:
        written = odfdo.Paragraph()
        written.append(odfdo.Span(f"{_seen(term)}{NO_BREAK}: ", style=STRONG))
        written.append(odfdo.Span(_seen(meaning)))
        yield written


def _table(block: Table) -> Iterator[odfdo.Element]:
    yield _paragraph(block.caption, "Caption")
    table = odfdo.Table("Tableau")
    table.append(odfdo.Element.from_tag(f'<table:table-column table:number-columns-repeated="{len(block.header)}"/>'))
    header = odfdo.Element.from_tag("<table:table-header-rows/>")
    header.append(_row(block.header, {}, "Table_20_Heading"))
    table.append(header)
    for cells in block.rows:
        table.append(_row(cells, dict.fromkeys(block.numeric, RIGHT), None))
    yield table


def _row(cells: Sequence[str], styles: Mapping[int, str], usual: str | None) -> odfdo.Row:
    row = odfdo.Row()
    for number, text in enumerate(cells):
        cell = odfdo.Cell(style=CELL)
        cell.append(_paragraph(text, styles.get(number, usual)))
        row.append(cell)
    return row


def _signature(block: Signature) -> Iterator[odfdo.Element]:
    yield _paragraph(block.text + "\n" * 6, FRAMED)


def _paragraph(text: str, style: str | None = None) -> odfdo.Paragraph:
    return odfdo.Paragraph(_seen(text), style=style)


def _seen(text: str) -> str:
    """Without the control signs that XML cannot hold, and that nobody sees."""
    return NOT_XML.sub("", text)


def _styles() -> Iterator[odfdo.Style]:
    yield odfdo.Style("text", name=STRONG, area="text", bold=True)
    yield odfdo.Style("paragraph", name=RIGHT, area="paragraph", align="end")
    yield odfdo.Style("paragraph", name=FRAMED, area="paragraph", border=LINE, padding="0.2cm")
    yield odfdo.Style("table-cell", name=CELL, area="table-cell", border=LINE, padding="0.1cm")


_WRITERS: Mapping[type, Callable[[Any], Iterator[odfdo.Element]]] = {
    Heading: _heading,
    Paragraph: _text,
    Items: _items,
    Terms: _terms,
    Table: _table,
    Signature: _signature,
}
