"""The watermark: what the index knows of the journal."""

import pytest

from coconstruction.search.index import Answer, Document, Question
from tests.search.asking import keys
from tests.search.conftest import DOCUMENTS
from tests.search.place import Place

NEW = Document("need", 9, "Éclairage public")


def test_where_nothing_was_indexed_nothing_is_found(place: Place) -> None:
    with place.opened() as index:
        assert index.watermark() == 0
        assert index.search(Question("cantine")) == Answer()


def test_a_first_change_needs_no_rebuild(place: Place) -> None:
    with place.opened() as index:
        assert index.apply([NEW], [], 3, since=0)
        assert index.watermark() == 3
        assert keys(index, "éclairage") == [("need", 9)]


def test_documents_are_added_replaced_and_deleted_with_the_watermark(place: Place) -> None:
    with place.opened() as index:
        index.rebuild(DOCUMENTS, 10)
        assert index.apply(
            [NEW, Document("need", 2, "Plan du columbarium")], [("need", 1), ("need", 404)], 12, since=10
        )
        assert index.watermark() == 12
        assert keys(index, "éclairage") == [("need", 9)]
        assert keys(index, "columbarium") == [("need", 2)]
        assert keys(index, "cimetière") == keys(index, "périscolaire") == []
        assert index.search(Question("")).total == 8


def test_words_that_left_with_their_document_are_no_longer_suggested(place: Place) -> None:
    with place.opened() as index:
        index.rebuild(DOCUMENTS, 10)
        index.apply([], [("need", 2)], 11)
        answer = index.search(Question("cimtière"))
        assert (answer.total, answer.suggestion) == (0, None)


def test_another_opening_of_the_index_sees_every_change(place: Place) -> None:
    with place.opened() as one, place.opened() as other:
        one.rebuild(DOCUMENTS, 10)
        assert other.watermark() == 10
        one.apply([NEW], [], 11)
        assert keys(other, "éclairage") == [("need", 9)]
        other.rebuild([NEW], 12)
        assert keys(one, "") == [("need", 9)]
        assert one.watermark() == 12


def test_changes_computed_from_another_watermark_are_refused_whole(place: Place) -> None:
    with place.opened() as index:
        index.rebuild(DOCUMENTS, 10)
        assert not index.apply([NEW], [("need", 1)], 12, since=9)
        assert index.watermark() == 10
        assert keys(index, "éclairage") == []
        assert keys(index, "périscolaire") == [("need", 1)]


def test_a_change_applied_during_a_rebuild_is_asked_for_again(place: Place) -> None:
    with place.opened() as index, place.opened() as other:
        index.rebuild(DOCUMENTS, 10)

        def documents_read_before_the_change() -> list[Document]:
            assert other.apply([NEW], [], 11, since=10)
            return DOCUMENTS

        index.rebuild(iter(documents_read_before_the_change()), 10)
        assert index.watermark() == 10
        assert not other.apply([], [], 12, since=11)
        assert other.apply([NEW], [], 12, since=10)
        assert keys(index, "éclairage") == [("need", 9)]


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(place: Place) -> None:
    def broken() -> list[Document]:
        raise RuntimeError("the database went away")

    with place.opened() as index:
        index.rebuild(DOCUMENTS, 10)
        with pytest.raises(RuntimeError):
            index.rebuild((each for _ in range(1) for each in broken()), 11)
        assert index.watermark() == 10
        assert index.rebuild(DOCUMENTS, 12) == 8
        assert keys(index, "périscolaire") == [("need", 1)]


def test_a_rebuild_tells_how_far_it_is(place: Place) -> None:
    steps: list[int] = []
    with place.opened() as index:
        assert index.rebuild((Document("need", number, "Voirie") for number in range(450)), 1, steps.append) == 450
    assert len(steps) > 2
    assert sum(steps) == 450


def test_what_the_database_could_not_store_is_indexed_without_it(place: Place) -> None:
    with place.opened() as index:
        index.apply([Document("need", 1, "Voi\0rie \ud800", "pa\0vés", "'\\:&|!()")], [], 1)
        assert index.search(Question("pavés")).total + index.search(Question("vés")).total == 1
