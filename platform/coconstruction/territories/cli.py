import json
from collections.abc import Iterable
from typing import TextIO

import click
from flask.cli import AppGroup

from coconstruction.database import db
from coconstruction.territories.coverage import Coverage
from coconstruction.territories.queries import atlas, resolve

# Its imports are in coalitions/cli.py: what they load changes what coalitions cover.
territories = AppGroup("territories", help="Le référentiel des collectivités.")


class UnknownCode(click.ClickException):
    exit_code = 2


@territories.command("coverage")
@click.argument("codes", nargs=-1)
@click.option(
    "--from",
    "source",
    type=click.File(encoding="utf-8"),
    help="Une coalition par ligne ; « - » pour l’entrée standard.",
)
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON par coalition.")
def coverage_command(codes: tuple[str, ...], source: TextIO | None, as_json: bool) -> None:
    """Compte les habitants de la réunion des territoires : commune:35360 epci:243500139 departement:35 region:53."""
    if bool(codes) == bool(source):
        raise click.UsageError("Donnez des codes, ou --from FICHIER.")
    coalitions = [line.split() for line in source] if source else [list(codes)]
    for covered in _coverages(coalitions, numbered=source is not None):
        click.echo(_as_json(covered) if as_json else _as_sentence(covered))


def _coverages(coalitions: list[list[str]], *, numbered: bool) -> list[Coverage]:
    """All of them, or a refusal that names the first unknown code: nothing is printed by halves."""
    session = db.session()
    known = resolve(session, {code for codes in coalitions for code in codes})
    for number, codes in enumerate(coalitions, start=1):
        _refuse_unknown(codes, known.keys(), f"ligne {number} : " if numbered else "")
    map_of_france = atlas(session)
    return [map_of_france.coverage(known[code] for code in codes) for codes in coalitions]


def _refuse_unknown(codes: Iterable[str], known: Iterable[str], where: str) -> None:
    if unknown := [code for code in codes if code not in known]:
        raise UnknownCode(f"{where}code inconnu ou ambigu : {' '.join(unknown)}")


def _as_json(covered: Coverage) -> str:
    return json.dumps({"population": covered.population, "communes": covered.communes})


def _as_sentence(covered: Coverage) -> str:
    communes = "commune" if covered.communes < 2 else "communes"
    return f"{spaced(covered.population)} habitants dans {spaced(covered.communes)} {communes}."


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
