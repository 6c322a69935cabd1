"""Approval voting under an envelope, most approved first (rule `greedy-approval/1`). Whole numbers only.

Candidates are taken by number of approvals; ties go to the lower price, then to the lot order drawn from the seed
published before the vote. One that does not fit in what is left is passed over, and the count goes on. One that nobody
approves is never taken."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

RULE = "greedy-approval/1"


class Fate(StrEnum):
    SELECTED = "selected"
    NO_APPROVAL = "no_approval"
    TOO_EXPENSIVE = "too_expensive_for_rest"


@dataclass(frozen=True)
class Candidate:
    """`price` in cents; `lot_rank` from 1."""

    id: int
    price: int
    lot_rank: int


@dataclass(frozen=True)
class Line:
    """One candidate at its turn. `remaining`: cents left then; `lacking`: cents that were missing; `approvals_needed`:
    the fewest approvals with which, all ballots else equal, it would have been taken — None when none would do."""

    rank: int
    id: int
    approvals: int
    price: int
    remaining: int
    fate: Fate
    lacking: int
    approvals_needed: int | None


@dataclass(frozen=True)
class Outcome:
    selected: tuple[int, ...]
    spent: int
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def count(candidates: Collection[Candidate], ballots: Mapping[Any, Iterable[int]], envelope: int) -> Outcome:
    """`ballots`: for each organisation, the ids it approves; an id counts once a ballot."""
    approvals = tally(candidates, ballots)
    order = sorted(candidates, key=lambda each: (-approvals[each.id], each.price, each.lot_rank))
    lines, remaining = [], envelope
    for rank, candidate in enumerate(order, start=1):
        fate = _fate(candidate, approvals[candidate.id], remaining)
        lacking = max(0, candidate.price - remaining) if fate is Fate.TOO_EXPENSIVE else 0
        needed = None if fate is Fate.SELECTED else _approvals_needed(candidate, order, approvals, envelope)
        lines.append(
            Line(rank, candidate.id, approvals[candidate.id], candidate.price, remaining, fate, lacking, needed)
        )
        remaining -= candidate.price if fate is Fate.SELECTED else 0
    selected = tuple(line.id for line in lines if line.fate is Fate.SELECTED)
    return Outcome(selected, envelope - remaining, tuple(lines))


def tally(candidates: Iterable[Candidate], ballots: Mapping[Any, Iterable[int]]) -> dict[int, int]:
    approvals = {each.id: 0 for each in candidates}
    for choices in ballots.values():
        for choice in set(choices):
            approvals[choice] += 1
    return approvals


def lot_order(seed: str, ids: Iterable[int]) -> list[int]:
    """The ids by the SHA-256 of "seed:id": drawn by nobody, checked by anybody."""
    return sorted(ids, key=lambda each: (hashlib.sha256(f"{seed}:{each}".encode()).hexdigest(), each))


def canonical_json(content: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8: the same bytes everywhere."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: Any) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _fate(candidate: Candidate, approvals: int, remaining: int) -> Fate:
    if approvals == 0:
        return Fate.NO_APPROVAL
    return Fate.SELECTED if candidate.price <= remaining else Fate.TOO_EXPENSIVE


def _approvals_needed(
    candidate: Candidate, order: list[Candidate], approvals: Mapping[int, int], envelope: int
) -> int | None:
    """Go down the order without it; at each place it could stand, is there enough left? The lowest such place wins."""
    if candidate.price > envelope:
        return None
    others = [each for each in order if each.id != candidate.id]
    remaining, needed = envelope, None
    for other in [*others, None]:
        if candidate.price > remaining:
            return needed
        needed = _to_stand_before(candidate, other, approvals)
        if other is None:
            break
        if approvals[other.id] > 0 and other.price <= remaining:
            remaining -= other.price
    return needed


def _to_stand_before(candidate: Candidate, other: Candidate | None, approvals: Mapping[int, int]) -> int:
    if other is None:
        return 1
    wins_ties = (candidate.price, candidate.lot_rank) < (other.price, other.lot_rank)
    return max(1, approvals[other.id] + (0 if wins_ties else 1))
