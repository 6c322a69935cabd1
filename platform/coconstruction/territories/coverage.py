"""The population of a union of territories, exactly and fast: sets of communes are the bits of integers.

A commune is one bit; a territory is a mask; a union is `|`. Populations are kept as bit planes: plane k holds the
communes whose population has bit k, hence the population of a mask is the sum of 2^k times the ones of `mask & plane`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Coverage:
    """`population` in inhabitants, each commune counted once."""

    population: int
    communes: int


@dataclass(frozen=True)
class Atlas:
    """Every commune's place among the bits, every other body's mask, the population of each place and the bodies that
    hold it. Keys are organisation ids. A CCAS has the place of its commune: a mask for each of so many would be fifty
    megabytes."""

    places: Mapping[int, int]
    masks: Mapping[int, int]
    planes: tuple[int, ...]
    people: tuple[int, ...]
    holders: tuple[tuple[int, ...], ...]

    @classmethod
    def build(
        cls,
        populations: Mapping[int, int],
        territories: Mapping[int, Iterable[int]],
        seats: Mapping[int, int] | None = None,
    ) -> Self:
        """`populations` by commune; `territories`: the communes of other bodies; `seats`: of those that have one."""
        ordered = sorted(populations)
        places = {key: place for place, key in enumerate(ordered)}
        depth = max(populations.values(), default=0).bit_length()
        planes = [
            _mask((places[key] for key, people in populations.items() if people >> k & 1), len(places))
            for k in range(depth)
        ]
        # A territory may still name a former commune, which covers nobody.
        known = {body: [places[key] for key in keys if key in places] for body, keys in territories.items()}
        masks = {body: _mask(held, len(places)) for body, held in known.items()}
        seated = {body: places[commune] for body, commune in (seats or {}).items() if commune in places}
        people = tuple(populations[key] for key in ordered)
        return cls(places | seated, masks, tuple(planes), people, _holders(known, len(places)))

    def mask(self, key: int) -> int:
        """The communes of one organisation; none for a body without a territory (an association, a former commune)."""
        place = self.places.get(key)
        return self.masks.get(key, 0) if place is None else 1 << place

    def gain(self, mask: int, key: int) -> int:
        """The inhabitants that one organisation would add to those of `mask`."""
        place = self.places.get(key)
        if place is not None:
            return 0 if mask >> place & 1 else self.people[place]
        return self.population(self.masks.get(key, 0) & ~mask)

    def union(self, keys: Iterable[int]) -> int:
        covered, communes = 0, []
        for key in keys:
            if (place := self.places.get(key)) is not None:
                communes.append(place)
            else:
                covered |= self.masks.get(key, 0)
        return covered | _mask(communes, len(self.places)) if communes else covered

    def population(self, mask: int) -> int:
        return sum((mask & plane).bit_count() << k for k, plane in enumerate(self.planes))

    def communes(self, mask: int) -> int:
        return mask.bit_count()

    def around(self, key: int) -> list[int]:
        """The other bodies whose territory holds all of this one."""
        place = self.places.get(key)
        if place is not None:
            return list(self.holders[place])
        if not (mask := self.masks.get(key, 0)):
            return []
        first = (mask & -mask).bit_length() - 1  # whoever holds it all holds its first commune
        return [body for body in self.holders[first] if body != key and mask & self.masks[body] == mask]

    def coverage(self, keys: Iterable[int]) -> Coverage:
        mask = self.union(keys)
        return Coverage(self.population(mask), self.communes(mask))


def _holders(places: Mapping[int, Iterable[int]], size: int) -> tuple[tuple[int, ...], ...]:
    holders: list[list[int]] = [[] for _ in range(size)]
    for body, held in places.items():
        for place in held:
            holders[place].append(body)
    return tuple(map(tuple, holders))


def _mask(places: Iterable[int], size: int) -> int:
    # One buffer for all: shifting a fresh 35,000-bit integer for each commune costs a hundred times more.
    octets = bytearray(size // 8 + 1)
    for place in places:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")
