"""What a paper says, in order, whatever the kind of file: `pdf.py` and `odt.py` write the same blocks.

Papers are acts between French administrations: they are written in French, whatever the language of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

LANGUAGE = "fr"


@dataclass(frozen=True)
class Heading:
    kind: ClassVar = "heading"
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Its line breaks are kept."""

    kind: ClassVar = "paragraph"
    text: str


@dataclass(frozen=True)
class Items:
    kind: ClassVar = "items"
    items: Sequence[str]


@dataclass(frozen=True)
class Terms:
    """(term, what it is) pairs."""

    kind: ClassVar = "terms"
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """`numeric`: positions of the columns of numbers. `shares`: how wide each column is beside the others."""

    kind: ClassVar = "table"
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[int] = ()
    shares: Sequence[int] = ()


@dataclass(frozen=True)
class Signature:
    """Room for a hand and a stamp, under these words."""

    kind: ClassVar = "signature"
    text: str


Block = Heading | Paragraph | Items | Terms | Table | Signature


@dataclass(frozen=True)
class Paper:
    """`name` is the file's; `title` tells it from others; `subject` stands under `heading`; `footer` on each page."""

    name: str
    title: str
    heading: str
    subject: str
    footer: str
    blocks: Sequence[Block] = field(default_factory=tuple)
