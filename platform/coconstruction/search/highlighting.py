"""Which words of a text answered the question. Pieces of text come out, never markup."""

from collections.abc import Iterator, Sequence

from coconstruction.search.analysis import Word, readable, words
from coconstruction.search.index import Segment
from coconstruction.search.interpretation import Interpretation

BEFORE, LENGTH = 50, 180  # characters of an extract before its first match, and in all
MOST_EXTRACTS = 2
MOST_MATCHES = 100  # a page of nothing but matches needs no careful choice


class Highlighter:
    def __init__(self, meaning: Interpretation) -> None:
        self._terms = meaning.terms
        self._beginning = meaning.beginning

    def whole(self, text: str) -> tuple[Segment, ...]:
        text = readable(text)
        return tuple(_segments(text, 0, len(text), self._matches(text)))

    def extracts(self, text: str) -> tuple[tuple[Segment, ...], ...]:
        """Those that hold the most different words of the question; each next one must hold a new word."""
        text = readable(text)
        matches = self._matches(text)[:MOST_MATCHES]
        chosen: list[tuple[int, int]] = []
        seen: set[str] = set()
        while len(chosen) < MOST_EXTRACTS and (best := _best(matches, chosen, seen)) is not None:
            start, end = _window(text, best)
            chosen.append((start, end))
            seen |= {word.term for word in matches if start <= word.start < end}
        return tuple(tuple(_extract(text, start, end, matches)) for start, end in sorted(chosen))

    def _matches(self, text: str) -> list[Word]:
        return [word for word in words(text) if self._is_match(word)]

    def _is_match(self, word: Word) -> bool:
        if word.term in self._terms:
            return True
        return self._beginning is not None and word.folded.startswith(self._beginning)


def _best(matches: Sequence[Word], chosen: Sequence[tuple[int, int]], seen: set[str]) -> Word | None:
    free = [word for word in matches if all(not start <= word.start < end for start, end in chosen)]
    richest, most = None, 0
    for first in free:
        near = {word.term for word in free if first.start <= word.start < first.start + LENGTH - BEFORE} - seen
        if len(near) > most:
            richest, most = first, len(near)
    return richest


def _window(text: str, first: Word) -> tuple[int, int]:
    """Around the word, cut between words."""
    start = max(0, first.start - BEFORE) if first.start > 2 * BEFORE else 0
    end = min(len(text), max(start + LENGTH, first.end))
    if start:
        start = min((text.find(" ", start) + 1) or start, first.start)
    if end < len(text):
        end = max(text.rfind(" ", 0, end), first.end)
    return start, end


def _extract(text: str, start: int, end: int, matches: Sequence[Word]) -> Iterator[Segment]:
    if start:
        yield "… ", False
    yield from _segments(text, start, end, matches)
    if end < len(text):
        yield " …", False


def _segments(text: str, start: int, end: int, matches: Sequence[Word]) -> Iterator[Segment]:
    at = start
    for word in matches:
        if start <= word.start and word.end <= end:
            if at < word.start:
                yield text[at : word.start], False
            yield text[word.start : word.end], True
            at = word.end
    if at < end:
        yield text[at:end], False
