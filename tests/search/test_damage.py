"""A Whoosh index is files: they may be cut short, foreign or gone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coconstruction.search.index import Answer, Document, Question
from tests.search.conftest import DOCUMENTS
from tests.search.place import Place


def _cut_segments(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty_segments(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.write_bytes(b"")


def _scribble(folder: Path) -> None:
    for file in folder.glob("*.toc"):
        file.write_bytes(b"not an index at all" * 9)


def _cut_contents(folder: Path) -> None:
    for file in folder.glob("*.toc"):
        file.write_bytes(file.read_bytes()[:40])


def _remove_files(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


# Whoosh leaves the file it could not make sense of to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("damage", [_cut_segments, _empty_segments, _scribble, _cut_contents, _remove_files])
def test_a_damaged_index_is_an_empty_one_that_any_write_repairs(place: Place, damage: Callable[[Path], None]) -> None:
    if not place.is_whoosh:
        pytest.skip("PostgreSQL looks after its own files")
    with place.opened() as index:
        index.rebuild(DOCUMENTS, 10)
    damage((place.search_index_dir / "current").resolve())
    with place.opened() as index:
        assert index.watermark() == 0
        assert index.search(Question("cantine")) == Answer()
        assert index.apply([Document("need", 9, "Éclairage")], [], 1, since=0)
        assert (index.watermark(), index.search(Question("éclairage")).total) == (1, 1)
        index.rebuild(DOCUMENTS, 10)
        assert (index.watermark(), index.search(Question("cantine")).total) == (10, 2)


def test_rebuilding_many_times_does_not_fill_the_disk(place: Place) -> None:
    if not place.is_whoosh:
        pytest.skip("PostgreSQL looks after its own files")
    with place.opened() as index:
        for watermark in range(1, 6):
            index.rebuild(DOCUMENTS, watermark)
    assert len(list(place.search_index_dir.glob("built-*"))) == 2
    assert list(place.search_index_dir.glob("building-*")) == []
