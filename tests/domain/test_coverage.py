"""A coalition covers the union of its communes: never twice the same inhabitants, in whatever order they come."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.territories.coverage import Atlas, Coverage

Territories = Mapping[int, list[int]]
BODIES_FROM = 1_000


@st.composite
def countries(draw: st.DrawFn) -> tuple[dict[int, int], Territories]:
    communes = draw(
        st.dictionaries(st.integers(0, BODIES_FROM - 1), st.integers(0, 3_000_000), min_size=1, max_size=40)
    )
    some_communes = st.lists(st.sampled_from(sorted(communes)), max_size=40)
    return communes, draw(st.dictionaries(st.integers(BODIES_FROM, BODIES_FROM + 20), some_communes, max_size=8))


@given(countries(), st.data())
def test_covering_counts_each_commune_of_the_union_once(
    country: tuple[dict[int, int], Territories], data: st.DataObject
) -> None:
    communes, territories = country
    members = data.draw(st.lists(st.sampled_from([*communes, *territories])))

    covered = set()
    for member in members:
        covered |= {member} if member in communes else set(territories[member])

    expected = Coverage(sum(communes[commune] for commune in covered), len(covered))
    assert Atlas.build(communes, territories).coverage(members) == expected


@given(countries(), st.data())
def test_members_may_join_in_any_order_and_twice(
    country: tuple[dict[int, int], Territories], data: st.DataObject
) -> None:
    atlas = Atlas.build(*country)
    members = data.draw(st.lists(st.sampled_from([*country[0], *country[1]])))
    again = data.draw(st.permutations(members + members))

    assert atlas.coverage(again) == atlas.coverage(members)


@given(countries(), st.data())
def test_a_newcomer_never_lowers_the_coverage(country: tuple[dict[int, int], Territories], data: st.DataObject) -> None:
    atlas = Atlas.build(*country)
    anyone = st.sampled_from([*country[0], *country[1]])
    members, newcomer = data.draw(st.lists(anyone)), data.draw(anyone)

    before, after = atlas.coverage(members), atlas.coverage([*members, newcomer])
    assert after.population >= before.population
    assert after.communes >= before.communes


@given(countries(), st.data())
def test_the_gain_is_what_the_population_grows_by(
    country: tuple[dict[int, int], Territories], data: st.DataObject
) -> None:
    populations, territories = country
    atlas = Atlas.build(populations, territories)
    there = atlas.union(data.draw(st.lists(st.sampled_from([*populations, *territories]), max_size=4)))
    for key in (*populations, *territories, 999_999):
        assert atlas.gain(there, key) == atlas.population(there | atlas.mask(key)) - atlas.population(there)


def test_a_commune_inside_its_epci_inside_its_departement_adds_nothing() -> None:
    commune, neighbour, other, epci, departement = 1, 2, 3, 10, 11
    atlas = Atlas.build(
        {commune: 12_000, neighbour: 68_000, other: 520_000},
        {epci: [commune, neighbour], departement: [commune, neighbour, other]},
    )
    assert atlas.coverage([commune, epci, departement]) == Coverage(600_000, 3)
    assert atlas.coverage([departement, commune]) == Coverage(600_000, 3)


def test_a_body_without_a_territory_covers_nobody() -> None:
    assert Atlas.build({1: 500}, {}).coverage([77]) == Coverage(0, 0)


def test_nobody_covers_nothing() -> None:
    assert Atlas.build({1: 500}, {10: [1]}).coverage([]) == Coverage(0, 0)
    assert Atlas.build({}, {}).coverage([1, 2]) == Coverage(0, 0)


@given(countries())
def test_the_bodies_around_are_all_that_hold_it_and_no_others(country: tuple[dict[int, int], Territories]) -> None:
    populations, territories = country
    atlas = Atlas.build(populations, territories)
    ground = {**{key: {key} for key in populations}, **{body: set(held) for body, held in territories.items()}}
    for key, mine in ground.items():
        holders = {body for body, theirs in territories.items() if body != key and mine and mine <= set(theirs)}
        assert set(atlas.around(key)) == holders


def test_the_bodies_around_hold_the_whole_territory() -> None:
    atlas = Atlas.build({1: 10, 2: 20, 3: 30}, {10: [1, 2], 11: [1, 2, 3], 12: [3]})
    assert atlas.around(1) == [10, 11]
    assert atlas.around(10) == [11]
    assert atlas.around(99) == []
