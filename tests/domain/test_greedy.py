"""The count under the envelope: what the rule says, whatever the order things are given in."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coconstruction.rounds.counting.greedy import (
    Candidate,
    Fate,
    Outcome,
    canonical_json,
    count,
    lot_order,
    sha256,
    tally,
)

Ballots = Mapping[int, frozenset[int]]
Election = tuple[list[Candidate], Ballots, int]


@st.composite
def elections(draw: st.DrawFn, most: int = 9) -> Election:
    """Small prices and few voters, so that ties and near misses are everywhere."""
    prices = draw(st.lists(st.integers(1, 12), min_size=1, max_size=most))
    lots = draw(st.permutations(range(1, len(prices) + 1)))
    candidates = [Candidate(100 + rank, price, lots[rank]) for rank, price in enumerate(prices)]
    choices = st.frozensets(st.sampled_from([each.id for each in candidates]))
    ballots = draw(st.dictionaries(st.integers(1, 50), choices, max_size=8))
    return candidates, ballots, draw(st.integers(1, 40))


def approvals_of(candidate: Candidate, ballots: Ballots) -> int:
    return sum(candidate.id in choices for choices in ballots.values())


def standing(candidate: Candidate, ballots: Ballots) -> tuple[int, int, int]:
    return -approvals_of(candidate, ballots), candidate.price, candidate.lot_rank


def by_exhaustion(candidates: Sequence[Candidate], ballots: Ballots, envelope: int) -> set[int]:
    """Another way to say the rule: of all that fits in the envelope, the set that a reader of the order prefers:
    it holds the first candidate if it fits, then the second if it still fits, and so on."""
    wanted = sorted((each for each in candidates if approvals_of(each, ballots)), key=lambda c: standing(c, ballots))
    affordable = [
        chosen
        for size in range(len(wanted) + 1)
        for chosen in combinations(wanted, size)
        if sum(each.price for each in chosen) <= envelope
    ]
    best = max(affordable, key=lambda chosen: [each in chosen for each in wanted])
    return {each.id for each in best}


@given(elections())
def test_the_count_selects_what_an_exhaustive_search_selects(election: Election) -> None:
    assert set(count(*election).selected) == by_exhaustion(*election)


@given(elections())
def test_the_envelope_is_never_exceeded_and_the_accounts_balance(election: Election) -> None:
    candidates, _ballots, envelope = election
    outcome = count(*election)
    prices = {each.id: each.price for each in candidates}
    assert outcome.spent == sum(prices[each] for each in outcome.selected) <= envelope
    remaining = envelope
    for line in outcome.lines:
        assert line.remaining == remaining
        remaining -= line.price if line.fate is Fate.SELECTED else 0
    assert remaining == envelope - outcome.spent


@given(elections())
def test_every_candidate_has_one_line_in_the_order_of_the_count(election: Election) -> None:
    candidates, ballots, _envelope = election
    outcome = count(*election)
    ordered = sorted(candidates, key=lambda each: standing(each, ballots))
    assert [line.id for line in outcome.lines] == [each.id for each in ordered]
    assert [line.rank for line in outcome.lines] == list(range(1, len(candidates) + 1))
    assert [(line.approvals, line.price) for line in outcome.lines] == [
        (approvals_of(each, ballots), each.price) for each in ordered
    ]
    assert outcome.selected == tuple(line.id for line in outcome.lines if line.fate is Fate.SELECTED)


@given(elections())
def test_whoever_is_left_out_was_wanted_by_nobody_or_did_not_fit_at_its_turn(election: Election) -> None:
    for line in count(*election).lines:
        if line.fate is Fate.SELECTED:
            assert line.approvals > 0
            assert line.price <= line.remaining
            assert line.lacking == 0
        elif line.fate is Fate.NO_APPROVAL:
            assert line.approvals == 0
        else:
            assert line.approvals > 0
            assert line.lacking == line.price - line.remaining > 0


@given(elections(), st.data())
def test_the_order_of_ballots_and_candidates_changes_nothing(election: Election, data: st.DataObject) -> None:
    candidates, ballots, envelope = election
    shuffled = data.draw(st.permutations(candidates))
    posted = dict(data.draw(st.permutations(list(ballots.items()))))
    repeated = {voter: [*sorted(choices), *choices] for voter, choices in posted.items()}
    assert count(shuffled, repeated, envelope) == count(candidates, ballots, envelope)


@given(elections(), st.integers(2, 4))
def test_voters_as_numerous_again_on_every_side_change_nobody_s_fate(election: Election, times: int) -> None:
    candidates, ballots, envelope = election
    cloned = {(voter, copy): choices for voter, choices in ballots.items() for copy in range(times)}
    once, many = count(*election), count(candidates, cloned, envelope)
    assert many.selected == once.selected
    assert [line.approvals for line in many.lines] == [times * line.approvals for line in once.lines]


@given(elections())
def test_a_blank_ballot_changes_nothing(election: Election) -> None:
    candidates, ballots, envelope = election
    assert count(candidates, {**ballots, 99: frozenset()}, envelope) == count(*election)


@given(elections(), st.data())
def test_one_more_approval_never_costs_a_candidate_its_place(election: Election, data: st.DataObject) -> None:
    candidates, ballots, envelope = election
    selected = count(*election).selected
    assume(selected)
    winner = data.draw(st.sampled_from(selected))
    assert winner in count(candidates, {**ballots, 99: frozenset({winner})}, envelope).selected


@given(elections(), st.data())
def test_a_lower_price_never_costs_a_candidate_its_place(election: Election, data: st.DataObject) -> None:
    candidates, ballots, envelope = election
    selected = count(*election).selected
    assume(selected)
    winner = data.draw(st.sampled_from(selected))
    cheaper = [replace(each, price=max(1, each.price - 1)) if each.id == winner else each for each in candidates]
    assert winner in count(cheaper, ballots, envelope).selected


@given(elections(most=6))
def test_the_approvals_said_to_be_needed_are_the_fewest_that_would_do(election: Election) -> None:
    candidates, ballots, envelope = election
    for line in count(*election).lines:
        others = {voter: choices - {line.id} for voter, choices in ballots.items()}
        enough = [
            votes
            for votes in range(len(ballots) + 2)
            if line.id in count(candidates, {**others, **_supporters(line.id, votes)}, envelope).selected
        ]
        expected = None if line.fate is Fate.SELECTED else next(iter(enough), None)
        assert line.approvals_needed == expected


@given(elections(most=6))
def test_the_cents_said_to_be_lacking_are_the_fewest_that_would_do(election: Election) -> None:
    """At its turn: what was bought before it stays bought."""
    for line in count(*election).lines:
        if line.fate is Fate.TOO_EXPENSIVE:
            assert line.price <= line.remaining + line.lacking
            assert line.price > line.remaining + line.lacking - 1


def _supporters(candidate: int, votes: int) -> dict[int, frozenset[int]]:
    return {1_000 + each: frozenset({candidate}) for each in range(votes)}


def of(prices: Sequence[int], approvals: Sequence[int], envelope: int, lots: Sequence[int] | None = None) -> Outcome:
    """Candidates 1, 2, 3… of these prices, with that many approvals each."""
    ranks = lots or range(1, len(prices) + 1)
    candidates = [Candidate(rank, price, lot) for rank, (price, lot) in enumerate(zip(prices, ranks, strict=True), 1)]
    ballots = {
        voter: frozenset(each for each, votes in enumerate(approvals, 1) if voter < votes)
        for voter in range(max(approvals))
    }
    return count(candidates, ballots, envelope)


@pytest.mark.parametrize(
    ("prices", "approvals", "envelope", "selected"),
    [
        ([60, 50, 40], [3, 2, 1], 100, (1, 3)),  # the second does not fit: the count goes on
        ([60, 50, 40], [3, 2, 0], 100, (1,)),  # what nobody approves is not taken, though it fits
        ([50, 40], [2, 2], 50, (2,)),  # as many approvals: the cheaper one
        ([100], [1], 100, (1,)),  # to the last cent
        ([101], [1], 100, ()),
        ([3_000_000_000_00, 1], [2, 1], 3_000_000_000_00, (1,)),
    ],
)
def test_the_rule_on_elections_one_can_count_by_hand(
    prices: list[int], approvals: list[int], envelope: int, selected: tuple[int, ...]
) -> None:
    assert of(prices, approvals, envelope).selected == selected


def test_the_lot_decides_between_equals_and_only_there() -> None:
    assert of([50, 50], [2, 2], 50, lots=[2, 1]).selected == (2,)
    assert of([50, 50], [3, 2], 50, lots=[2, 1]).selected == (1,)
    assert of([50, 51], [2, 2], 51, lots=[2, 1]).selected == (1,)


def test_a_candidate_left_out_is_told_what_it_lacked() -> None:
    line = of([60, 50, 40], [3, 2, 1], 100).lines[1]
    assert (line.fate, line.remaining, line.lacking, line.approvals_needed) == (Fate.TOO_EXPENSIVE, 40, 10, 3)
    hopeless = of([60, 500], [3, 2], 100).lines[1]
    assert (hopeless.lacking, hopeless.approvals_needed) == (460, None)


def test_nobody_votes_and_nothing_is_selected() -> None:
    outcome = count([Candidate(1, 10, 1), Candidate(2, 5, 2)], {}, 100)
    assert (outcome.selected, outcome.spent) == ((), 0)
    assert {line.fate for line in outcome.lines} == {Fate.NO_APPROVAL}


def test_a_choice_that_is_no_candidate_is_an_error_rather_than_ignored() -> None:
    with pytest.raises(KeyError):
        tally([Candidate(1, 10, 1)], {7: [1, 2]})


@given(st.text(max_size=40), st.sets(st.integers(1, 10**9), max_size=20), st.data())
def test_anyone_draws_the_same_lots_from_the_seed(seed: str, ids: set[int], data: st.DataObject) -> None:
    drawn = lot_order(seed, data.draw(st.permutations(sorted(ids))))
    assert set(drawn) == ids
    assert drawn == sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())


def test_a_seed_published_today_draws_the_same_lots_in_ten_years() -> None:
    assert lot_order("Loto du 3 avril 2027", range(1, 9)) == [4, 5, 2, 7, 8, 3, 1, 6]
    assert lot_order("Loto du 4 avril 2027", range(1, 9)) != lot_order("Loto du 3 avril 2027", range(1, 9))


@given(elections())
def test_an_outcome_read_back_from_its_json_has_the_same_bytes(election: Election) -> None:
    written = canonical_json(count(*election).as_json())
    assert canonical_json(json.loads(written)) == written
    assert sha256(json.loads(written)) == hashlib.sha256(written).hexdigest()


def test_canonical_json_is_sorted_tight_and_utf_8() -> None:
    assert canonical_json({"é": [1, None], "a": Fate.SELECTED}) == '{"a":"selected","é":[1,null]}'.encode()


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_another_process_writes_the_same_bytes(hash_seed: str) -> None:
    told = subprocess.run(  # noqa: S603  # this very interpreter, a fixed program
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Noumea", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    candidates = [Candidate(each, 10 + each, each) for each in range(1, 9)]
    ballots = {f"commune-{voter}": frozenset(range(1, voter)) for voter in range(2, 9)}
    assert told == sha256(count(candidates, ballots, 60).as_json())


PROGRAM = """
from coconstruction.rounds.counting.greedy import Candidate, count, sha256
candidates = {Candidate(each, 10 + each, each) for each in range(1, 9)}
ballots = {f"commune-{voter}": frozenset(range(1, voter)) for voter in range(2, 9)}
print(sha256(count(candidates, ballots, 60).as_json()))
"""
