"""The criteria of a grid, as they are kept and as one reads them. Data alone: no site, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Criterion:
    """`levels`: what each of the notes 0 to 4 means."""

    code: str
    label: str
    weight: int
    levels: tuple[str, ...]


def read(rows: Iterable[Mapping[str, Any]]) -> list[Criterion]:
    return [Criterion(row["code"], row["label"], row["weight"], tuple(row["levels"])) for row in rows]


def as_rows(criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    return [{**asdict(each), "levels": list(each.levels)} for each in criteria]


def weights(criteria: Sequence[Criterion]) -> dict[str, int]:
    return {each.code: each.weight for each in criteria}
