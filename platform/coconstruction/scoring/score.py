"""What several reviews of a need say together. Exact arithmetic alone: no site, no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

BEST = 4
NOTES = range(BEST + 1)
# Further apart than this, two readers did not read the same need: they talk.
TOLERATED = 2

Notes = Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """Out of 4. `means` and `spreads` by criterion; `spread`: between the highest and the lowest score; `agreement`:
    from 0, the two ends of the scale on every criterion, to 1, the same notes. `apart`: the criteria to talk about;
    `apart_overall`: so are the scores."""

    scores: Sequence[Fraction]
    mean: Fraction
    spread: Fraction
    agreement: Fraction
    means: Mapping[str, Fraction]
    spreads: Mapping[str, int]

    @property
    def apart(self) -> list[str]:
        return [code for code, spread in self.spreads.items() if spread > TOLERATED]

    @property
    def apart_overall(self) -> bool:
        return self.spread > TOLERATED

    @property
    def to_discuss(self) -> bool:
        return bool(self.apart) or self.apart_overall


def score(notes: Notes, weights: Mapping[str, int]) -> Fraction:
    """The weighted mean, out of 4. Every criterion has its note, and no other."""
    if notes.keys() != weights.keys():
        raise ValueError("a note for each criterion, and for no other")
    if any(note not in NOTES for note in notes.values()):
        raise ValueError(f"a note goes from 0 to {BEST}")
    if not weights or any(weight < 1 for weight in weights.values()):
        raise ValueError("each criterion weighs at least one")
    return Fraction(sum(notes[code] * weight for code, weight in weights.items()), sum(weights.values()))


def summary(reviews: Sequence[Notes], weights: Mapping[str, int]) -> Summary:
    """Of one review at least. The order in which they come changes nothing."""
    if not reviews:
        raise ValueError("nothing to sum up")
    scores = sorted(score(each, weights) for each in reviews)
    given = {code: sorted(each[code] for each in reviews) for code in weights}
    spreads = {code: notes[-1] - notes[0] for code, notes in given.items()}
    return Summary(
        scores=scores,
        mean=sum(scores, Fraction()) / len(scores),
        spread=scores[-1] - scores[0],
        agreement=1 - score(spreads, weights) / BEST,
        means={code: Fraction(sum(notes), len(notes)) for code, notes in given.items()},
        spreads=spreads,
    )
