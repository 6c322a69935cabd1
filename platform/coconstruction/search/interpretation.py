"""What a question means to an index: each of its words, or what stands for it, with what it is worth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from coconstruction.search.analysis import Word, question_words, term_of, title_key
from coconstruction.search.ranking import rarity
from coconstruction.search.spelling import nearest, slips_allowed

LONGEST_QUESTION = 500  # characters
MOST_WORDS = 24
SHORTEST_BEGINNING = 3
MOST_BEGINNINGS = 30
TOO_FEW = 1  # a word that so few documents hold may be a slip that someone published
FAR_MORE = 20


class Vocabulary(Protocol):
    """The words of an index, each with the number of documents that hold it."""

    @property
    def documents(self) -> int: ...

    def holding(self, terms: Collection[str]) -> Mapping[str, int]:
        """Terms that no document holds may be left out."""
        ...

    def beginning(self, folded: str) -> Mapping[str, int]:
        """The `MOST_BEGINNINGS` most used words that begin so."""
        ...

    def resembling(self, folded: str) -> Mapping[str, int]:
        """At least the known words as far as `slips_allowed` that share the first letter."""
        ...


@dataclass(frozen=True)
class Concept:
    """A document holds it when it holds any of the terms; those only `near` what was typed are worth less."""

    terms: tuple[str, ...]
    near: tuple[str, ...]
    rarity: float


@dataclass(frozen=True)
class Interpretation:
    """`concepts` the rarest first. `beginning`: the unfinished last word. `corrections`: typed to known (folded)."""

    concepts: tuple[Concept, ...]
    title_key: str
    beginning: str | None
    corrections: Mapping[str, str]

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(term for concept in self.concepts for term in (*concept.terms, *concept.near))


@dataclass(frozen=True)
class _Reading:
    word: Word
    holding: int
    near: Mapping[str, int]  # words
    correction: str | None = None


def interpret(text: str, vocabulary: Vocabulary) -> Interpretation:
    text = text[:LONGEST_QUESTION]
    found = question_words(text)[:MOST_WORDS]
    unfinished = found[-1] if found and _is_unfinished(text, found[-1]) else None
    by_term = {word.term: word for word in found}
    holding = vocabulary.holding(by_term.keys())
    readings = [
        _read(word, holding.get(term, 0), vocabulary, is_last=word is unfinished) for term, word in by_term.items()
    ]
    concepts = [_concept(each, vocabulary.documents) for each in readings if each.holding or each.near]
    return Interpretation(
        concepts=tuple(sorted(concepts, key=lambda each: -each.rarity)),
        title_key=title_key(text),
        beginning=unfinished.folded if unfinished else None,
        corrections={each.word.folded: each.correction for each in readings if each.correction},
    )


def _is_unfinished(text: str, last: Word) -> bool:
    return text[-1:].isalnum() and len(last.folded) >= SHORTEST_BEGINNING and not last.is_stop


def _read(word: Word, holding: int, vocabulary: Vocabulary, *, is_last: bool) -> _Reading:
    reading = _Reading(word, holding, vocabulary.beginning(word.folded) if is_last else {})
    if holding > TOO_FEW or reading.near or not slips_allowed(word.folded):
        return reading
    known = vocabulary.resembling(word.folded)
    meant = nearest(word.folded, {each: count for each, count in known.items() if count >= FAR_MORE * holding})
    if meant is None:
        return reading
    return replace(reading, near={meant: known[meant]}, correction=None if holding else meant)


def _concept(reading: _Reading, documents: int) -> Concept:
    near = dict.fromkeys(term_of(word) for word in reading.near)
    near.pop(reading.word.term, None)
    holding = reading.holding or max(reading.near.values())
    terms = (reading.word.term,) if reading.holding else ()
    return Concept(terms, tuple(near), rarity(documents, min(holding, documents)))
