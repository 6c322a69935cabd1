from collections.abc import Mapping

from coconstruction.search.index import Answer, Question, SearchIndex


def _ask(index: SearchIndex, text: str, kinds: tuple[str, ...] = (), **filters: tuple[str, ...]) -> Answer:
    return index.search(Question(text, kinds, filters))


def _facets(answer: Answer) -> dict[str, Mapping[str, int]]:
    return {name: dict(counts) for name, counts in answer.facets.items()}


def test_facets_count_every_hit_not_only_those_of_the_page(index: SearchIndex) -> None:
    answer = index.search(Question("", per_page=1))
    assert answer.total == 8
    assert _facets(answer) == {
        "kind": {"organisation": 4, "need": 3, "solution": 1},
        "departement": {"35": 2, "76": 2, "93": 2, "11": 1},
        "theme": {"education": 3, "etat-civil": 1, "relation-usager": 1},
        "state": {"open": 2, "qualified": 1},
        "lifecycle": {"en-service": 1},
    }


def test_values_of_one_facet_add_up_and_facets_narrow_each_other(index: SearchIndex) -> None:
    either = _ask(index, "", theme=("education", "etat-civil"))
    assert either.total == 4
    both = _ask(index, "", theme=("education", "etat-civil"), departement=("35",))
    assert [(hit.kind, hit.id) for hit in both.hits] == [("need", 1)]


def test_a_value_is_counted_under_the_other_filters_not_its_own(index: SearchIndex) -> None:
    answer = _ask(index, "", ("need",), theme=("etat-civil",))
    assert answer.total == 1
    assert answer.facets["theme"] == {"education": 2, "etat-civil": 1}
    assert answer.facets["departement"] == {"76": 1}
    assert answer.facets["kind"] == {"need": 1}


def test_kinds_are_a_filter_like_the_others(index: SearchIndex) -> None:
    answer = _ask(index, "usager", ("solution",))
    assert [(hit.kind, hit.id) for hit in answer.hits] == [("solution", 1)]
    assert answer.facets["kind"] == {"need": 1, "solution": 1}


def test_an_unknown_value_or_facet_finds_nothing(index: SearchIndex) -> None:
    assert _ask(index, "", theme=("inconnu",)).total == 0
    assert _ask(index, "", saveur=("vanille",)).total == 0
