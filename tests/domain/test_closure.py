"""A syndicat covers the communes of its members, whatever is nested in what."""

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.territories.closure import Ground, communes_of

COMMUNES, EPCI, SYNDICATS, ASLEEP = range(20), range(100, 106), range(200, 212), range(300, 304)
anyone = st.sampled_from([*COMMUNES, *EPCI, *SYNDICATS, *ASLEEP])


@st.composite
def grounds(draw: st.DrawFn) -> Ground:
    """Circles included: a register may hold some."""
    communes = st.sets(st.sampled_from(COMMUNES), max_size=6)
    several = st.sets(anyone, max_size=4)
    return Ground(
        communes=set(COMMUNES),
        territories={key: draw(communes) for key in EPCI},
        members={key: draw(several) for key in SYNDICATS},
        heirs={key: draw(several) for key in ASLEEP},
    )


def by_repetition(ground: Ground) -> dict[int, set[int]]:
    """Each takes what its members hold, again and again, until nobody gains anything."""
    held = {key: {key} for key in COMMUNES} | {key: set(communes) for key, communes in ground.territories.items()}
    parts = {**ground.members, **ground.heirs}
    held |= {key: set() for key in parts}
    while any(set().union(*(held[each] for each in members)) - held[key] for key, members in parts.items()):
        for key, members in parts.items():
            held[key] = held[key].union(*(held[each] for each in members))
    return held


@given(grounds())
def test_nested_members_make_the_union_of_their_communes(ground: Ground) -> None:
    assert {key: communes_of(key, ground) for key in [*COMMUNES, *EPCI, *SYNDICATS, *ASLEEP]} == by_repetition(ground)


def test_two_syndicats_in_each_other_cover_what_both_hold() -> None:
    ground = Ground({1, 2}, {}, {10: [1, 11], 11: [2, 10]}, {})
    assert communes_of(10, ground) == communes_of(11, ground) == {1, 2}


def test_a_member_nobody_knows_covers_nothing() -> None:
    assert communes_of(10, Ground({1}, {}, {10: [1, 99]}, {})) == {1}
