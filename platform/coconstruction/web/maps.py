"""Maps of shares by département, drawn by the server: `components/map.html` writes them, the style sheet colours."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

from coconstruction.web.outlines import OVERSEAS, Box, Outline, outlines

STEPS = 5
MARGIN = 0.05  # of the larger side, so that the outermost outline is whole
DOT, INSET_DOT = 0.013, 0.06  # of the larger side


@dataclass(frozen=True)
class Mark:
    """A dot that stays within its outline, as large in a small frame as in the large one."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Area:
    """`code` of the département. `step`: 0 for nothing, then fifths of the inhabitants. `own` is drawn with a frame."""

    code: str
    path: str
    step: int
    own: bool
    mark: Mark | None


@dataclass(frozen=True)
class Frame:
    """`inset`: drawn small, beside the mainland."""

    view_box: str
    areas: Sequence[Area]
    inset: bool = False


@dataclass(frozen=True)
class Map:
    """The mainland first, if it is touched, then each overseas département. `undrawn`: codes that have no outline."""

    frames: Sequence[Frame]
    undrawn: Sequence[str]


Paint = Callable[[Outline, float], Area]


def draw(
    percents: Mapping[str, float],
    around: Collection[str] = (),
    own: str | None = None,
    marked: Collection[str] = (),
) -> Map:
    """`percents` by code of département. `around`: codes to show beside those, for the eye to know where it is.
    `marked`: codes that get a dot."""
    known = outlines()
    touched = [known[code] for code in percents if code in known]
    mainland = [each for each in touched if each.code not in OVERSEAS]
    shown = mainland + [known[code] for code in around if code in known and code not in OVERSEAS]
    paint = partial(_area, percents=percents, own=own, marked=marked)
    frames = [_mainland(shown, paint)] if mainland else []
    inset = bool(frames)
    frames += [_frame([each], each.box, paint, inset=inset) for each in touched if each.code in OVERSEAS]
    return Map(frames, [code for code in percents if code not in known])


def _mainland(shown: Sequence[Outline], paint: Paint) -> Frame:
    """These, and what else of the country the frame lets see."""
    box = reduce(Box.joined, (each.box for each in shown))
    return _frame([each for each in outlines().values() if each.code not in OVERSEAS], box, paint)


def _frame(possible: Sequence[Outline], tight: Box, paint: Paint, *, inset: bool = False) -> Frame:
    box = tight.grown(round(MARGIN * tight.side, 1))
    dot = box.side * (INSET_DOT if inset else DOT)
    areas = [paint(each, dot) for each in possible if each.box.meets(box)]
    return Frame(box.view_box, sorted(areas, key=lambda area: (area.own, area.code)), inset)


def _area(
    outline: Outline, dot: float, *, percents: Mapping[str, float], own: str | None, marked: Collection[str]
) -> Area:
    """`dot`: how large one is."""
    mark = _mark(outline, dot) if outline.code in marked else None
    return Area(outline.code, outline.path, step(percents.get(outline.code, 0)), outline.code == own, mark)


def _mark(outline: Outline, dot: float) -> Mark:
    x, y = outline.box.centre
    return Mark(x, y, round(min(dot, outline.box.shorter_side / 4), 2))


def step(percent: float) -> int:
    return min(STEPS, int(percent * STEPS / 100) + 1) if percent > 0 else 0
