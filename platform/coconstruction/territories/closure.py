"""The communes of a body made of others: syndicats of syndicats, EPCI, former communes. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    """Keys are organisation ids. `communes` are those that exist; `territories`, the communes of the bodies whose
    perimeter is known; `members`, of the others; `heirs`, who took the place of whom."""

    communes: Collection[int]
    territories: Mapping[int, Collection[int]]
    members: Mapping[int, Collection[int]]
    heirs: Mapping[int, Collection[int]]


def communes_of(body: int, ground: Ground) -> set[int]:
    """The union of the communes of its members, whatever the nesting; members in a circle are each counted once."""
    found: set[int] = set()
    seen, waiting = {body}, [body]
    while waiting:
        key = waiting.pop()
        if key in ground.communes:
            found.add(key)
            continue
        found.update(ground.territories.get(key, ()))
        following = {*ground.members.get(key, ()), *ground.heirs.get(key, ())} - seen
        seen |= following
        waiting += following
    return found
