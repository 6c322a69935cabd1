"""The board adds up: every contribution is somewhere, once, in every table."""

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.board.tallies import SIZES, TABLES, Line, Place, Step, by, columns, size_of, tally

lines = st.lists(
    st.builds(
        Line,
        st.booleans(),
        st.sampled_from(Place),
        st.frozensets(st.sampled_from(Step)),
        st.sampled_from(["procedures", "heritage"]),
        st.sampled_from(["35", "29", ""]),
        st.sampled_from(["commune", "cc"]),
        st.integers(0, 200_000),
    ),
    max_size=30,
)


@given(lines)
def test_each_contribution_is_in_one_place(found: list[Line]) -> None:
    whole = tally(found)
    assert whole.contributions == sum(whole.places.values()) == sum(line.posted for line in found)
    written_by_curators = sum(not line.posted and line.place is Place.STANDING for line in found)
    assert whole.propositions == whole.places[Place.STANDING] + written_by_curators


@given(lines)
def test_every_table_adds_up_to_the_whole(found: list[Line]) -> None:
    whole = columns(tally(found))
    for key in TABLES.values():
        rows = [columns(row) for row in by(found, key).values()]
        assert [sum(column) for column in zip(*rows, strict=True)] == (list(whole) if rows else [])


@given(st.integers(0, 5_000_000))
def test_every_population_has_one_size(people: int) -> None:
    line = Line(True, Place.STANDING, frozenset(), "", "", "", people)
    assert [name for name, range_ in SIZES.items() if people in range_] == [size_of(line)]
