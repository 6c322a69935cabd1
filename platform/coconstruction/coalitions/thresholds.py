"""When a coalition is large enough. A rule is data: a tree of `all` and `any` over criteria, as JSON
(DESIGN §2.4; the thresholds of 2020 and 2021 changed three times, which is why none is written in code).

    {"all": [{"any": [{"inhabitants": 300000}, {"departements": 1}]}, {"organisations": 5}]}
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

HUNDRED = 100


class Criterion(StrEnum):
    INHABITANTS = "inhabitants"
    DEPARTEMENTS = "departements"
    ORGANISATIONS = "organisations"
    REGIONS = "regions"
    PLEDGED_SHARE = "pledged_share_percent"


class Junction(StrEnum):
    ALL = "all"
    ANY = "any"


class BadRule(ValueError):
    """The tree is not a rule; the message says which part."""


@dataclass(frozen=True)
class Figures:
    """What a coalition gathers. `departements`: département-level bodies that joined; `regions`: régions its members
    lie in; `pledged_cents` and `estimated_cost` (whole euros) make the pledged share."""

    inhabitants: int
    departements: int
    organisations: int
    regions: int
    pledged_cents: int
    estimated_cost: int | None

    def value_of(self, criterion: Criterion) -> int:
        if criterion is Criterion.PLEDGED_SHARE:
            return self.pledged_cents // self.estimated_cost if self.estimated_cost else 0
        return int(getattr(self, criterion.value))


@dataclass(frozen=True)
class Leaf:
    criterion: Criterion
    target: int


@dataclass(frozen=True)
class Node:
    junction: Junction
    parts: tuple["Leaf | Node", ...]


Rule = Leaf | Node


@dataclass(frozen=True)
class Progress:
    """How far a coalition is. A leaf has a `criterion`; a node has `parts`. `share` in whole percent, 100 only
    when met."""

    met: bool
    share: int
    criterion: Criterion | None = None
    value: int = 0
    target: int = 0
    junction: Junction | None = None
    parts: tuple["Progress", ...] = ()

    def leaves(self) -> Iterator["Progress"]:
        if self.criterion is not None:
            yield self
        for part in self.parts:
            yield from part.leaves()


def parse(tree: Any) -> Rule:
    if not isinstance(tree, Mapping) or len(tree) != 1:
        raise BadRule(f"one criterion, `all` or `any` expected, not {tree!r}")
    (name, content), *_ = tree.items()
    if name in list(Junction):
        if not isinstance(content, list) or not content:
            raise BadRule(f"`{name}` takes a list of rules, not {content!r}")
        return Node(Junction(name), tuple(parse(part) for part in content))
    if name not in list(Criterion):
        raise BadRule(f"unknown criterion {name!r}")
    if type(content) is not int or content <= 0:
        raise BadRule(f"`{name}` takes a whole number above zero, not {content!r}")
    return Leaf(Criterion(name), content)


def is_met(rule: Rule, figures: Figures) -> bool:
    """The verdict of `evaluate` without its reasons, ten times faster: who is missing asks it thousands of times."""
    if isinstance(rule, Leaf):
        return figures.value_of(rule.criterion) >= rule.target
    parts = (is_met(part, figures) for part in rule.parts)
    return all(parts) if rule.junction is Junction.ALL else any(parts)


def evaluate(rule: Rule, figures: Figures) -> Progress:
    if isinstance(rule, Leaf):
        value = figures.value_of(rule.criterion)
        met = value >= rule.target
        share = HUNDRED if met else value * HUNDRED // rule.target
        return Progress(met, share, criterion=rule.criterion, value=value, target=rule.target)
    parts = tuple(evaluate(part, figures) for part in rule.parts)
    every = rule.junction is Junction.ALL
    met = all(part.met for part in parts) if every else any(part.met for part in parts)
    share = (min if every else max)(part.share for part in parts)
    return Progress(met, share, junction=rule.junction, parts=parts)
