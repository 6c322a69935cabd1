"""What stands of a ledger of pledges. Nothing is stored but the lines: stages and totals are folds of them.

A pledge is declared; a conditional one waits until its condition is met; a deliberation confirms it; it is honoured, or
withdrawn. Each is a line that names the declaration it is about, so that the order of the lines changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PledgeEvent(StrEnum):
    DECLARED = "declared"
    MET = "met"
    CONFIRMED = "confirmed"
    HONOURED = "honoured"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """Where a pledge that stands has come to, the least first. PENDING: its condition is not met yet."""

    PENDING = "pending"
    DECLARED = "declared"
    CONFIRMED = "confirmed"
    HONOURED = "honoured"


COUNTED = frozenset({Stage.DECLARED, Stage.CONFIRMED, Stage.HONOURED})


@dataclass(frozen=True)
class Line:
    """`amount` in cents for euros, in days for person-days, else 1. `about_id`: the declaration, for another event."""

    id: int
    kind: str
    amount: int
    event: str
    about_id: int | None = None
    conditional: bool = False


def stages(lines: Iterable[Line]) -> dict[int, Stage]:
    """By declaration that stands. One may be confirmed while its condition waits: it is PENDING all the same."""
    declared: dict[int, Line] = {}
    since: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        if line.about_id is None:
            declared[line.id] = line
        else:
            since[line.about_id].add(line.event)
    kept = {key: line for key, line in declared.items() if PledgeEvent.WITHDRAWN not in since[key]}
    return {key: _stage(line, since[key]) for key, line in kept.items()}


def totals(lines: Iterable[Line], counted: Iterable[Stage] = COUNTED) -> dict[str, int]:
    """What stands in these stages, added up by kind."""
    lines, wanted = list(lines), frozenset(counted)
    reached: Mapping[int, Stage] = stages(lines)
    sums: dict[str, int] = {}
    for line in lines:
        if reached.get(line.id) in wanted:
            sums[line.kind] = sums.get(line.kind, 0) + line.amount
    return sums


def _stage(line: Line, since: set[str]) -> Stage:
    if PledgeEvent.HONOURED in since:
        return Stage.HONOURED
    if line.conditional and PledgeEvent.MET not in since:
        return Stage.PENDING
    return Stage.CONFIRMED if PledgeEvent.CONFIRMED in since else Stage.DECLARED
