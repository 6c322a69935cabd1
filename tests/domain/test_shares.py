"""What remains to pay is shared to the cent, fairly, and the same way whoever asks."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.funding.shares import attributed, split
from coconstruction.territories.coverage import Atlas

weights = st.fractions(0, 1_000_000, max_denominator=60)
parties = st.dictionaries(st.text("abc019", min_size=1, max_size=4), weights, min_size=1, max_size=30)
BODIES_FROM = 100


def exact(cents: int, weighed: dict[str, Fraction]) -> dict[str, Fraction]:
    whole = sum(weighed.values())
    equal = Fraction(cents, len(weighed))
    return {code: cents * weight / whole if whole else equal for code, weight in weighed.items()}


def ways(cents: int, members: int) -> Iterator[tuple[int, ...]]:
    """Every way to share so many cents."""
    for first in product(range(cents + 1), repeat=members - 1):
        if sum(first) <= cents:
            yield (*first, cents - sum(first))


@given(st.integers(0, 10**12), parties)
def test_cents_always_add_up_and_nobody_is_a_cent_away_from_its_due(cents: int, weighed: dict[str, Fraction]) -> None:
    shares = split(cents, weighed)
    assert sum(shares.values()) == cents
    assert shares.keys() == weighed.keys()
    due = exact(cents, weighed)
    assert all(abs(shares[code] - due[code]) < 1 for code in weighed)


@given(st.integers(0, 7), st.dictionaries(st.sampled_from("abcd"), st.fractions(0, 9, max_denominator=4), min_size=1))
def test_no_other_way_is_closer_to_the_due_and_ties_go_to_the_first_codes(
    cents: int, weighed: dict[str, Fraction]
) -> None:
    codes, due = sorted(weighed), exact(cents, weighed)

    def apart(way: tuple[int, ...]) -> Fraction:
        return sum(((given - due[code]) ** 2 for code, given in zip(codes, way, strict=True)), Fraction())

    nearest = min(map(apart, ways(cents, len(codes))))
    first = max(way for way in ways(cents, len(codes)) if apart(way) == nearest)
    assert split(cents, weighed) == dict(zip(codes, first, strict=True))


@given(st.integers(0, 10**6), parties, st.randoms())
def test_the_order_in_which_members_come_changes_nothing(
    cents: int, weighed: dict[str, Fraction], chance: Random
) -> None:
    mixed = list(weighed.items())
    chance.shuffle(mixed)
    assert split(cents, dict(mixed)) == split(cents, weighed)


def test_nobody_shares_nothing_and_a_debt_is_refused() -> None:
    assert split(100, {}) == {}
    with pytest.raises(ValueError, match="below zero"):
        split(-1, {"a": 1})
    with pytest.raises(ValueError, match="below zero"):
        split(1, {"a": Fraction(-1)})


@given(st.data())
def test_each_commune_counts_once_among_the_members_that_cover_it(data: st.DataObject) -> None:
    people = data.draw(st.dictionaries(st.integers(0, 20), st.integers(0, 3_000_000), min_size=1))
    some = st.lists(st.sampled_from(sorted(people)), unique=True)
    bodies = data.draw(st.dictionaries(st.integers(BODIES_FROM, BODIES_FROM + 9), some))
    members = data.draw(st.lists(st.sampled_from([*people, *bodies]), unique=True))

    land = {each: {each} if each in people else set(bodies[each]) for each in members}
    expected = {
        each: sum((Fraction(people[c], sum(c in held for held in land.values())) for c in land[each]), Fraction())
        for each in members
    }
    atlas = Atlas.build(people, bodies)
    found = attributed(atlas, members)
    assert found == expected
    assert sum(found.values()) == atlas.coverage(members).population


def test_a_commune_and_its_epci_halve_the_commune() -> None:
    atlas = Atlas.build({1: 12_000, 2: 68_000}, {10: [1, 2]})
    assert attributed(atlas, [1, 10]) == {1: 6_000, 10: 74_000}
