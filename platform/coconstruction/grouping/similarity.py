"""How much two needs say the same thing, by the stems of their words. Pure.

A stem weighs three in a title, one elsewhere, once each. The resemblance is Dice's: twice what is shared, over all
there is, in percent; the same theme adds ten, the same département five."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coconstruction.search.analysis import readable, words

TITLE, BODY = 3, 1
SAME_THEME, SAME_DEPARTEMENT = 10, 5
ALL = 100


@dataclass(frozen=True)
class Portrait:
    """What is compared of a need. `words`: the weight of each stem; `said`: how the need writes it."""

    words: Mapping[str, int]
    said: Mapping[str, str]
    theme: str
    departement: str | None


@dataclass(frozen=True)
class Resemblance:
    """`score` from 0 to 100. `shared`: words of both, the heaviest first, as the first of the two writes them."""

    score: int
    shared: Sequence[str]
    same_theme: bool
    same_departement: bool


def portrait(title: str, body: str, theme: str, departement: str | None) -> Portrait:
    weights: dict[str, int] = {}
    said: dict[str, str] = {}
    for text, weight in ((title, TITLE), (body, BODY)):
        composed = readable(text)
        for word in words(composed):
            if not word.is_stop:
                weights.setdefault(word.term, weight)
                said.setdefault(word.term, composed[word.start : word.end].lower())
    return Portrait(weights, said, theme, departement)


def resemblance(one: Portrait, other: Portrait) -> Resemblance:
    both = {term: min(weight, other.words[term]) for term, weight in one.words.items() if term in other.words}
    everything = sum(one.words.values()) + sum(other.words.values())
    shared = 2 * ALL * sum(both.values()) // everything if everything else 0
    theme = bool(one.theme) and one.theme == other.theme
    near = one.departement is not None and one.departement == other.departement
    score = min(ALL, shared + SAME_THEME * theme + SAME_DEPARTEMENT * near)
    terms = sorted(both, key=lambda term: (-both[term], term))
    return Resemblance(score, [one.said[term] for term in terms], theme, near)
