"""Pledges are lines that nobody rewrites: what stands, and how far it has come, is worked out from them."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.coalitions.ledger import COUNTED, Line, PledgeEvent, Stage, stages, totals
from coconstruction.coalitions.models import PledgeKind

LATER = [each for each in PledgeEvent if each is not PledgeEvent.DECLARED]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Line]:
    """Declarations, each followed by any of what may follow, once."""
    pledged = draw(
        st.lists(st.tuples(st.sampled_from(list(PledgeKind)), st.integers(1, 10**12), st.booleans()), max_size=12)
    )
    lines = [
        Line(rank, kind, amount, PledgeEvent.DECLARED, conditional=conditional)
        for rank, (kind, amount, conditional) in enumerate(pledged, start=1)
    ]
    since = [(line, event) for line in lines for event in draw(st.lists(st.sampled_from(LATER), unique=True))]
    return lines + [
        Line(rank, line.kind, line.amount, event, line.id)
        for rank, (line, event) in enumerate(since, start=len(lines) + 1)
    ]


def told(lines: list[Line], line: Line) -> Stage | None:
    """The ledger again, read aloud."""
    since = [each.event for each in lines if each.about_id == line.id]
    if "withdrawn" in since:
        return None
    if "honoured" in since:
        return Stage.HONOURED
    if line.conditional and "met" not in since:
        return Stage.PENDING
    return Stage.CONFIRMED if "confirmed" in since else Stage.DECLARED


@given(ledgers())
def test_each_pledge_is_where_its_lines_say(lines: list[Line]) -> None:
    declared = [line for line in lines if line.about_id is None]
    assert stages(lines) == {line.id: stage for line in declared if (stage := told(lines, line))}


@given(ledgers())
def test_totals_add_up_what_stands_and_what_waits_is_apart(lines: list[Line]) -> None:
    counted, waiting = Counter[str](), Counter[str]()
    for line in lines:
        stage = told(lines, line) if line.about_id is None else None
        if stage is not None:
            (waiting if stage is Stage.PENDING else counted)[line.kind] += line.amount
    assert totals(lines) == counted
    assert totals(lines, [Stage.PENDING]) == waiting


@given(ledgers(), st.data())
def test_the_order_of_the_lines_changes_nothing(lines: list[Line], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(lines))
    assert totals(shuffled) == totals(lines)
    assert stages(shuffled) == stages(lines)


@given(ledgers(), st.data())
def test_withdrawing_removes_exactly_its_pledge(lines: list[Line], data: st.DataObject) -> None:
    kept = [line for line in lines if line.id in stages(lines)]
    if not kept:
        return
    gone = data.draw(st.sampled_from(kept))
    after = [*lines, Line(len(lines) + 1, gone.kind, gone.amount, PledgeEvent.WITHDRAWN, gone.id)]
    assert stages(after).keys() == stages(lines).keys() - {gone.id}
    counted = stages(lines)[gone.id] in COUNTED
    assert totals(lines).get(gone.kind, 0) - totals(after).get(gone.kind, 0) == gone.amount * counted


@given(ledgers())
def test_two_ledgers_side_by_side_add_up(lines: list[Line]) -> None:
    """Amounts are whole: no kind leaks into another and no cent is lost."""
    away = len(lines)
    beside = [replace(line, id=line.id + away, about_id=line.about_id and line.about_id + away) for line in lines]
    assert totals([*lines, *beside]) == {kind: 2 * amount for kind, amount in totals(lines).items()}


def test_a_ledger_may_be_read_once_only() -> None:
    assert totals(iter([Line(1, "euros", 500, PledgeEvent.DECLARED)])) == {"euros": 500}
