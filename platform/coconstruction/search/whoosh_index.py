"""Search on disk with Whoosh, for the site that runs on SQLite."""

import logging
import pickle
import struct
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import nsmallest
from pathlib import Path
from typing import TypeVar

from whoosh.index import IndexError as WhooshIndexError
from whoosh.index import create_in, open_dir
from whoosh.reading import CorruptIndexError

from coconstruction.search import facets, whoosh_ranking
from coconstruction.search.highlighting import Highlighter
from coconstruction.search.index import Answer, Document, Hit, Key, Progress, Question
from coconstruction.search.interpretation import Interpretation, interpret
from coconstruction.search.suggestion import suggestion
from coconstruction.search.whoosh_folder import CURRENT, State, WhooshFolder
from coconstruction.search.whoosh_schema import KEY, WATERMARK, fields_of, key_of, schema, watermark_fields
from coconstruction.search.whoosh_snapshot import Kept, Snapshot

READING = (CorruptIndexError, EOFError, OSError, pickle.UnpicklingError, struct.error, zlib.error)
# Opening a truncated or foreign file raises whatever its bytes lead to.
OPENING = (*READING, AssertionError, AttributeError, LookupError, TypeError, ValueError, WhooshIndexError)
WAIT_SECONDS, REBUILD_WAIT_SECONDS = 30.0, 900.0
OPENING_TRIES, RETRY_SECONDS = 5, 0.02
MEMORY_MB = 256
PROGRESS_STEP = 200

T = TypeVar("T")
log = logging.getLogger(__name__)


class WhooshIndex:
    """One reader for all threads, behind a lock: Python would not score two questions at once anyway."""

    def __init__(self, root: Path) -> None:
        self._folder = WhooshFolder(root)
        self._lock = threading.Lock()
        self._kept = Kept()
        self._snapshot: Snapshot | None = None
        self._damaged: State | None = None

    def search(self, question: Question) -> Answer:
        return self._read(lambda snapshot: _answer(snapshot, question), Answer())

    def watermark(self) -> int:
        return self._read(lambda snapshot: snapshot.watermark, 0)

    def apply(
        self, upserts: Iterable[Document], deletes: Collection[Key], watermark: int, *, since: int | None = None
    ) -> bool:
        documents = list(upserts)
        with self._folder.locked("write", WAIT_SECONDS):
            if since is not None and self.watermark() != since:
                return False
            folder = self._read(lambda snapshot: snapshot.state[0], None) or self._start_empty()
            _write(folder, documents, [*deletes, *((each.kind, each.id) for each in documents)], watermark)
        return True

    def rebuild(self, documents: Iterable[Document], watermark: int, progress: Progress | None = None) -> int:
        with self._folder.locked("rebuild", REBUILD_WAIT_SECONDS):
            building = self._folder.begin()
            total = _build(building, documents, watermark, progress or (lambda _more: None))
            with self._folder.locked("write", WAIT_SECONDS):
                self._folder.publish(building)
            self._folder.sweep()
        return total

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _read(self, use: Callable[[Snapshot], T], otherwise: T) -> T:
        with self._lock:
            snapshot = self._latest()
            if snapshot is None:
                return otherwise
            try:
                return use(snapshot)
            except READING:
                log.exception("the search index is damaged: run `flask search rebuild`")
                self._damaged = snapshot.state
                self._drop()
                return otherwise

    def _latest(self) -> Snapshot | None:
        state = self._folder.state()
        if state is None or state == self._damaged:
            return None
        if self._snapshot is None or self._snapshot.state != state:
            self._drop()
            self._snapshot = self._open()
        return self._snapshot

    def _open(self) -> Snapshot | None:
        """Another process may commit or swap between two looks at the folder: what fails several times is damaged."""
        state = None
        for _ in range(OPENING_TRIES):
            if (state := self._folder.state()) is None:
                return None
            try:
                return Snapshot(state, self._kept)
            except OPENING:
                log.info("could not open the search index %s", state, exc_info=True)
                time.sleep(RETRY_SECONDS)
        log.error("the search index %s is damaged: run `flask search rebuild`", state)
        self._damaged = state
        return None

    def _drop(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def _start_empty(self) -> Path:
        building = self._folder.begin()
        _build(building, (), 0, lambda _more: None)
        self._folder.publish(building)
        return self._folder.root / CURRENT


def _write(folder: Path, upserts: Iterable[Document], stale: Iterable[Key], watermark: int) -> None:
    with open_dir(str(folder)).writer(timeout=WAIT_SECONDS, delay=RETRY_SECONDS) as writer:
        writer.delete_by_term(KEY, WATERMARK)
        for key in stale:
            writer.delete_by_term(KEY, key_of(key))
        for document in upserts:
            writer.add_document(**fields_of(document))
        writer.add_document(**watermark_fields(watermark))


def _build(folder: Path, documents: Iterable[Document], watermark: int, progress: Progress) -> int:
    total = 0
    with create_in(str(folder), schema()).writer(limitmb=MEMORY_MB) as writer:
        for total, document in enumerate(documents, start=1):
            writer.add_document(**fields_of(document))
            if total % PROGRESS_STEP == 0:
                progress(PROGRESS_STEP)
        writer.add_document(**watermark_fields(watermark))
    progress(total % PROGRESS_STEP)
    return total


def _answer(snapshot: Snapshot, question: Question) -> Answer:
    meaning = interpret(question.text, snapshot)
    scores = whoosh_ranking.score(snapshot, meaning) if question.text.strip() else whoosh_ranking.everything(snapshot)
    asked = facets.wanted(question)
    total, counts = facets.count(whoosh_ranking.signatures(snapshot, scores), asked)
    numbers = _page(snapshot, scores, asked, question)
    texts = [snapshot.texts(number) for number in numbers]
    hits = [_hit(snapshot.keys[n], text, scores[n], meaning) for n, text in zip(numbers, texts, strict=True)]
    return Answer(hits, total, counts, suggestion(question.text, meaning.corrections, map(" ".join, texts)))


def _page(snapshot: Snapshot, scores: whoosh_ranking.Scores, asked: facets.Wanted, question: Question) -> Sequence[int]:
    passing = {each: facets.passes(each, asked) for each in set(map(snapshot.signatures.__getitem__, scores))}
    found = (number for number in scores if passing[snapshot.signatures[number]])
    end = question.page * question.per_page
    keys = snapshot.keys
    best = nsmallest(end, found, key=lambda number: (-round(scores[number], 6), keys[number]))
    return best[end - question.per_page :]


def _hit(key: Key, texts: tuple[str, str], score: float, meaning: Interpretation) -> Hit:
    title, body = texts
    highlighter = Highlighter(meaning)
    return Hit(*key, title, highlighter.whole(title), highlighter.extracts(body), score)
