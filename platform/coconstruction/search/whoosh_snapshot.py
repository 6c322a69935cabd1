"""One commit of a Whoosh index, opened for reading: its vocabulary, its postings, and the facts of every document.

Postings and facts are kept decoded by segment. A commit adds a small segment and leaves the large ones as they are, so
that most of it survives into the next snapshot. Not safe to share between threads: `WhooshIndex` holds a lock.
"""

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from typing import Any

from whoosh.index import open_dir

from coconstruction.search.facets import Signature
from coconstruction.search.interpretation import MOST_BEGINNINGS
from coconstruction.search.ranking import damping
from coconstruction.search.spelling import slips_allowed
from coconstruction.search.whoosh_folder import State
from coconstruction.search.whoosh_schema import BODY, FACTS, KEY, NAME, TERMS, TITLE, WATERMARK, WORDS

Posting = tuple[int, float]  # document number, weight of the term in it
MOST_KEPT = 4000  # decoded lists of postings

_Decoded = tuple["array[int]", "array[float]"]


@dataclass(frozen=True)
class Facts:
    """Of all the documents of a segment, by number. The watermark has an empty kind and passes no question."""

    keys: list[tuple[str, int]]
    signatures: list[Signature]
    damping: "array[float]"
    prominence: "array[float]"


class Kept:
    """What is worth decoding once for all the snapshots that share a segment."""

    def __init__(self) -> None:
        self.facts: dict[str, Facts] = {}
        self.postings: dict[tuple[str, int, str], _Decoded] = {}

    def forget_but(self, segments: Collection[str]) -> None:
        self.facts = {name: facts for name, facts in self.facts.items() if name in segments}
        many = len(self.postings) > MOST_KEPT
        self.postings = {} if many else {key: each for key, each in self.postings.items() if key[0] in segments}


class Snapshot:
    def __init__(self, state: State, kept: Kept) -> None:
        self.state = state
        index: Any = open_dir(str(state[0]))
        self._reader = index.reader()
        self._leaves: list[tuple[Any, int]] = [
            (leaf, offset) for leaf, offset in self._reader.leaf_readers() if leaf.doc_count_all()
        ]
        self._kept = kept
        kept.forget_but({_name(leaf) for leaf, _ in self._leaves})
        self._facts = [self._facts_of(leaf) for leaf, _ in self._leaves]
        self.watermark = self._read_watermark()

    def close(self) -> None:
        self._reader.close()

    # The vocabulary

    @cached_property
    def documents(self) -> int:
        return max(0, int(self._reader.doc_count()) - 1)

    def holding(self, terms: Collection[str]) -> Mapping[str, int]:
        return {term: sum(len(self._decoded(leaf, term)[0]) for leaf, _ in self._leaves) for term in terms}

    def beginning(self, folded: str) -> Mapping[str, int]:
        known = self._starting(folded)
        most = nsmallest(MOST_BEGINNINGS, known.items(), key=lambda each: (-each[1], each[0]))
        return {word: count for word, count in most if self._is_live(word)}

    def resembling(self, folded: str) -> Mapping[str, int]:
        edits = slips_allowed(folded) + 1  # a swap counts for two here
        near = self._reader.terms_within(WORDS, folded, edits, prefix=1)
        return {word: int(self._reader.doc_frequency(WORDS, word)) for word in near if self._is_live(word)}

    def _is_live(self, word: str) -> bool:
        """The words of deleted documents stay until their segment is merged."""
        return any((WORDS, word) in leaf and leaf.postings(WORDS, word).is_active() for leaf, _ in self._leaves)

    def _starting(self, prefix: str) -> dict[str, int]:
        known: dict[str, int] = {}
        for leaf, _ in self._leaves:
            for word, about in leaf.iter_prefix(WORDS, prefix):
                text = word.decode()
                known[text] = known.get(text, 0) + int(about.doc_frequency())
        return known

    # The documents

    def numbers(self) -> Iterator[int]:
        kinds = self.keys
        for leaf, offset in self._leaves:
            yield from (offset + number for number in leaf.all_doc_ids() if kinds[offset + number][0])

    def postings(self, term: str) -> Iterator[Posting]:
        for leaf, offset in self._leaves:
            numbers, weights = self._decoded(leaf, term)
            yield from zip((offset + number for number in numbers) if offset else numbers, weights, strict=True)

    def titled(self, title_key: str) -> Iterable[int]:
        for leaf, offset in self._leaves:
            if title_key and (NAME, title_key) in leaf:
                yield from (offset + number for number in leaf.postings(NAME, title_key).all_ids())

    @cached_property
    def keys(self) -> list[tuple[str, int]]:
        return [key for facts in self._facts for key in facts.keys]

    @cached_property
    def signatures(self) -> list[Signature]:
        return [each for facts in self._facts for each in facts.signatures]

    @cached_property
    def damping(self) -> "array[float]":
        return _joined(facts.damping for facts in self._facts)

    @cached_property
    def prominence(self) -> "array[float]":
        return _joined(facts.prominence for facts in self._facts)

    def texts(self, number: int) -> tuple[str, str]:
        stored = self._reader.stored_fields(number)
        return str(stored[TITLE]), str(stored[BODY])

    def _decoded(self, leaf: Any, term: str) -> _Decoded:
        key = (_name(leaf), int(leaf.segment().deleted_count()), term)
        if key not in self._kept.postings:
            self._kept.postings[key] = _decode(leaf, term)
        return self._kept.postings[key]

    def _facts_of(self, leaf: Any) -> Facts:
        name = _name(leaf)
        if name not in self._kept.facts:
            self._kept.facts[name] = _read_facts(leaf)
        return self._kept.facts[name]

    def _read_watermark(self) -> int:
        for leaf, _ in self._leaves:
            if (KEY, WATERMARK) in leaf:
                for number in leaf.postings(KEY, WATERMARK).all_ids():
                    return int(leaf.stored_fields(number)[TITLE])
        return 0


def _name(leaf: Any) -> str:
    return str(leaf.segment().segid)


def _joined(parts: Iterable["array[float]"]) -> "array[float]":
    whole = array("d")
    for part in parts:
        whole.extend(part)
    return whole


def _decode(leaf: Any, term: str) -> _Decoded:
    numbers, weights = array("L"), array("d")
    if (TERMS, term) in leaf:
        matcher = leaf.postings(TERMS, term)
        while matcher.is_active():
            numbers.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
    return numbers, weights


def _read_facts(leaf: Any) -> Facts:
    shared: dict[Signature, Signature] = {}
    facts = Facts([], [], array("d"), array("d"))
    for row in leaf.column_reader(FACTS):
        kind, key, prominence, length, *entries = json.loads(row) if row else ("", 0, 0, 0)
        signature = tuple(entries)
        facts.keys.append((kind, key))
        facts.signatures.append(shared.setdefault(signature, signature))
        facts.damping.append(damping(length))
        facts.prominence.append(prominence)
    return facts
