"""Counting by signatures: the many documents that share all their facet values are counted as one line."""

from collections import Counter
from collections.abc import Iterable, Mapping

from coconstruction.search.index import Document, Question

Signature = tuple[str, ...]  # sorted "name=value", the kind among them
Wanted = Mapping[str, frozenset[str]]  # facet to the entries any of which will do

KIND = "kind"


def signature(document: Document) -> Signature:
    entries = {f"{name}={value}" for name, values in document.facets.items() for value in values}
    return tuple(sorted({f"{KIND}={document.kind}", *entries}))


def wanted(question: Question) -> Wanted:
    asked = {**question.filters, KIND: question.kinds}
    return {name: frozenset(f"{name}={value}" for value in values) for name, values in asked.items() if values}


def passes(entries: Iterable[str], asked: Wanted) -> bool:
    return not _missed(entries, asked)


def count(signatures: Mapping[Signature, int], asked: Wanted) -> tuple[int, dict[str, dict[str, int]]]:
    """The total, and for every facet the hits each value would leave under the other filters."""
    total, counts = 0, Counter[str]()
    for entries, number in signatures.items():
        missed = _missed(entries, asked)
        total += 0 if missed else number
        for entry in entries if len(missed) < 2 else ():
            if not missed or entry.partition("=")[0] in missed:
                counts[entry] += number
    facets: dict[str, dict[str, int]] = {}
    for entry, number in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        name, _, value = entry.partition("=")
        facets.setdefault(name, {})[value] = number
    return total, facets


def _missed(entries: Iterable[str], asked: Wanted) -> set[str]:
    return {name for name, values in asked.items() if values.isdisjoint(entries)}
