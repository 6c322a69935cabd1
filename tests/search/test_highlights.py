from collections.abc import Iterable

from coconstruction.search.index import Document, Hit, Question, SearchIndex, Segment


def _first(index: SearchIndex, text: str) -> Hit:
    return index.search(Question(text)).hits[0]


def _marked(segments: Iterable[Segment]) -> list[str]:
    return [text for text, is_match in segments if is_match]


def test_the_words_that_matched_are_marked_as_they_are_written(index: SearchIndex) -> None:
    hit = _first(index, "usager elu oeuvre cantines")
    assert _marked(hit.title_segments) == ["usagers"]
    assert [_marked(each) for each in hit.fragments] == [["élus", "cantine", "œuvre"]]


def test_the_beginning_of_a_word_marks_the_whole_word(index: SearchIndex) -> None:
    assert _marked(_first(index, "gestion cimet").title_segments) == ["Gestion", "cimetières"]


def test_the_pieces_of_a_title_put_together_are_the_title(index: SearchIndex) -> None:
    hit = _first(index, "gestion")
    assert "".join(text for text, _ in hit.title_segments) == hit.title == "Gestion des cimetières"


def test_text_comes_out_as_text(index: SearchIndex) -> None:
    (fragment,) = _first(index, "formulaire").fragments
    assert "<b>en ligne</b>" in "".join(text for text, _ in fragment)


def test_a_long_body_gives_short_extracts_around_what_matched(index: SearchIndex) -> None:
    filling = "La commune et ses habitants attendent depuis longtemps. " * 20
    body = f"{filling}Un registre des doléances. {filling}Une carte des chemins. {filling}"
    index.apply([Document("need", 9, "Divers", body)], [], 11)
    fragments = _first(index, "doléance chemin").fragments
    assert [_marked(each) for each in fragments] == [["doléances"], ["chemins"]]
    assert all(len("".join(text for text, _ in each)) < 200 for each in fragments)


def test_a_body_without_a_match_gives_no_extract(index: SearchIndex) -> None:
    assert _first(index, "cimetières").fragments == ()
