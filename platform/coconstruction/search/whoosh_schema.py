"""What a Whoosh index holds of a document."""

import json
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from whoosh.analysis.tokenizers import IDTokenizer
from whoosh.columns import VarBytesColumn
from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
from whoosh.formats import Existence

from coconstruction.search.analysis import Analysed, analyse, title_key
from coconstruction.search.facets import signature
from coconstruction.search.index import Document, Key
from coconstruction.search.ranking import IN_BODY, IN_KEYWORDS, IN_TITLE, prominence

KEY, NAME, TERMS, WORDS, FACTS, TITLE, BODY = "key", "name", "terms", "words", "facts", "title", "body"
WATERMARK = "watermark"  # the key of the one document that is none: it goes into the same commit as the others
STORED_BODY = 4000  # characters, for extracts


class Weighted(FieldType):
    """Terms analysed by us, each with its weight: one field for the whole document, because a sum of scores per field
    ranks worse. No positions: nobody asks for phrases, and they are most of an index."""

    def __init__(self) -> None:
        unused: Any = IDTokenizer()
        super().__init__(format=Existence(), analyzer=unused)

    def index(
        self, value: Mapping[str, float], **_options: Any
    ) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        return ((term.encode(), 1, weight, b"") for term, weight in sorted(value.items()))


def schema() -> Schema:
    bytes_column: Any = VarBytesColumn
    return Schema(
        **{
            KEY: ID(),
            NAME: ID(),
            TERMS: Weighted(),
            WORDS: Weighted(),
            FACTS: COLUMN(bytes_column()),
            TITLE: STORED(),
            BODY: STORED(),
        }
    )


def key_of(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def fields_of(document: Document) -> dict[str, Any]:
    analysed = analyse(document)
    facts = [
        document.kind,
        document.id,
        prominence(document.weight, document.standing),
        analysed.length,
        *signature(document),
    ]
    return {
        KEY: key_of((document.kind, document.id)),
        NAME: title_key(document.title),
        TERMS: weights(analysed),
        WORDS: dict.fromkeys(analysed.words, 1.0),
        FACTS: json.dumps(facts).encode(),
        TITLE: document.title,
        BODY: document.body[:STORED_BODY],
    }


def weights(analysed: Analysed) -> dict[str, float]:
    weights = {term: IN_BODY * times for term, times in analysed.body.items()}
    parts: Iterable[tuple[frozenset[str], float]] = ((analysed.keywords, IN_KEYWORDS), (analysed.title, IN_TITLE))
    for terms, weight in parts:
        for term in terms:
            weights[term] = weights.get(term, 0) + weight
    return weights


def watermark_fields(watermark: int) -> dict[str, Any]:
    return {KEY: WATERMARK, TITLE: str(watermark)}
