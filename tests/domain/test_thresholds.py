"""A threshold is met or not, and says how far it is: a coalition that grows never seems to shrink."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.coalitions.thresholds import BadRule, Criterion, Figures, Progress, evaluate, is_met, parse

FIRST_RULE = {"all": [{"any": [{"inhabitants": 300000}, {"departements": 1}]}, {"organisations": 5}]}
NOBODY = Figures(0, 0, 0, 0, 0, None)

leaves = st.builds(lambda name, target: {name: target}, st.sampled_from(list(Criterion)), st.integers(1, 1_000_000))
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=8,
)
counts = st.integers(0, 1_500_000)
figures = st.builds(Figures, counts, counts, counts, counts, counts, st.none() | st.integers(1, 100_000))


def verdict(tree: dict[str, Any], gathered: Figures) -> bool:
    """The rule again, read aloud."""
    (name, content), *_ = tree.items()
    if name == "all":
        return all(verdict(part, gathered) for part in content)
    if name == "any":
        return any(verdict(part, gathered) for part in content)
    if name == "pledged_share_percent":
        cost = gathered.estimated_cost
        return cost is not None and gathered.pledged_cents * 100 >= content * cost * 100
    return bool(getattr(gathered, name) >= content)


def nodes(progress: Progress) -> list[Progress]:
    return [progress, *(each for part in progress.parts for each in nodes(part))]


@given(trees, figures)
def test_a_rule_is_met_as_it_reads(tree: dict[str, Any], gathered: Figures) -> None:
    assert evaluate(parse(tree), gathered).met == is_met(parse(tree), gathered) == verdict(tree, gathered)


@given(trees, figures)
def test_every_gauge_is_full_exactly_when_met(tree: dict[str, Any], gathered: Figures) -> None:
    for each in nodes(evaluate(parse(tree), gathered)):
        assert 0 <= each.share <= 100
        assert each.met == (each.share == 100)


@given(trees, figures, st.lists(counts, min_size=5, max_size=5))
def test_a_newcomer_never_lowers_a_gauge(tree: dict[str, Any], before: Figures, more: list[int]) -> None:
    after = Figures(
        before.inhabitants + more[0],
        before.departements + more[1],
        before.organisations + more[2],
        before.regions + more[3],
        before.pledged_cents + more[4],
        before.estimated_cost,
    )
    rule = parse(tree)
    for earlier, later in zip(nodes(evaluate(rule, before)), nodes(evaluate(rule, after)), strict=True):
        assert later.share >= earlier.share
        assert later.met >= earlier.met


@given(trees, figures)
def test_a_gauge_shows_its_parts_and_no_more(tree: dict[str, Any], gathered: Figures) -> None:
    for each in nodes(evaluate(parse(tree), gathered)):
        if each.parts:
            shares = [part.share for part in each.parts]
            assert each.share == (min(shares) if each.junction == "all" else max(shares))
        else:
            assert each.share == min(100, each.value * 100 // each.target)


@pytest.mark.parametrize(
    ("gathered", "met", "share"),
    [
        (NOBODY, False, 0),
        (replace(NOBODY, inhabitants=299_999, organisations=5), False, 99),
        (replace(NOBODY, inhabitants=300_000, organisations=4), False, 80),
        (replace(NOBODY, inhabitants=300_000, organisations=5), True, 100),
        (replace(NOBODY, inhabitants=77_000, departements=1, organisations=5), True, 100),
        (replace(NOBODY, inhabitants=9_000_000, departements=3, organisations=1), False, 20),
        (replace(NOBODY, organisations=500), False, 0),
    ],
)
def test_the_first_rule_wants_inhabitants_or_a_departement_and_five_organisations(
    gathered: Figures, met: bool, share: int
) -> None:
    progress = evaluate(parse(FIRST_RULE), gathered)
    assert (progress.met, progress.share) == (met, share)
    assert [each.criterion for each in progress.leaves()] == ["inhabitants", "departements", "organisations"]


def test_a_share_of_the_cost_is_met_to_the_cent() -> None:
    rule = parse({"pledged_share_percent": 30})
    costly = replace(NOBODY, estimated_cost=28_001)
    assert not evaluate(rule, replace(costly, pledged_cents=840_029)).met
    assert evaluate(rule, replace(costly, pledged_cents=840_030)).met


@pytest.mark.parametrize("cost", [None, 0])
def test_without_an_estimated_cost_no_share_of_it_is_pledged(cost: int | None) -> None:
    rich = replace(NOBODY, pledged_cents=10**9, estimated_cost=cost)
    assert evaluate(parse({"pledged_share_percent": 1}), rich).share == 0


@pytest.mark.parametrize(
    ("tree", "fault"),
    [
        (None, "None"),
        ([], "[]"),
        ({}, "{}"),
        ("all", "'all'"),
        ({"inhabitants": 1, "regions": 1}, "regions"),
        ({"habitants": 1}, "'habitants'"),
        ({1: 1}, "1"),
        ({"inhabitants": 0}, "`inhabitants`"),
        ({"inhabitants": -1}, "`inhabitants`"),
        ({"inhabitants": True}, "`inhabitants`"),
        ({"inhabitants": 1.5}, "`inhabitants`"),
        ({"inhabitants": "300000"}, "`inhabitants`"),
        ({"inhabitants": None}, "`inhabitants`"),
        ({"all": []}, "`all`"),
        ({"any": {"regions": 1}}, "`any`"),
        ({"all": [{"any": [{"regions": 2}, {"pays": 1}]}]}, "'pays'"),
    ],
)
def test_what_is_not_a_rule_is_refused_with_the_part_at_fault(tree: Any, fault: str) -> None:
    with pytest.raises(BadRule) as refused:
        parse(tree)
    assert fault in str(refused.value)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["all", "any", "inhabitants", "regions", "x"]), inner, max_size=2)
    ),
    max_leaves=10,
)


@given(junk)
def test_whatever_json_is_either_a_rule_or_refused(tree: Any) -> None:
    try:
        rule = parse(tree)
    except BadRule:
        return
    assert evaluate(rule, NOBODY).share == 0
