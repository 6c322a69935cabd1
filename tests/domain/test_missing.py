"""Who is missing: what is proposed crosses the line, nobody in it is there already, and nothing smaller would do."""

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.coalitions.missing import Candidate, Proposal, Situation, after, proposals
from coconstruction.coalitions.thresholds import Figures, Rule, evaluate, parse
from coconstruction.territories.coverage import Atlas

RULES = [
    {"inhabitants": 100},
    {"all": [{"any": [{"inhabitants": 100}, {"departements": 1}]}, {"organisations": 4}]},
    {"any": [{"organisations": 5}, {"inhabitants": 90}]},
    {"all": [{"regions": 2}, {"inhabitants": 50}]},
    {"departements": 2},
]
COMMUNES = 8


@st.composite
def cases(draw: st.DrawFn) -> tuple[Atlas, Situation, Rule, list[Candidate]]:
    people = draw(st.lists(st.integers(0, 60), min_size=COMMUNES, max_size=COMMUNES))
    atlas = Atlas.build(dict(enumerate(people)), {})
    masks = st.integers(0, 2**COMMUNES - 1)
    region = st.sampled_from(["53", "52", None])
    drawn = st.builds(Candidate, st.just(0), masks, st.just(0), st.booleans(), region, st.integers(0, 3))
    drafts = [replace(draw(drawn), id=number) for number in range(draw(st.integers(0, 7)))]
    mask, regions = draw(masks), draw(st.frozensets(st.sampled_from(["53", "52"]), max_size=1))
    organisations, departements = draw(st.integers(0, 3)), draw(st.integers(0, 1))
    figures = Figures(atlas.population(mask), departements, organisations, len(regions), 0, None)
    candidates = [replace(each, gain=atlas.population(each.mask & ~mask)) for each in drafts]
    return atlas, Situation(mask, regions, figures), parse(draw(st.sampled_from(RULES))), candidates


def smallest(atlas: Atlas, situation: Situation, rule: Rule, fresh: list[Candidate]) -> int | None:
    """Every set, one after the other."""
    for size in range(1, len(fresh) + 1):
        for bodies in combinations(fresh, size):
            if evaluate(rule, after(atlas, situation, bodies)).met:
                return size
    return None


def filled(proposal: Proposal, fresh: list[Candidate]) -> list[tuple[Candidate, ...]]:
    """With whoever the others may be."""
    rest = [each for each in fresh if each not in proposal.bodies]
    return [(*proposal.bodies, *others) for others in combinations(rest, proposal.others)]


@given(cases())
def test_what_is_proposed_crosses_whoever_the_others_are(case: tuple[Atlas, Situation, Rule, list[Candidate]]) -> None:
    atlas, situation, rule, candidates = case
    fresh = [each for each in candidates if each.mask & ~situation.mask or each.departement_level]
    for proposal in proposals(atlas, situation, rule, candidates):
        sets = filled(proposal, fresh)
        assert sets
        assert all(evaluate(rule, after(atlas, situation, bodies)).met for bodies in sets)
        gained = after(atlas, situation, proposal.bodies).inhabitants - situation.figures.inhabitants
        assert proposal.gain == gained


@given(cases())
def test_nobody_proposed_is_covered_already(case: tuple[Atlas, Situation, Rule, list[Candidate]]) -> None:
    atlas, situation, rule, candidates = case
    for proposal in proposals(atlas, situation, rule, candidates):
        for each in proposal.bodies:
            assert each.mask & ~situation.mask or each.departement_level


@given(cases())
def test_no_smaller_set_would_do(case: tuple[Atlas, Situation, Rule, list[Candidate]]) -> None:
    atlas, situation, rule, candidates = case
    fresh = [each for each in candidates if each.mask & ~situation.mask or each.departement_level]
    found = proposals(atlas, situation, rule, candidates)
    if evaluate(rule, situation.figures).met:
        assert found == []
        return
    least = smallest(atlas, situation, rule, fresh)
    if found and found[0].least:
        assert found[0].size == least
        assert [each.size for each in found] == sorted(each.size for each in found)
    if least is not None:
        assert found


def test_the_nearest_comes_first_then_the_least_populated() -> None:
    atlas = Atlas.build(dict(enumerate([50, 60, 70, 80])), {})
    bodies = [
        Candidate(key, 1 << key, gain, False, "53", near) for key, gain, near in ((1, 60, 1), (2, 70, 1), (3, 80, 2))
    ]
    situation = Situation(0b1, frozenset({"53"}), Figures(50, 0, 1, 1, 0, None))
    found = proposals(atlas, situation, parse({"inhabitants": 100}), bodies)
    assert [[each.id for each in proposal.bodies] for proposal in found] == [[3], [1], [2]]


def test_money_is_brought_by_nobody_who_merely_joins() -> None:
    atlas = Atlas.build({0: 50, 1: 500}, {})
    situation = Situation(0b1, frozenset(), Figures(50, 0, 1, 0, 0, 1000))
    large = Candidate(1, 0b10, 500, False, None, 0)
    rule = parse({"all": [{"pledged_share_percent": 50}, {"inhabitants": 100}]})
    assert proposals(atlas, situation, rule, [large]) == []
