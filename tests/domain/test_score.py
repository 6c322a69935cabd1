"""The weighted score is exact, and says the same whoever comes first."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.scoring.score import BEST, TOLERATED, score, summary

weighings = st.dictionaries(st.text("abcde", min_size=1, max_size=3), st.integers(1, 100), min_size=1, max_size=8)
marks = st.integers(0, BEST)
WEIGHTS = {"portage": 3, "equipe": 2, "impact": 1}


@st.composite
def reviewed(draw: st.DrawFn, most: int = 5) -> tuple[dict[str, int], list[dict[str, int]]]:
    weights = draw(weighings)
    return weights, draw(st.lists(st.fixed_dictionaries(dict.fromkeys(weights, marks)), min_size=1, max_size=most))


def test_a_heavier_criterion_counts_more() -> None:
    assert score({"portage": 4, "equipe": 1, "impact": 0}, WEIGHTS) == Fraction(14, 6)


@given(reviewed(most=1))
def test_a_score_lies_between_its_notes_and_weighs_them(given_: tuple[dict[str, int], list[dict[str, int]]]) -> None:
    weights, (notes,) = given_
    found = score(notes, weights)
    assert min(notes.values()) <= found <= max(notes.values())
    # As if each note had been given as many times as it weighs.
    repeated = [notes[code] for code, weight in weights.items() for _ in range(weight)]
    assert found == Fraction(sum(repeated), len(repeated))


@given(reviewed(most=1), st.integers(2, 9))
def test_only_the_proportions_of_weights_count(given_: tuple[dict[str, int], list[dict[str, int]]], times: int) -> None:
    weights, (notes,) = given_
    assert score(notes, weights) == score(notes, {code: weight * times for code, weight in weights.items()})


@given(reviewed(most=1), st.data())
def test_a_better_note_never_lowers_the_score(
    given_: tuple[dict[str, int], list[dict[str, int]]], data: st.DataObject
) -> None:
    weights, (notes,) = given_
    code = data.draw(st.sampled_from(sorted(weights)))
    better = {**notes, code: data.draw(st.integers(notes[code], BEST))}
    assert score(better, weights) >= score(notes, weights)
    assert (score(better, weights) == score(notes, weights)) == (better == notes)


@given(reviewed(), st.randoms())
def test_the_order_of_reviews_changes_nothing(
    given_: tuple[dict[str, int], list[dict[str, int]]], chance: Random
) -> None:
    weights, reviews = given_
    mixed = list(reviews)
    chance.shuffle(mixed)
    assert summary(mixed, weights) == summary(reviews, weights)


@given(reviewed())
def test_what_a_summary_says_is_what_the_reviews_say(given_: tuple[dict[str, int], list[dict[str, int]]]) -> None:
    weights, reviews = given_
    found = summary(reviews, weights)
    scores = [score(each, weights) for each in reviews]
    assert found.mean == sum(scores) / Fraction(len(scores))
    # The mean of the scores is the score of the means: nobody gains by the order of the sums.
    assert found.mean * sum(weights.values()) == sum(found.means[code] * weight for code, weight in weights.items())
    assert found.spread == max(scores) - min(scores) <= max(found.spreads.values())
    assert 0 <= found.agreement <= 1
    assert (found.agreement == 1) == all(each == reviews[0] for each in reviews)


@given(reviewed())
def test_what_is_more_than_two_points_apart_is_discussed_and_nothing_else(
    given_: tuple[dict[str, int], list[dict[str, int]]],
) -> None:
    weights, reviews = given_
    found = summary(reviews, weights)
    far = {code for code in weights if any(abs(a[code] - b[code]) > TOLERATED for a in reviews for b in reviews)}
    assert set(found.apart) == far
    assert found.to_discuss == bool(far)  # scores this far apart are so on some criterion


@pytest.mark.parametrize(
    ("notes", "weights"),
    [
        ({"a": 1}, {"a": 1, "b": 1}),
        ({"a": 1, "b": 1}, {"a": 1}),
        ({"a": 5}, {"a": 1}),
        ({"a": -1}, {"a": 1}),
        ({"a": 1}, {"a": 0}),
        ({}, {}),
    ],
)
def test_what_is_no_review_has_no_score(notes: dict[str, int], weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"note|criterion"):
        score(notes, weights)


def test_nobody_said_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        summary([], {"a": 1})
