"""Maps of shares by département: which outlines, which steps, how near one looks."""

from pathlib import Path

import pytest

from coconstruction.web.maps import STEPS, draw, step
from coconstruction.web.outlines import OVERSEAS, OutlinesMissing, outlines


def test_each_of_the_101_departements_has_its_outline_inside_its_frame() -> None:
    found = outlines()
    assert len(found) == 101
    assert {"01", "2A", "2B", "75", "95"} <= found.keys() - set(OVERSEAS)
    for each in found.values():
        largest = 60 if each.code in OVERSEAS else 1010
        assert 0 <= each.box.left < each.box.right <= largest, each.code
        assert 0 <= each.box.top < each.box.bottom <= largest, each.code


def test_neighbours_touch_and_strangers_do_not() -> None:
    boxes = {code: each.box for code, each in outlines().items()}
    assert boxes["35"].grown(2).meets(boxes["22"])
    assert not boxes["35"].meets(boxes["13"])
    assert boxes["29"].right < boxes["67"].left
    assert boxes["59"].bottom < boxes["2A"].top


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 0), (0.01, 1), (19.99, 1), (20, 2), (59.9, 3), (60, 4), (80, 5), (100, STEPS)]
)
def test_a_share_has_its_step(percent: float, expected: int) -> None:
    assert step(percent) == expected


def test_a_village_is_seen_within_its_region_and_its_departement_is_framed() -> None:
    drawn = draw({"35": 0.02}, around=("22", "29", "35", "56"), own="35")
    (frame,) = drawn.frames
    steps = [area.step for area in frame.areas]
    assert 4 < len(steps) < 30
    assert steps.count(1) == 1
    assert [area.own for area in frame.areas].index(True) == len(steps) - 1
    left, _top, width, _height = (float(side) for side in frame.view_box.split())
    assert left <= outlines()["29"].box.left
    assert width < 505


def test_overseas_has_its_own_frame_and_what_has_no_outline_is_said() -> None:
    drawn = draw({"35": 100, "974": 30, "988": 100})
    assert [len(frame.areas) for frame in drawn.frames][1:] == [1]
    assert [frame.inset for frame in drawn.frames] == [False, True]
    assert drawn.undrawn == ["988"]
    (alone,) = draw({"976": 5}, around=("976",)).frames
    assert (alone.areas[0].step, alone.inset) == (1, False)


def test_a_dot_stays_within_the_outline_it_marks() -> None:
    everywhere = outlines()
    drawn = draw(dict.fromkeys(everywhere, 10), marked=everywhere)
    marks = {area.code: area.mark for frame in drawn.frames for area in frame.areas}
    assert marks.keys() == everywhere.keys()
    for code, mark in marks.items():
        box = everywhere[code].box
        assert mark
        assert box.left < mark.x - mark.radius < mark.x + mark.radius < box.right, code
        assert box.top < mark.y - mark.radius < mark.y + mark.radius < box.bottom, code
    assert not any(area.mark for area in draw({"35": 10}, marked=["22"]).frames[0].areas if area.code == "35")


def test_nothing_covered_draws_nothing() -> None:
    assert draw({}, around=("35",)).frames == []


def test_a_missing_package_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OutlinesMissing, match="make setup"):
        outlines(tmp_path)
    (tmp_path / "dist" / "MapChart").mkdir(parents=True)
    (tmp_path / "dist" / "MapChart" / "MapChart.js").write_text("something else")
    (tmp_path / "package.json").write_text('{"version": "3.0.0"}')
    with pytest.raises(OutlinesMissing, match=r"3\.0\.0.*0 contours"):
        outlines(tmp_path)
