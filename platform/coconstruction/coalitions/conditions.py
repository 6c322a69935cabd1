"""When a conditional pledge begins to count. A condition is data, as a threshold is: one criterion and its target, or
the crossing itself.

    {"crossing": true}      {"inhabitants": 500000}      {"organisations": 12}
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class When(StrEnum):
    CROSSING = "crossing"
    INHABITANTS = "inhabitants"
    ORGANISATIONS = "organisations"


def holds(condition: Mapping[str, Any], *, crossed: bool, inhabitants: int, organisations: int) -> bool:
    (name, target), *_ = condition.items()
    if name == When.CROSSING:
        return crossed
    return bool({When.INHABITANTS: inhabitants, When.ORGANISATIONS: organisations}[When(name)] >= target)
