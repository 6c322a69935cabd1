"""What stands of a ledger of pledges. Totals are never stored: they are folds of the lines."""

from collections.abc import Iterable
from dataclasses import dataclass

DECLARED, WITHDRAWN = "declared", "withdrawn"


@dataclass(frozen=True)
class Line:
    """`amount` in cents for euros, in days for person-days, else 1."""

    id: int
    kind: str
    amount: int
    event: str
    withdraws_id: int | None


def standing(lines: Iterable[Line]) -> set[int]:
    """The declarations that no line withdraws."""
    declared, withdrawn = set(), set()
    for line in lines:
        if line.event == DECLARED:
            declared.add(line.id)
        elif line.withdraws_id is not None:
            withdrawn.add(line.withdraws_id)
    return declared - withdrawn


def totals(lines: Iterable[Line]) -> dict[str, int]:
    """What stands, added up by kind."""
    lines = list(lines)
    kept = standing(lines)
    sums: dict[str, int] = {}
    for line in lines:
        if line.id in kept:
            sums[line.kind] = sums.get(line.kind, 0) + line.amount
    return sums
