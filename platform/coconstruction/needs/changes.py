"""What differs between two texts of a need, word by word. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# What a member agreed to: the problem, for whom, to what end, and at what cost.
MATERIAL = ("title", "problem", "audience", "expected_effect", "origin", "estimated_cost", "service_url")
COMPARED = (
    "title",
    "problem",
    "audience",
    "frequency",
    "workaround",
    "expected_effect",
    "origin",
    "estimated_cost",
    "service_url",
)
SAME, GONE, ADDED = "same", "gone", "added"


@dataclass(frozen=True)
class Piece:
    """A run of words: the same in both, of the first only (`gone`), of the second only (`added`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    field: str
    before: Any
    after: Any

    @property
    def pieces(self) -> Sequence[Piece]:
        return compare(str(self.before or ""), str(self.after or ""))


def changes(before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[str] = COMPARED) -> list[Change]:
    """In the order of `fields`."""
    pairs = ((name, before.get(name), after.get(name)) for name in fields)
    return [Change(name, old, new) for name, old, new in pairs if (old or "") != (new or "")]


def is_material(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether it says something else: neither spaces, nor capitals, nor punctuation do."""
    return any(_said(each.before) != _said(each.after) for each in changes(before, after, MATERIAL))


def compare(before: str, after: str) -> list[Piece]:
    """Put end to end, the pieces that are not `added` make `before`, those that are not `gone` make `after`."""
    old, new = _tokens(before), _tokens(after)
    found: list[Piece] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, "".join(old[start:end])))
            continue
        if start < end:
            found.append(Piece(GONE, "".join(old[start:end])))
        if new_start < new_end:
            found.append(Piece(ADDED, "".join(new[new_start:new_end])))
    return found


def _tokens(text: str) -> list[str]:
    """Words with the space that follows them: a word that moves takes its space along."""
    return re.findall(r"\S+\s*|\s+", text)


def _said(value: Any) -> Any:
    return re.findall(r"\w+", value.casefold()) if isinstance(value, str) else value
