"""Pledges are lines that nobody rewrites: what stands is worked out from them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.coalitions.ledger import DECLARED, WITHDRAWN, Line, standing, totals
from coconstruction.coalitions.models import PledgeEvent, PledgeKind


@st.composite
def ledgers(draw: st.DrawFn) -> list[Line]:
    """Declarations, some of them withdrawn, once each."""
    pledged = draw(st.lists(st.tuples(st.sampled_from(list(PledgeKind)), st.integers(1, 10**12)), max_size=12))
    lines = [Line(rank, kind, amount, DECLARED, None) for rank, (kind, amount) in enumerate(pledged, start=1)]
    withdrawn = draw(st.lists(st.sampled_from(lines), unique=True)) if lines else []
    after = len(lines) + 1
    return lines + [
        Line(rank, line.kind, line.amount, WITHDRAWN, line.id) for rank, line in enumerate(withdrawn, start=after)
    ]


@given(ledgers())
def test_totals_are_what_was_declared_less_what_was_withdrawn(lines: list[Line]) -> None:
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.kind] += line.amount if line.event == DECLARED else -line.amount
    assert totals(lines) == {kind: amount for kind, amount in sums.items() if amount}


@given(ledgers(), st.data())
def test_the_order_of_the_lines_changes_nothing(lines: list[Line], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(lines))
    assert totals(shuffled) == totals(lines)
    assert standing(shuffled) == standing(lines)


@given(ledgers(), st.data())
def test_withdrawing_removes_exactly_its_line(lines: list[Line], data: st.DataObject) -> None:
    kept = [line for line in lines if line.id in standing(lines)]
    if not kept:
        return
    gone = data.draw(st.sampled_from(kept))
    after = [*lines, Line(len(lines) + 1, gone.kind, gone.amount, WITHDRAWN, gone.id)]
    assert standing(after) == standing(lines) - {gone.id}
    assert totals(lines)[gone.kind] - totals(after).get(gone.kind, 0) == gone.amount


@given(ledgers())
def test_two_ledgers_side_by_side_add_up(lines: list[Line]) -> None:
    """Amounts are whole: no kind leaks into another and no cent is lost."""
    away = len(lines)
    beside = [
        Line(line.id + away, line.kind, line.amount, line.event, line.withdraws_id and line.withdraws_id + away)
        for line in lines
    ]
    assert totals([*lines, *beside]) == {kind: 2 * amount for kind, amount in totals(lines).items()}


def test_a_ledger_may_be_read_once_only() -> None:
    assert totals(iter([Line(1, "euros", 500, DECLARED, None)])) == {"euros": 500}


def test_the_ledger_speaks_the_words_of_the_table() -> None:
    assert {DECLARED, WITHDRAWN} == {event.value for event in PledgeEvent}
