"""A rule and what a coalition lacks, as a reader meets them."""

from typing import Any

import pytest

from coconstruction.coalitions.thresholds import Figures, Progress, evaluate, parse
from coconstruction.coalitions.wording import missing, rule_sentence

FIRST_RULE = {"all": [{"any": [{"inhabitants": 300000}, {"departements": 1}]}, {"organisations": 5}]}
EITHER_WAY = {"any": [{"all": [{"inhabitants": 300000}, {"organisations": 5}]}, {"departements": 1}]}


pytestmark = pytest.mark.usefixtures("in_french")


def reached(tree: dict[str, Any], inhabitants: int = 0, departements: int = 0, organisations: int = 0) -> Progress:
    return evaluate(parse(tree), Figures(inhabitants, departements, organisations, 0, 0, None))


def plain(sentence: str) -> str:
    return sentence.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (FIRST_RULE, "300 000 habitants ou 1 département entier, et 5 collectivités"),
        (EITHER_WAY, "(300 000 habitants, et 5 collectivités) ou 1 département entier"),
        ({"any": [EITHER_WAY["any"][0]]}, "300 000 habitants, et 5 collectivités"),
        (
            {"any": [{"any": [EITHER_WAY["any"][0]]}, {"regions": 2}]},
            "(300 000 habitants, et 5 collectivités) ou 2 régions",
        ),
        ({"any": [{"all": [{"regions": 2}]}, {"departements": 3}]}, "2 régions ou 3 départements entiers"),
        ({"pledged_share_percent": 30}, "30 % du coût estimé"),
        ({"inhabitants": 1}, "1 habitant"),
    ],
)
def test_a_rule_reads_without_doubt_on_what_goes_with_what(tree: dict[str, Any], sentence: str) -> None:
    assert plain(rule_sentence(reached(tree))) == sentence


@pytest.mark.parametrize(
    ("tree", "figures", "sentence"),
    [
        (FIRST_RULE, (257_000, 0, 3), "43 000 habitants ou 1 département entier, et 2 collectivités"),
        (FIRST_RULE, (300_000, 0, 4), "1 collectivité"),
        (FIRST_RULE, (10_000, 0, 5), "290 000 habitants ou 1 département entier"),
        (FIRST_RULE, (10_000, 1, 5), ""),
        (EITHER_WAY, (257_000, 0, 3), "(43 000 habitants, et 2 collectivités) ou 1 département entier"),
        (EITHER_WAY, (300_000, 0, 3), "2 collectivités ou 1 département entier"),
        (EITHER_WAY, (0, 1, 0), ""),
    ],
)
def test_what_is_missing_is_said_and_nothing_that_is_there(
    tree: dict[str, Any], figures: tuple[int, int, int], sentence: str
) -> None:
    assert plain(missing(reached(tree, *figures))) == sentence
