"""The tables of search on PostgreSQL: a cache, made at first use and made anew by a rebuild, unknown to the migrations.

Lexemes are made by us, so that both engines find the same documents. Their letters say where a term stands: A in the
title, B in the keywords, D in the body, once for each time it is said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from coconstruction.search.analysis import Analysed, analyse, title_key
from coconstruction.search.facets import signature
from coconstruction.search.index import Document
from coconstruction.search.ranking import damping, prominence

ONE_WRITER = 7_310_255  # advisory lock: any number nobody else uses
STORED_BODY = 4000  # characters, for extracts

STATE = """
CREATE TABLE IF NOT EXISTS search_state
    (id integer PRIMARY KEY CHECK (id = 1), watermark bigint NOT NULL, documents bigint NOT NULL);
INSERT INTO search_state VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
"""
# Byte order, so that beginnings of words are ranges of the key.
NEW = """
CREATE TABLE {0}search_term (term text COLLATE "C" PRIMARY KEY, documents bigint NOT NULL);
CREATE TABLE {0}search_word (word text COLLATE "C" PRIMARY KEY, documents bigint NOT NULL);
CREATE TABLE {0}search_document
    (kind text NOT NULL, id bigint NOT NULL, title text NOT NULL, title_key text NOT NULL, body text NOT NULL,
     facets text[] NOT NULL, damping float8 NOT NULL, prominence float8 NOT NULL, words text[] NOT NULL,
     lexemes tsvector NOT NULL);
"""
INDEXES = """
ALTER TABLE {0}search_document ADD PRIMARY KEY (kind, id);
CREATE INDEX ON {0}search_document USING gin (lexemes) WITH (fastupdate = off);
"""
COUNT = """
INSERT INTO new_search_term SELECT word, ndoc FROM ts_stat('SELECT lexemes FROM new_search_document');
INSERT INTO new_search_word SELECT word, count(*) FROM new_search_document, unnest(words) AS word GROUP BY word;
ANALYZE new_search_term; ANALYZE new_search_word; ANALYZE new_search_document;
"""
# Readers touch the three tables in this order too: nobody waits for someone who waits for them.
SWAP = """
LOCK TABLE search_term, search_word, search_document;
DROP TABLE search_term, search_word, search_document;
ALTER TABLE new_search_term RENAME TO search_term;
ALTER TABLE new_search_word RENAME TO search_word;
ALTER TABLE new_search_document RENAME TO search_document;
"""
COPY = "COPY {0}search_document FROM STDIN"

# Asked of the catalogue: `to_regclass` remembers its answer while we wait for another process that creates them.
EXIST = text(
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables"
    " WHERE schemaname = current_schema() AND tablename = 'search_document')"
)
HELD = text("SELECT watermark FROM search_state WHERE id = 1 FOR UPDATE")
MOVE = text("UPDATE search_state SET watermark = :watermark, documents = :documents WHERE id = 1")
ADVANCE = text("UPDATE search_state SET watermark = :watermark, documents = documents + :more WHERE id = 1")
REMOVE = text("""
    DELETE FROM search_document AS document
    USING unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[])) AS stale (kind, id)
    WHERE document.kind = stale.kind AND document.id = stale.id
    RETURNING tsvector_to_array(lexemes), words
""")
ADD_TERMS = text("""
    INSERT INTO search_term AS known SELECT * FROM unnest(CAST(:names AS text[]), CAST(:more AS bigint[]))
    ON CONFLICT (term) DO UPDATE SET documents = known.documents + excluded.documents
""")
ADD_WORDS = text("""
    INSERT INTO search_word AS known SELECT * FROM unnest(CAST(:names AS text[]), CAST(:more AS bigint[]))
    ON CONFLICT (word) DO UPDATE SET documents = known.documents + excluded.documents
""")


def exist(connection: Connection) -> bool:
    return connection.scalar(EXIST) is True


def create(connection: Connection) -> None:
    """Unless they are there. Two first uses at once: one waits for the other."""
    only_writer(connection)
    if not exist(connection):
        for statements in (STATE, NEW, INDEXES):
            connection.exec_driver_sql(statements.format(""))


def only_writer(connection: Connection) -> None:
    """Until the transaction ends, nobody else creates or rebuilds."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:one)"), {"one": ONE_WRITER})


def row_of(document: Document, analysed: Analysed) -> tuple[Any, ...]:
    return (
        document.kind,
        document.id,
        storable(document.title),
        title_key(document.title),
        storable(document.body[:STORED_BODY]),
        [storable(entry) for entry in signature(document)],
        damping(analysed.length),
        prominence(document.weight, document.standing),
        sorted(analysed.words),
        lexemes(analysed),
    )


def lexemes(analysed: Analysed) -> str:
    """The text form of a tsvector."""
    return " ".join(f"'{term}':{','.join(_positions(term, analysed))}" for term in sorted(analysed.terms))


def _positions(term: str, analysed: Analysed) -> Sequence[str]:
    """Positions say nothing here but must differ, and letters hang on them."""
    title, keywords = ["1A"] * (term in analysed.title), ["2B"] * (term in analysed.keywords)
    return [*title, *keywords, *(f"{3 + time}D" for time in range(analysed.body.get(term, 0)))]


def copy(connection: Connection, rows: Iterable[tuple[Any, ...]], prefix: str = "") -> None:
    """One row at a time from the iterable to the server."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(COPY.format(prefix)) as stream:
        for row in rows:
            stream.write_row(row)


def add_counts(connection: Connection, terms: Mapping[str, int], words: Mapping[str, int]) -> None:
    for statement, counts in ((ADD_TERMS, terms), (ADD_WORDS, words)):
        changed = {name: more for name, more in counts.items() if more}
        if changed:
            connection.execute(statement, {"names": list(changed), "more": list(changed.values())})


def replace(connection: Connection, upserts: Sequence[Document], stale: Iterable[tuple[str, int]]) -> int:
    """Delete the stale, insert the others, keep the counts of words right; how many more documents there are."""
    keys = list(stale)
    gone = connection.execute(REMOVE, {"kinds": [kind for kind, _ in keys], "ids": [key for _, key in keys]}).all()
    terms, words = Counter[str](), Counter[str]()
    for old_terms, old_words in gone:
        terms.subtract(old_terms)
        words.subtract(old_words)
    new = [(document, analyse(document)) for document in upserts]
    for _, analysed in new:
        terms.update(analysed.terms)
        words.update(analysed.words)
    copy(connection, (row_of(*each) for each in new))
    add_counts(connection, terms, words)
    return len(new) - len(gone)


def storable(value: str) -> str:
    """PostgreSQL keeps neither null bytes nor half characters."""
    return value.replace("\0", "").encode(errors="replace").decode()
