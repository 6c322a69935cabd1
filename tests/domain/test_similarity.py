"""What makes two needs resemble each other, in figures."""

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.grouping.similarity import portrait, resemblance

texts = st.text("abcdeé ", max_size=40)
portraits = st.builds(
    portrait, texts, texts, st.sampled_from(["", "procedures", "heritage"]), st.sampled_from([None, "35"])
)


@given(portraits, portraits)
def test_it_is_the_same_both_ways_and_a_percentage(one, other) -> None:  # type: ignore[no-untyped-def]
    there, back = resemblance(one, other), resemblance(other, one)
    assert there.score == back.score
    assert len(there.shared) == len(back.shared)
    assert 0 <= there.score <= 100


def test_a_text_resembles_itself_wholly() -> None:
    mine = portrait("Payer la cantine", "Par chèque, en mairie.", "procedures", "35")
    assert resemblance(mine, mine).score == 100


def test_words_of_the_title_weigh_more_and_are_shown_as_written() -> None:
    one = portrait("Réserver la salle des fêtes", "Par téléphone.", "", None)
    title = portrait("La salle se réserve", "Le cahier.", "", None)
    body = portrait("Le cahier", "La salle se réserve.", "", None)
    assert resemblance(one, title).score > resemblance(one, body).score > 0
    assert set(resemblance(one, title).shared) == {"réserver", "salle"}


def test_theme_and_place_add_a_little_to_words() -> None:
    one = portrait("La cantine", "", "procedures", "35")
    alone, near = portrait("Le cimetière", "", "heritage", "29"), portrait("Le cimetière", "", "procedures", "35")
    assert (resemblance(one, alone).score, resemblance(one, near).score) == (0, 15)
