import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from coconstruction.territories.bodies import Body
from coconstruction.territories.referential import Referential

pytestmark = pytest.mark.referential
BRETAGNE = {"population": 3_449_370, "communes": 1_202}


def coverage(app: Flask, *words: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["territories", "coverage", *words], input=typed)


def test_nested_members_are_counted_once(app: Flask) -> None:
    result = coverage(app, "--json", "commune:35360", "epci:243500139", "departement:35", "region:53")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == BRETAGNE


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("commune:75056", (2_103_778, 1)),
        ("departement:75", (2_103_778, 1)),
        ("217500016", (2_103_778, 1)),
        ("75115", (2_103_778, 1)),
        ("departement:69", (478_313, 208)),
        ("epci:200046977", (1_436_354, 58)),
        ("collectivite:69M", (1_436_354, 58)),
        ("departement:67", (1_934_548, 880)),
        ("departement:68", (1_934_548, 880)),
        ("departement:2A", (355_486, 360)),
        ("region:94", (355_486, 360)),
        ("departement:972", (360_630, 34)),
        ("region:06", (256_518, 17)),
        ("departement:988", (264_596, 33)),
        ("commune:98901", (0, 1)),
        ("departement-35", (1_120_666, 332)),
        ("35", (1_120_666, 332)),
    ],
)
def test_a_code_covers_the_body_that_answers_for_it(app: Flask, code: str, expected: tuple[int, int]) -> None:
    result = coverage(app, "--json", code)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"population": expected[0], "communes": expected[1]}


def test_the_rhone_and_its_metropole_make_the_whole_departement(app: Flask) -> None:
    result = coverage(app, "--json", "departement:69", "collectivite:69M")
    assert json.loads(result.stdout)["population"] == 478_313 + 1_436_354


@pytest.mark.parametrize("code", ["commune:99999", "departement:984", "epci:000000000", "wrong", "94", "commune:", "%"])
def test_an_unknown_or_ambiguous_code_is_named(app: Flask, code: str) -> None:
    result = coverage(app, "--json", "commune:35360", code)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert code in result.stderr


def test_a_file_holds_one_coalition_a_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "coalitions.txt"
    file.write_text("region:53 departement:35\n\ncommune:75056\n")
    result = coverage(app, "--json", "--from", str(file))
    assert result.exit_code == 0, result.output
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        BRETAGNE,
        {"population": 0, "communes": 0},
        {"population": 2_103_778, "communes": 1},
    ]


def test_the_standard_input_is_read_likewise(app: Flask) -> None:
    result = coverage(app, "--json", "--from", "-", typed="region:53\n")
    assert json.loads(result.stdout) == BRETAGNE


def test_an_unknown_code_of_a_file_is_told_with_its_line_and_nothing_is_printed(app: Flask) -> None:
    result = coverage(app, "--json", "--from", "-", typed="region:53\nregion:99\n")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "ligne 2" in result.stderr
    assert "region:99" in result.stderr


def test_without_json_a_sentence_is_printed(app: Flask) -> None:
    assert coverage(app, "region:53").stdout == "3\u202f449\u202f370 habitants dans 1\u202f202 communes.\n"
    assert coverage(app, "commune:98901").stdout == "0 habitants dans 1 commune.\n"


@pytest.mark.parametrize("words", [("--json",), ("--json", "--from", "-", "region:53")])
def test_codes_or_a_file_are_asked_for(app: Flask, words: tuple[str, ...]) -> None:
    result = coverage(app, *words)
    assert result.exit_code == 2
    assert "--from" in result.stderr


def test_every_body_covers_what_it_was_loaded_with(
    app: Flask, referential: Referential, bodies: dict[str, Body]
) -> None:
    result = coverage(app, "--json", "--from", "-", typed="\n".join(bodies))
    covered = [json.loads(line) for line in result.stdout.splitlines()]
    assert covered == [{"population": body.population, "communes": body.communes_count} for body in referential.bodies]
