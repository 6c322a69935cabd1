from collections.abc import Callable

import pytest

from coconstruction.search.index import Document, Question, SearchIndex
from tests.search.asking import Key, keys

Found = Callable[..., list[Key]]
FAMILY, GRAVES, CANTEEN, FORMS = ("need", 1), ("need", 2), ("need", 3), ("solution", 1)
EU, VERN, SAINT_DENIS_93, SAINT_DENIS_11 = (("organisation", number) for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("usager", FAMILY),
        ("USAGERS", FAMILY),
        ("élu", FAMILY),
        ("elues", FAMILY),
        ("oeuvre", FAMILY),
        ("œuvres", FAMILY),
        ("cimetiere", GRAVES),
        ("cime\u0301tie\u0300re", GRAVES),
        ("dematerialisee", FAMILY),
        ("dématérialisation", FAMILY),
        ("demarche simplifiee", FORMS),
        ("st denis", SAINT_DENIS_93),
        ("l'école", FAMILY),
    ],
)
def test_a_word_is_found_in_its_other_forms(found: Found, text: str, wanted: Key) -> None:
    assert found(text)[0] == wanted


@pytest.mark.parametrize("text", ["35352", "35770", "213503527", "213 503 527", "213 503 527 00013"])
def test_an_organisation_is_found_by_its_codes(found: Found, text: str) -> None:
    assert found(text) == [VERN]


def test_the_last_word_may_be_unfinished(found: Found) -> None:
    assert found("gestion cim") == [GRAVES]
    assert found("cim gestion") == [GRAVES]
    assert found("cim ") == []


def test_a_sentence_finds_what_shares_only_some_of_its_words(found: Found) -> None:
    sentence = "Nous cherchons un outil pour que les parents puissent réserver la cantine de nos deux communes"
    assert found(sentence)[0] == CANTEEN


def test_the_title_counts_more_than_keywords_and_keywords_more_than_the_body(index: SearchIndex) -> None:
    index.rebuild([Document("need", 1, "a", "voirie"), Document("need", 2, "b", "", "voirie"),
                   Document("need", 3, "voirie")], 1)  # fmt: skip
    assert keys(index, "voirie") == [("need", 3), ("need", 2), ("need", 1)]


def test_rare_words_count_more_than_common_ones(index: SearchIndex) -> None:
    common = [Document("need", number, f"Logiciel numéro {number}") for number in range(20)]
    index.rebuild([*common, Document("need", 99, "Le cadastre", "un logiciel ?")], 1)
    assert keys(index, "logiciel cadastre")[0] == ("need", 99)


def test_the_title_typed_in_full_comes_first(found: Found, index: SearchIndex) -> None:
    index.apply([Document("organisation", 9, "Vern-sur-Seiche Métropole", weight=900_000)], [], 11)
    assert keys(index, "vern sur seiche", kinds=("organisation",))[0] == VERN


def test_of_homonyms_the_heavier_comes_first(found: Found) -> None:
    assert found("Saint-Denis", kinds=("organisation",)) == [SAINT_DENIS_93, SAINT_DENIS_11]


def test_a_name_made_of_a_stop_word_is_found(found: Found) -> None:
    assert found("Eu", kinds=("organisation",)) == [EU]


def test_a_misspelt_word_is_put_right_and_said(index: SearchIndex) -> None:
    answer = index.search(Question("gestion du cimtière"))
    assert [(hit.kind, hit.id) for hit in answer.hits] == [GRAVES]
    assert answer.suggestion == "gestion du cimetières"


@pytest.mark.parametrize("text", ["cantne", "catnine", "cantinne", "dématerialisre", "formulaire s", "prériscolaire"])
def test_slips_are_forgiven(found: Found, text: str) -> None:
    assert found(text)


def test_a_word_that_is_known_is_taken_at_its_word(index: SearchIndex) -> None:
    index.apply([Document("need", 9, "Cantines mobiles"), Document("need", 10, "Cantiner en prison")], [], 11)
    assert index.search(Question("cantine ")).suggestion is None


def test_codes_are_never_corrected(found: Found) -> None:
    assert found("35353") == []


def test_an_empty_question_lists_everything_the_heaviest_first(found: Found) -> None:
    assert len(found("  ")) == 8
    assert found("", kinds=("need",)) == [CANTEEN, FAMILY, GRAVES]


def test_pages_follow_each_other_without_gap_or_repeat(index: SearchIndex) -> None:
    index.rebuild([Document("need", number, "Voirie") for number in range(25)], 1)
    pages = [keys(index, "voirie", page=page, per_page=10) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({key for page in pages for key in page}) == 25
    assert index.search(Question("voirie", page=4, per_page=10)).total == 25
