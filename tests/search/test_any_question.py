"""Whatever is typed, the answer is an answer."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coconstruction.search.index import Question, SearchIndex

ODD = [
    "*", "a*", '"', "l'", "'", "''", "\\", "%", "_", "a:b", "titre:*", "AND OR NOT", "(((((", "[a TO z]", "~", "^",
    "+-&|!", "\0", "a\0b", "\u202egauche à droite", "مرحبا بكم", "日本語", "\ud800", "🙂", "ß", "İ", "ǅ", "½", "\u0301",
    "x" * 10_000, "mot " * 2_500, '"' * 10_000, "usager' | !'", "usager:*", "1" * 50,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_signs_are_no_commands(index: SearchIndex, text: str) -> None:
    answer = index.search(Question(text))
    assert answer.total >= len(answer.hits)


def test_signs_without_a_word_find_nothing(index: SearchIndex) -> None:
    assert [index.search(Question(text)).total for text in ("*", "%", '"', "🙂", "\0")] == [0] * 5


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(), st.text("aeéœstru'*\"|&!:()-<> \0", max_size=40)), page=st.integers(1, 10**6))
def test_no_text_makes_search_fail(index: SearchIndex, text: str, page: int) -> None:
    answer = index.search(Question(text, filters={"theme": (text,)}, page=page))
    assert answer.total >= len(answer.hits)
