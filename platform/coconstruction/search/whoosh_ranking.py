"""Scores the documents of a snapshot. The same formula in SQL: `postgres_statements.py`."""

from collections import Counter
from collections.abc import Iterable, Mapping

from coconstruction.search.facets import Signature
from coconstruction.search.interpretation import Concept, Interpretation
from coconstruction.search.ranking import COVER_SHARE, NEAR_SHARE, SAME_TITLE_SHARE
from coconstruction.search.whoosh_snapshot import Snapshot

Scores = Mapping[int, float]


def score(snapshot: Snapshot, meaning: Interpretation) -> Scores:
    scores: dict[int, float] = {}
    covers: dict[int, float] = {}
    left = sum(concept.rarity for concept in meaning.concepts)
    best = 0.0
    for concept in meaning.concepts:
        held = _held(snapshot, concept)
        if left < COVER_SHARE * best:  # who holds none of the rarer words can no longer cover enough
            held = {number: share for number, share in held.items() if number in scores}
        for number, share in held.items():
            scores[number] = scores.get(number, 0.0) + share * concept.rarity
            covers[number] = covers.get(number, 0.0) + concept.rarity
        best = max(covers.values(), default=0.0)
        left -= concept.rarity
    kept = {number: scores[number] for number, cover in covers.items() if cover >= COVER_SHARE * best}
    return _weighted(snapshot, kept, meaning)


def everything(snapshot: Snapshot) -> Scores:
    prominence = snapshot.prominence
    return {number: prominence[number] for number in snapshot.numbers()}


def signatures(snapshot: Snapshot, numbers: Iterable[int]) -> Mapping[Signature, int]:
    of = snapshot.signatures
    return Counter(of[number] for number in numbers)


def _held(snapshot: Snapshot, concept: Concept) -> dict[int, float]:
    """For each document, the best of the concept's terms, between 0 and 1."""
    damping = snapshot.damping
    held: dict[int, float] = {}
    for term in concept.near:
        for number, weight in snapshot.postings(term):
            share = NEAR_SHARE * weight / (weight + damping[number])
            if share > held.get(number, 0.0):
                held[number] = share
    for term in concept.terms:
        for number, weight in snapshot.postings(term):
            share = weight / (weight + damping[number])
            if share > held.get(number, 0.0):
                held[number] = share
    return held


def _weighted(snapshot: Snapshot, scores: dict[int, float], meaning: Interpretation) -> Scores:
    bonus = SAME_TITLE_SHARE * sum(concept.rarity for concept in meaning.concepts)
    for number in snapshot.titled(meaning.title_key):
        if number in scores:
            scores[number] += bonus
    prominence = snapshot.prominence
    return {number: value * prominence[number] for number, value in scores.items()}
