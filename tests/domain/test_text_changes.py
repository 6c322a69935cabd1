"""What differs between two texts, on any pair of them."""

from hypothesis import given
from hypothesis import strategies as st

from coconstruction.needs.changes import ADDED, GONE, changes, compare, is_material

WORDS = st.lists(
    st.sampled_from(["la", "salle", "des fêtes", "est", "réservée", "deux  fois", "\n\n", "!"]), max_size=12
)
TEXTS = st.one_of(WORDS.map(" ".join), st.text(max_size=40))


@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts_to_the_sign(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert "".join(each.text for each in pieces if each.kind != ADDED) == before
    assert "".join(each.text for each in pieces if each.kind != GONE) == after
    assert all(each.text for each in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {each.kind for each in compare(text, text)} <= {"same"}
    assert changes({"title": text}, {"title": text}) == []


def test_only_what_changed_is_told_in_the_order_of_the_page() -> None:
    before = {"title": "Une salle", "problem": "Un cahier.", "estimated_cost": None, "frequency": ""}
    after = {"title": "Une salle", "problem": "Un tableur.", "estimated_cost": 28000, "frequency": ""}
    assert [each.field for each in changes(before, after)] == ["problem", "estimated_cost"]
    [told, _cost] = changes(before, after)
    assert [(each.kind, each.text) for each in told.pieces] == [
        ("same", "Un "),
        ("gone", "cahier."),
        ("added", "tableur."),
    ]


def test_spaces_capitals_and_points_commit_nobody_to_anything_new() -> None:
    before = {"title": "La salle des fêtes", "frequency": "Souvent", "theme": "culture"}
    assert not is_material(before, {"title": "La salle des  Fêtes !", "frequency": "Rarement", "theme": "mobility"})
    assert is_material(before, {**before, "title": "Les salles des fêtes"})
    assert is_material({"estimated_cost": 100}, {"estimated_cost": 1000})
    assert is_material({"origin": "need"}, {"origin": "existing_service"})
