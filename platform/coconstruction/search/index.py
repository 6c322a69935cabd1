"""The one interface of search (docs/decisions/0006): documents go in, a question gets an answer, whatever the engine.

An index is a disposable copy of what the database says. It remembers the last line of the journal it holds, its
watermark, in the same commit as the documents: who keeps it up to date reads the watermark, then applies what follows.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Key = tuple[str, int]  # (kind, id)
Segment = tuple[str, bool]  # a piece of text, and whether it matched: markup is the template's business
Progress = Callable[[int], None]  # told how many more documents are done


@dataclass(frozen=True)
class Document:
    """`keywords`: names and codes by which one looks for it, never shown. `facets`: name to values.
    `weight`: what tells equals apart, and hardly more (supports, inhabitants). `standing`: what share of its score
    it keeps, 1 unless it is seldom what one means."""

    kind: str
    id: int
    title: str
    body: str = ""
    keywords: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weight: float = 0
    standing: float = 1


@dataclass(frozen=True)
class Question:
    """Any of the `kinds` (all when empty), and for each filtered facet any of its values. An empty text asks for
    everything, the heaviest first; a text without a single word asks for nothing. Pages start at 1."""

    text: str
    kinds: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True)
class Hit:
    """`title_segments` put together are the title; each fragment is an extract of the body around what matched."""

    kind: str
    id: int
    title: str
    title_segments: tuple[Segment, ...]
    fragments: tuple[tuple[Segment, ...], ...]
    score: float


@dataclass(frozen=True)
class Answer:
    """`facets`: facet to value to the number of hits that value would leave under the *other* filters in force; the
    facet "kind" counts kinds. `suggestion`: the question with its misspelt words put right, when that is what was
    searched."""

    hits: Sequence[Hit] = ()
    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    suggestion: str | None = None


class SearchIndex(Protocol):
    """Safe to share between threads. An index that is absent or damaged answers like an empty one."""

    def search(self, question: Question) -> Answer: ...

    def watermark(self) -> int:
        """The last line of the journal the index holds; 0 when there is no index, or none that can be read."""
        ...

    def apply(
        self, upserts: Iterable[Document], deletes: Collection[Key], watermark: int, *, since: int | None = None
    ) -> bool:
        """Write all of it in one commit, or nothing. `since` is the watermark the changes were computed from: when
        the index has another one by now (another process applied, a rebuild was swapped in), nothing is written
        and the answer is False: read the watermark and try again. Without `since`, the caller vouches for being
        the only one to write."""
        ...

    def rebuild(self, documents: Iterable[Document], watermark: int, progress: Progress | None = None) -> int:
        """Build anew beside the index that serves, then swap; the number of documents. Read the watermark from the
        journal *before* the documents: lines written meanwhile are then applied again, which is harmless."""
        ...

    def close(self) -> None: ...
