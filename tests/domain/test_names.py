import pytest

from coconstruction.territories.names import name_key, typed_words


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Étienne-du-Grès", "saint etienne du gres"),
        ("ST ETIENNE DU GRES", "saint etienne du gres"),
        ("Ste-Colombe", "sainte colombe"),
        ("L'Abergement-Clémenciat", "l abergement clemenciat"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ('CA "Saintes - Grandes Rives"', "ca saintes grandes rives"),
        ("  ", ""),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, key: str) -> None:
    assert name_key(name) == key


def test_an_unfinished_st_may_begin_strasbourg() -> None:
    assert typed_words("st") == [("saint", "st")]
    assert typed_words("st ") == [("saint",)]
    assert typed_words("st denis") == [("saint",), ("denis",)]


@pytest.mark.parametrize("typed", ["217500016", "217 500 016", "21750001600019", "217 500 016 00019"])
def test_a_siren_or_siret_is_read_with_or_without_spaces(typed: str) -> None:
    assert typed_words(typed) == [("217500016",)]
