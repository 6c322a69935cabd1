"""Maps of shares by département, drawn by the server: `components/map.html` writes them, the style sheet colours."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from coconstruction.web.outlines import OVERSEAS, Box, Outline, outlines

STEPS = 5
MARGIN = 0.05  # of the larger side, so that the outermost outline is whole


@dataclass(frozen=True)
class Area:
    """`step`: 0 for nothing, then fifths of the inhabitants. `own` is drawn with a frame."""

    path: str
    step: int
    own: bool


@dataclass(frozen=True)
class Frame:
    view_box: str
    areas: Sequence[Area]


@dataclass(frozen=True)
class Map:
    """The mainland first, if it is touched, then each overseas département. `undrawn`: codes that have no outline."""

    frames: Sequence[Frame]
    undrawn: Sequence[str]


def draw(percents: Mapping[str, float], around: Collection[str] = (), own: str | None = None) -> Map:
    """`percents` by code of département. `around`: codes to show beside those, for the eye to know where it is."""
    known = outlines()
    touched = [known[code] for code in percents if code in known]
    mainland = [each for each in touched if each.code not in OVERSEAS]
    shown = mainland + [known[code] for code in around if code in known and code not in OVERSEAS]
    frames = [_mainland(shown, percents, own)] if mainland else []
    frames += [_frame([each], each.box, percents, own) for each in touched if each.code in OVERSEAS]
    return Map(frames, [code for code in percents if code not in known])


def _mainland(shown: Sequence[Outline], percents: Mapping[str, float], own: str | None) -> Frame:
    """These, and what else of the country the frame lets see."""
    box = reduce(Box.joined, (each.box for each in shown))
    return _frame([each for each in outlines().values() if each.code not in OVERSEAS], box, percents, own)


def _frame(possible: Sequence[Outline], tight: Box, percents: Mapping[str, float], own: str | None) -> Frame:
    box = tight.grown(round(MARGIN * max(tight.right - tight.left, tight.bottom - tight.top), 1))
    areas = [
        Area(each.path, step(percents.get(each.code, 0)), each.code == own) for each in possible if each.box.meets(box)
    ]
    return Frame(box.view_box, sorted(areas, key=lambda area: area.own))


def step(percent: float) -> int:
    return min(STEPS, int(percent * STEPS / 100) + 1) if percent > 0 else 0
