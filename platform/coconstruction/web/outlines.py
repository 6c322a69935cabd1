"""Outlines of the 101 départements, read once from `@gouvfr/dsfr-chart` (MIT © DINUM), installed but not committed
(docs/decisions/0010). Those of the mainland and Corsica share one frame; each overseas one has its own."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from coconstruction.settings import ROOT

PACKAGE = ROOT / "node_modules" / "@gouvfr" / "dsfr-chart"
OVERSEAS = ("971", "972", "973", "974", "976")
HOW_MANY = 101
PATHS = re.compile(r'class: "FR-(\d[\dAB]\d?)",.{0,200}?\bd: "([-MmLlHhVvCcSsAaZz\d. ]+)"', re.DOTALL)
STEPS = re.compile(r"([MmLlHhVvCcSsAaZz])([^MmLlHhVvCcSsAaZz]*)")
NUMBERS = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
LENGTHS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "a": 7}


class OutlinesMissing(Exception):
    """Says which file lacks, or holds something else, and how to have it."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def joined(self, other: "Box") -> "Box":
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, margin: float) -> "Box":
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    @property
    def side(self) -> float:
        """The larger one."""
        return max(self.right - self.left, self.bottom - self.top)

    @property
    def shorter_side(self) -> float:
        return min(self.right - self.left, self.bottom - self.top)

    @property
    def centre(self) -> tuple[float, float]:
        return round((self.left + self.right) / 2, 1), round((self.top + self.bottom) / 2, 1)

    @property
    def view_box(self) -> str:
        sides = (self.left, self.top, self.right - self.left, self.bottom - self.top)
        return " ".join(f"{side:g}" for side in sides)


@dataclass(frozen=True)
class Outline:
    """`path` as SVG writes it; `box` is what it fills of its frame."""

    code: str
    path: str
    box: Box


@cache
def outlines(package: Path = PACKAGE) -> Mapping[str, Outline]:
    """By code of the département. Raises OutlinesMissing."""
    source = package / "dist" / "MapChart" / "MapChart.js"
    if not source.exists():
        raise OutlinesMissing(f"{source} manque : les contours des départements s’installent par « make setup ».")
    found = {code: Outline(code, path, _box(path)) for code, path in PATHS.findall(source.read_text("utf-8"))}
    if len(found) != HOW_MANY or not found.keys() >= set(OVERSEAS):
        version = json.loads((package / "package.json").read_bytes()).get("version")
        raise OutlinesMissing(f"{source} ({version}) : {len(found)} contours de départements, {HOW_MANY} attendus.")
    return found


def _box(path: str) -> Box:
    points = list(_points(path))
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(*(round(side, 1) for side in (min(across), min(down), max(across), max(down))))


def _points(path: str) -> Iterator[tuple[float, float]]:
    """Where each stroke ends: between two of them these outlines hardly bend."""
    here = start = (0.0, 0.0)
    for letter, numbers in STEPS.findall(path):
        kind, values = letter.lower(), [float(number) for number in NUMBERS.findall(numbers)]
        if kind == "z":
            here = start
        for number, given in enumerate(_strokes(kind, values)):
            here = _end(here, kind, given, relative=letter.islower())
            if kind == "m" and number == 0:
                start = here
            yield here


def _strokes(kind: str, values: list[float]) -> Iterator[list[float]]:
    if length := LENGTHS.get(kind):
        for first, last in pairwise(range(0, len(values) + 1, length)):
            yield values[first:last]


def _end(here: tuple[float, float], kind: str, given: list[float], *, relative: bool) -> tuple[float, float]:
    x, y = here if relative else (0.0, 0.0)
    if kind == "h":
        return x + given[0], here[1]
    if kind == "v":
        return here[0], y + given[0]
    return x + given[-2], y + given[-1]
