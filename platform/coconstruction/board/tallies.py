"""Where the needs of a campaign are, added up. Pure.

A contribution is a need that an organisation posted; a common need that the curators wrote is a proposition, not a
contribution. Every contribution is in exactly one of `Place`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    STANDING = "standing"
    GROUPED = "grouped"
    REDIRECTED = "redirected"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What a proposition has ever reached."""

    CROSSED = "crossed"
    SHORTLISTED = "shortlisted"
    IN_ROUND = "in_round"
    SELECTED = "selected"


@dataclass(frozen=True)
class Line:
    """A need. `posted`: by an organisation. `steps`: all those it has reached."""

    posted: bool
    place: Place
    steps: frozenset[Step]
    theme: str
    departement: str
    kind: str
    population: int


@dataclass(frozen=True)
class Tally:
    """`places` add up to `contributions`. `propositions` stand by themselves: contributions and common needs."""

    contributions: int
    places: Mapping[Place, int]
    propositions: int
    steps: Mapping[Step, int]


SIZES: Mapping[str, range] = {
    "hamlet": range(500),
    "village": range(500, 2_000),
    "small": range(2_000, 10_000),
    "town": range(10_000, 50_000),
    "city": range(50_000, 10**9),
}


def tally(lines: Iterable[Line]) -> Tally:
    lines = list(lines)
    places = Counter(line.place for line in lines if line.posted)
    return Tally(
        contributions=places.total(),
        places={place: places[place] for place in Place},
        propositions=sum(line.place is Place.STANDING for line in lines),
        steps={step: sum(step in line.steps for line in lines) for step in Step},
    )


def by(lines: Iterable[Line], key: Callable[[Line], str]) -> Mapping[str, Tally]:
    """In the order of the keys; sizes from the smallest."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    sizes = list(SIZES)
    ordered = sorted(groups, key=lambda name: (sizes.index(name) if name in SIZES else 0, name))
    return {name: tally(groups[name]) for name in ordered}


def size_of(line: Line) -> str:
    return next((name for name, people in SIZES.items() if line.population in people), "city")


TABLES: Mapping[str, Callable[[Line], str]] = {
    "theme": lambda line: line.theme,
    "departement": lambda line: line.departement,
    "kind": lambda line: line.kind,
    "size": size_of,
}


def columns(found: Tally) -> Sequence[int]:
    """As every table and export gives them."""
    return (found.contributions, *found.places.values(), found.propositions, *found.steps.values())
