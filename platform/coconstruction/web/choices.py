"""The options of a choice, as the forms library now wants them (its type stubs do not know it yet)."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]


def choices(options: Iterable[tuple[str, Any]]) -> Any:
    """Each option is (value, label)."""
    return [SelectChoice(value, label) for value, label in options]
