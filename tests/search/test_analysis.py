import pytest

from coconstruction.search.analysis import question_words, words
from coconstruction.search.spelling import distance, nearest


@pytest.mark.parametrize(
    "forms",
    [
        "usager usagers USAGERS",
        "élu élus elu ÉLUE élues",
        "dématérialiser dématérialisée dématérialisés dematerialisation",
        "œuvre oeuvres Œuvre",
        "réseau réseaux reseau",
        "public publique publics",
        "jeu jeux",
        "accès acces",
        "Saint St",
        "animal animaux",
    ],
)
def test_forms_of_a_word_share_a_term(forms: str) -> None:
    assert len({word.term for word in words(forms)}) == 1, [word.term for word in words(forms)]


def test_different_words_keep_different_terms() -> None:
    assert len({word.term for word in words("mairie marché eau école élection budget paie paix")}) == 8


def test_stop_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert [word.folded for word in question_words("la gestion de l’eau")] == ["gestion", "eau"]
    assert [word.folded for word in question_words("où")] == ["ou"]


@pytest.mark.parametrize(
    ("typed", "known", "slips"),
    [("cantne", "cantine", 1), ("catnine", "cantine", 1), ("cantine", "cantine", 0), ("cimtires", "cimetieres", 2)],
)
def test_slips_are_counted(typed: str, known: str, slips: int) -> None:
    assert distance(typed, known, 2) == slips


def test_the_likeliest_word_is_the_nearest_then_the_most_used() -> None:
    assert nearest("cantne", {"cantine": 3, "canne": 9, "cantines": 50}) == "canne"
    assert nearest("eua", {"eau": 5}) is None
