"""Who may read what: whatever happens, nobody writes after having read, nor reads before having written."""

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.scoring.panel import QUORUM, Panel, Sheet, version_for

PEOPLE = range(1, 6)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    pairs = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(1, 3)), unique=True, max_size=9))
    sheets = [Sheet(number, 1, who, version, draw(st.booleans())) for number, (who, version) in enumerate(pairs)]
    interested = frozenset(draw(st.lists(st.sampled_from(PEOPLE), max_size=2)))
    return Panel(draw(st.sampled_from(PEOPLE)), draw(st.integers(1, 3)), sheets, interested)


@given(panels())
def test_one_reads_or_writes_never_both(panel: Panel) -> None:
    assert not (panel.readable and panel.writable)


@given(panels())
def test_whoever_reads_submitted_theirs_or_can_no_longer_begin(panel: Panel) -> None:
    if panel.readable:
        mine = [each for each in panel.sheets if each.curator_id == panel.reader_id and each.version == panel.version]
        assert all(each.submitted for each in mine)
        assert len(panel.counted) >= QUORUM
        assert panel.reader_id not in panel.interested


@given(panels())
def test_an_interested_curator_neither_reads_nor_writes_nor_counts(panel: Panel) -> None:
    if panel.reader_id in panel.interested:
        assert not panel.readable
        assert not panel.writable
        assert panel.reader_id not in {each.curator_id for each in panel.counted}


@given(panels(), st.integers(1, 3))
def test_what_is_begun_under_a_grid_ends_under_it(panel: Panel, in_force: int) -> None:
    version = version_for(panel.sheets, panel.interested, in_force)
    begun = Panel(panel.reader_id, version, panel.sheets, panel.interested).counted
    assert version == in_force or 0 < len(begun) < QUORUM
