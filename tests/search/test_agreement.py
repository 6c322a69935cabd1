"""A site may change its database without its answers changing."""

from pathlib import Path

import pytest

from coconstruction.search.index import Document, Question, SearchIndex
from tests.search.conftest import DOCUMENTS
from tests.search.place import Place

QUESTIONS = [
    "usager",
    "cantine école",
    "vern sur seiche",
    "cimtière",
    "saint den",
    "35",
    "famille",
    "réserver",
    "",
    "*",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_both_engines_give_the_same_answer(place: Place, index: SearchIndex, tmp_path: Path, text: str) -> None:
    if place.is_whoosh:
        pytest.skip("compared when the suite has a PostgreSQL server: --engine=postgresql")
    with Place("sqlite://", tmp_path / "other").opened() as other:
        other.rebuild(DOCUMENTS, 10)
        for each in (index, other):
            each.apply([Document("need", 2, "Plan des cimetières", "familles")], [("solution", 1)], 11)
        one, two = index.search(Question(text)), other.search(Question(text))
    assert [(hit.kind, hit.id, hit.fragments) for hit in one.hits] == [
        (hit.kind, hit.id, hit.fragments) for hit in two.hits
    ]
    assert (one.total, one.facets, one.suggestion) == (two.total, two.facets, two.suggestion)
