"""Search with PostgreSQL's own text search, for the site whose database it is."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg.errors import UndefinedTable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from coconstruction.search import facets
from coconstruction.search import postgres_statements as statements
from coconstruction.search import postgres_tables as tables
from coconstruction.search.analysis import analyse
from coconstruction.search.highlighting import Highlighter
from coconstruction.search.index import Answer, Document, Hit, Key, Progress, Question
from coconstruction.search.interpretation import MOST_BEGINNINGS, Concept, Interpretation, interpret
from coconstruction.search.ranking import COVER_SHARE, IN_BODY, IN_KEYWORDS, IN_TITLE, NEAR_SHARE, SAME_TITLE_SHARE
from coconstruction.search.spelling import slips_allowed
from coconstruction.search.suggestion import suggestion

LETTERS = [IN_BODY / IN_TITLE, 0.0, IN_KEYWORDS / IN_TITLE, 1.0]  # D, C, B, A
SCALE = IN_TITLE * 1.64493406685
PROGRESS_STEP = 200


class PostgresIndex:
    """Reads and writes through connections of its own: a question may come within any transaction, and a change is
    committed with its watermark, or not at all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def search(self, question: Question) -> Answer:
        try:
            with self._engine.connect() as connection:
                return _answer(connection, question)
        except ProgrammingError as error:
            if isinstance(error.orig, UndefinedTable):
                return Answer()  # nothing was ever indexed
            raise

    def watermark(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(statements.WATERMARK) or 0) if tables.exist(connection) else 0

    def apply(
        self, upserts: Iterable[Document], deletes: Collection[Key], watermark: int, *, since: int | None = None
    ) -> bool:
        documents = list(upserts)
        self._create()
        with self._writing() as connection:
            held = connection.scalar(tables.HELD)
            if since is not None and held != since:
                return False
            stale = [*deletes, *((each.kind, each.id) for each in documents)]
            more = tables.replace(connection, documents, stale)
            connection.execute(tables.ADVANCE, {"watermark": watermark, "more": more})
        return True

    def rebuild(self, documents: Iterable[Document], watermark: int, progress: Progress | None = None) -> int:
        self._create()
        with self._writing() as connection:
            tables.only_writer(connection)
            connection.exec_driver_sql(tables.NEW.format("new_"))
            rows = _Counted(documents, progress or (lambda _more: None))
            tables.copy(connection, (tables.row_of(each, analyse(each)) for each in rows), "new_")
            connection.exec_driver_sql(tables.INDEXES.format("new_") + tables.COUNT)
            connection.execute(tables.HELD)
            connection.exec_driver_sql(tables.SWAP)
            connection.execute(tables.MOVE, {"watermark": watermark, "documents": rows.total})
        return rows.total

    def close(self) -> None:
        """The connections are the engine's."""

    def _create(self) -> None:
        with self._writing() as connection:
            if not tables.exist(connection):
                tables.create(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ WRITE")  # the site's connections start by reading only
            yield connection


class _Counted:
    def __init__(self, documents: Iterable[Document], progress: Progress) -> None:
        self._documents = documents
        self._progress = progress
        self.total = 0

    def __iter__(self) -> Iterator[Document]:
        for document in self._documents:
            yield document
            self.total += 1
            if self.total % PROGRESS_STEP == 0:
                self._progress(PROGRESS_STEP)
        self._progress(self.total % PROGRESS_STEP)


class _Vocabulary:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.documents = 0

    def holding(self, terms: Collection[str]) -> Mapping[str, int]:
        rows = self._connection.execute(statements.HOLDING, {"terms": list(terms)})
        counts = {row.term: row.documents for row in rows}
        self.documents = counts.pop(None, 0)
        return counts

    def beginning(self, folded: str) -> Mapping[str, int]:
        return self._words(statements.BEGINNING, **_between(folded), most=MOST_BEGINNINGS)

    def resembling(self, folded: str) -> Mapping[str, int]:
        slips = slips_allowed(folded)
        shortest, longest = len(folded) - slips, len(folded) + slips
        return self._words(statements.RESEMBLING, **_between(folded[0]), shortest=shortest, longest=longest)

    def _words(self, statement: Any, **values: Any) -> Mapping[str, int]:
        return {row.word: row.documents for row in self._connection.execute(statement, values)}


def _between(prefix: str) -> dict[str, str]:
    return {"first": prefix, "after": prefix + "\U0010ffff"}


def _answer(connection: Connection, question: Question) -> Answer:
    meaning = interpret(question.text, _Vocabulary(connection))
    asked = facets.wanted(question)
    page = {
        "asked": json.dumps([sorted(map(tables.storable, entries)) for entries in asked.values()]),
        "per_page": question.per_page,
        "skipped": (question.page - 1) * question.per_page,
    }
    if question.text.strip():
        rows = connection.execute(statements.SEARCH, page | _weights(meaning)).all()
    else:
        rows = connection.execute(statements.EVERYTHING, page).all()
    total, counts = facets.count({tuple(row.facets): row.documents for row in rows if row.facets}, asked)
    found = sorted((row for row in rows if row.facets is None), key=lambda row: row.place)
    hits = [_hit(row, Highlighter(meaning)) for row in found]
    shown = (f"{row.title} {row.body}" for row in found)
    return Answer(hits, total, counts, suggestion(question.text, meaning.corrections, shown))


def _hit(row: Any, highlighter: Highlighter) -> Hit:
    return Hit(row.kind, row.id, row.title, highlighter.whole(row.title), highlighter.extracts(row.body), row.score)


def _weights(meaning: Interpretation) -> dict[str, Any]:
    concepts = meaning.concepts
    return {
        "terms": [_any_of(each.terms) for each in concepts],
        "nears": [_any_of(each.near) for each in concepts],
        "eithers": [_any_of(_both(each)) for each in concepts],
        "near_terms": [len(each.near) for each in concepts],
        "rarities": [each.rarity for each in concepts],
        "title_key": meaning.title_key,
        "bonus": SAME_TITLE_SHARE * sum(each.rarity for each in concepts),
        "letters": LETTERS,
        "scale": SCALE,
        "near_share": NEAR_SHARE,
        "cover_share": COVER_SHARE,
    }


def _both(concept: Concept) -> tuple[str, ...]:
    return (*concept.terms, *concept.near)


def _any_of(terms: tuple[str, ...]) -> str | None:
    return " | ".join(f"'{term}'" for term in terms) or None
