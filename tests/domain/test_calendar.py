"""The phase of a round follows from its dates and the clock, to the second, whatever clocks do twice a year."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.clock import PARIS
from coconstruction.rounds.calendar import BadCalendar, Calendar, Phase, from_paris, to_paris

A_SECOND, AN_HOUR = timedelta(seconds=1), timedelta(hours=1)
PHASES = list(Phase)
FIRST_DAY = datetime(2027, 1, 4, 8, tzinfo=UTC)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))
local_times = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1)).map(lambda each: each.replace(microsecond=0))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    dates = sorted(draw(st.lists(instants, min_size=len(PHASES), max_size=len(PHASES), unique=True)))
    return Calendar(dict(zip(PHASES, dates, strict=True)))


def monthly(first: datetime = FIRST_DAY) -> dict[Phase, datetime]:
    return {phase: first + rank * timedelta(days=30) for rank, phase in enumerate(PHASES)}


@given(calendars(), instants)
def test_a_moment_is_in_the_last_phase_that_has_begun(calendar: Calendar, moment: datetime) -> None:
    phase = calendar.phase_at(moment)
    if phase is None:
        assert moment < min(calendar.starts.values())
        assert calendar.next_phase(moment) is Phase.COLLECTING
        return
    end = calendar.ends_at(phase)
    assert calendar.starts[phase] <= moment
    assert end is None or moment < end
    following = calendar.next_phase(moment)
    assert (following is None) == (phase is Phase.PILOTING)
    assert following is None or calendar.starts[following] == end


@given(calendars())
def test_a_phase_begins_at_its_instant_and_the_one_before_is_then_over(calendar: Calendar) -> None:
    for before, phase in pairwise([None, *PHASES]):
        assert phase is not None
        start = calendar.starts[phase]
        assert calendar.phase_at(start) is phase
        assert calendar.phase_at(start - timedelta(microseconds=1)) is before


def test_a_ballot_a_second_before_the_close_is_in_the_vote_and_one_at_the_close_is_not() -> None:
    calendar = Calendar(monthly())
    close = calendar.starts[Phase.COUNTING]
    assert calendar.phase_at(close - A_SECOND) is Phase.VOTING
    assert calendar.phase_at(close) is Phase.COUNTING


def test_before_the_first_phase_there_is_none_and_the_last_never_ends() -> None:
    calendar = Calendar(monthly())
    assert calendar.phase_at(FIRST_DAY - A_SECOND) is None
    assert calendar.next_phase(FIRST_DAY - A_SECOND) is Phase.COLLECTING
    assert calendar.ends_at(Phase.PILOTING) is None
    assert calendar.next_phase(datetime(2099, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("missing", PHASES)
def test_every_phase_has_a_date(missing: Phase) -> None:
    with pytest.raises(BadCalendar) as refused:
        Calendar({phase: start for phase, start in monthly().items() if phase is not missing})
    assert refused.value.phase is missing


@pytest.mark.parametrize(("before", "late"), list(pairwise(PHASES)))
@pytest.mark.parametrize("by", [timedelta(0), A_SECOND, timedelta(days=400)])
def test_a_phase_starts_strictly_after_the_one_before_it(before: Phase, late: Phase, by: timedelta) -> None:
    starts = monthly()
    starts[late] = starts[before] - by
    with pytest.raises(BadCalendar) as refused:
        Calendar(starts)
    assert refused.value.phase is late


def test_a_date_without_a_time_zone_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Calendar({phase: start.replace(tzinfo=None) for phase, start in monthly().items()})


@given(calendars(), st.sampled_from(PHASES), instants)
def test_moving_a_calendar_keeps_the_length_of_each_phase(calendar: Calendar, phase: Phase, moment: datetime) -> None:
    moved = calendar.beginning(phase, moment)
    assert moved.starts[phase] == moment
    assert moved.phase_at(moment) is phase
    for before, after in pairwise(PHASES):
        assert moved.starts[after] - moved.starts[before] == calendar.starts[after] - calendar.starts[before]


@given(calendars(), instants)
def test_the_time_zone_a_moment_is_written_in_changes_nothing(calendar: Calendar, moment: datetime) -> None:
    abroad = Calendar({phase: start.astimezone(PARIS) for phase, start in calendar.starts.items()})
    assert abroad == calendar
    assert abroad.phase_at(moment.astimezone(PARIS)) is calendar.phase_at(moment)


def test_a_phase_of_half_an_hour_may_start_in_the_hour_that_comes_twice() -> None:
    """31 October 2027: at 3 h in Paris it is 2 h again. Both times read 2 h 30."""
    starts = monthly(datetime(2027, 8, 2, 0, 30, tzinfo=UTC))
    starts[Phase.VOTING] = datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=0)
    starts[Phase.COUNTING] = datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=1)
    calendar = Calendar(starts)
    assert calendar.phase_at(datetime(2027, 10, 31, 2, 45, tzinfo=PARIS, fold=0)) is Phase.VOTING
    assert calendar.phase_at(datetime(2027, 10, 31, 2, 15, tzinfo=PARIS, fold=1)) is Phase.VOTING
    assert calendar.phase_at(datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=1)) is Phase.COUNTING


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (datetime(2027, 1, 15, 9), datetime(2027, 1, 15, 8, tzinfo=UTC)),
        (datetime(2027, 7, 15, 9), datetime(2027, 7, 15, 7, tzinfo=UTC)),
        # 28 March 2027: the clock goes from 2 h to 3 h; 2 h 30 is read as 3 h 30.
        (datetime(2027, 3, 28, 1, 59, 59), datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)),
        (datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 3, 28, 3), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        # 31 October 2027: from 3 h back to 2 h; of the two 2 h 30, the first, in summer time.
        (datetime(2027, 10, 31, 2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 2, 30, fold=1), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31, 3), datetime(2027, 10, 31, 2, tzinfo=UTC)),
    ],
)
def test_a_time_typed_in_paris_is_one_instant(local: datetime, instant: datetime) -> None:
    assert from_paris(local) == instant


@given(local_times)
def test_what_was_typed_is_shown_again_unless_that_hour_does_not_exist(local: datetime) -> None:
    shown = to_paris(from_paris(local))
    assert shown == local or (shown == local + AN_HOUR and local.month == 3 and local.hour == 2)


@given(instants)
def test_what_is_shown_means_the_same_instant_unless_that_hour_comes_twice(moment: datetime) -> None:
    read = from_paris(to_paris(moment))
    assert read == moment or (read == moment - AN_HOUR and moment.month == 10)


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        (datetime(2027, 3, 27, 9), datetime(2027, 3, 28, 9), 23),
        (datetime(2027, 10, 30, 9), datetime(2027, 10, 31, 9), 25),
        (datetime(2027, 6, 1, 9), datetime(2027, 6, 2, 9), 24),
    ],
)
def test_a_day_of_vote_lasts_what_it_lasts_in_paris(opens: datetime, closes: datetime, hours: int) -> None:
    starts = monthly(from_paris(opens) - timedelta(days=90))
    starts |= {Phase.VOTING: from_paris(opens), Phase.COUNTING: from_paris(closes)}
    starts |= {Phase.PUBLISHED: from_paris(closes) + AN_HOUR, Phase.PILOTING: from_paris(closes) + 2 * AN_HOUR}
    calendar = Calendar(starts)
    opening = from_paris(opens)
    assert calendar.phase_at(opening + hours * AN_HOUR - A_SECOND) is Phase.VOTING
    assert calendar.phase_at(opening + hours * AN_HOUR) is Phase.COUNTING
