"""`flask territories import…`: loads who exists and where, then counts again what open coalitions cover. One
transaction: it is all there or nothing is, and the same command again does what a first one could not."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from coconstruction.coalitions.recounting import cross_reached, recount_open
from coconstruction.database import db, transaction
from coconstruction.territories.actions import load_referential, record_import, rows_to_load, source_of
from coconstruction.territories.banatic import read_banatic
from coconstruction.territories.changes import Change, Changes, write_report
from coconstruction.territories.cli import spaced, territories
from coconstruction.territories.csv_files import TableError
from coconstruction.territories.files import ReferentialError
from coconstruction.territories.groupings import Delivery, departement_names, load_groupings
from coconstruction.territories.programmes import NAMES as PROGRAMMES
from coconstruction.territories.programmes import load_programmes, read_programmes
from coconstruction.territories.queries import vintage
from coconstruction.territories.referential import FOLDER, read_referential
from coconstruction.territories.sirene import read_sirene

__all__ = ["territories"]

MOST_SHOWN = 20
SHOWN = (
    Change.CODE,
    Change.MERGED,
    Change.RENAMED,
    Change.SPLIT,
    Change.ASLEEP,
    Change.LEAVES,
    Change.NEED,
    Change.CROSSED,
)
Command = Callable[..., None]
T = TypeVar("T")
File = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Undone(Exception):
    pass


def _options(command: Command) -> Command:
    trial = click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien écrire.")
    report = click.option(
        "--report", type=click.Path(dir_okay=False, path_type=Path), help="Écrit chaque changement dans ce fichier CSV."
    )
    return trial(report(command))


@territories.command("import")
@click.option(
    "--from", "folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, help="Dossier des fichiers."
)
@click.option("--vintage", "said", default="", help="Le millésime des populations, si cette version ne le connaît pas.")
@_options
def import_command(folder: Path, said: str, dry_run: bool, report: Path | None) -> None:
    """Charge communes, EPCI, EPT, départements, régions et collectivités à statut particulier."""
    try:
        referential = read_referential(folder, said)
    except ReferentialError as error:
        raise click.ClickException(f"Référentiel refusé, rien n’a été chargé. {error}") from error

    def load(session: Session) -> Changes:
        with click.progressbar(length=rows_to_load(referential), label="Référentiel") as bar:
            return load_referential(session, referential, bar.update)

    changes = _load(load, "territories.imported", source_of(referential), dry_run=dry_run)
    click.echo(f"{spaced(len(referential.bodies))} organisations ({referential.vintage}) : {_counts(changes)}.")
    _tell(changes, dry_run=dry_run, report=report)


@territories.command("import-banatic")
@click.argument("file", type=File)
@_options
def import_banatic_command(file: Path, dry_run: bool, report: Path | None) -> None:
    """Charge syndicats, PETR et pôles métropolitains avec leurs membres, d’après l’export de Banatic en CSV."""
    session = _loaded()
    with click.progressbar(length=file.stat().st_size, label="Banatic") as bar:
        delivery = _read(lambda: read_banatic(file, departement_names(session), bar.update))
    _load_delivery(delivery, dry_run=dry_run, report=report)


@territories.command("import-sirene")
@click.argument("file", type=File)
@click.option("--seats", type=File, help="Le stock des établissements, qui dit la commune de chaque siège.")
@_options
def import_sirene_command(file: Path, seats: Path | None, dry_run: bool, report: Path | None) -> None:
    """Charge CCAS, CIAS, SDIS, et les syndicats que Banatic ne décrit pas, d’après le stock Sirene en CSV."""
    session, length = _loaded(), sum(path.stat().st_size for path in (file, seats) if path)
    with click.progressbar(length=length, label="Sirene") as bar:
        delivery = _read(lambda: read_sirene(session, file, seats, bar.update))
    _load_delivery(delivery, dry_run=dry_run, report=report)


@territories.command("import-programmes")
@click.argument("file", type=File)
@click.option(
    "--programme",
    type=click.Choice(list(PROGRAMMES)),
    help="De quel programme est cette liste, si le fichier n’a pas de colonne « programme ».",
)
@_options
def import_programmes_command(file: Path, programme: str | None, dry_run: bool, report: Path | None) -> None:
    """Charge les communes d’un programme prioritaire (Petites villes de demain…), d’après sa liste en CSV : une commune
    par ligne, colonne « insee_com ». La liste remplace la précédente."""
    _loaded()
    with click.progressbar(length=file.stat().st_size, label="Programmes") as bar:
        lists = _read(lambda: read_programmes(file, programme or "", bar.update))
    named = {PROGRAMMES[code]: len(communes) for code, communes in lists.communes.items()}
    source = {"programmes": {code: len(communes) for code, communes in lists.communes.items()}}
    changes = _read(
        lambda: _load(
            lambda session: load_programmes(session, lists), "territories.programmes_imported", source, dry_run=dry_run
        )
    )
    for name, number in named.items():
        click.echo(f"{name} : {spaced(number)} communes nommées.")
    for line in [each for each in changes.lines if each.change is Change.IGNORED][:MOST_SHOWN]:
        click.echo(f"  ligne {line.number} : {line.detail}, « {line.code} » {line.name}".rstrip())
    _tell(changes, dry_run=dry_run, report=report)


def _loaded() -> Session:
    session = db.session()
    if not vintage(session):
        raise click.ClickException("Chargez d’abord le référentiel : flask territories import.")
    return session


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except TableError as error:
        raise click.ClickException(f"Fichier refusé, rien n’a été chargé. {error}") from error


def _load_delivery(delivery: Delivery, *, dry_run: bool, report: Path | None) -> None:
    source = {"source": delivery.source}
    changes = _load(
        lambda session: load_groupings(session, delivery), "territories.groupings_imported", source, dry_run=dry_run
    )
    click.echo(f"{spaced(len(delivery.groups))} organisations décrites : {_counts(changes)}.")
    _tell(changes, dry_run=dry_run, report=report)


def _load(load: Callable[[Session], Changes], action: str, source: dict[str, Any], *, dry_run: bool) -> Changes:
    changes = Changes()
    with suppress(_Undone), transaction() as session:
        changes = load(session)
        recounts = recount_open(session)
        for each in recounts:
            detail = f"{each.before} → {each.after} habitants"
            changes.note(Change.NEED, f"besoin {each.need.id}", each.need.title, detail)
        if changes.wrote or recounts:
            record_import(session, action, source, changes)
        for need in cross_reached(session, recounts):
            changes.note(Change.CROSSED, f"besoin {need.id}", need.title)
        if dry_run:
            raise _Undone
    return changes


def _counts(changes: Changes) -> str:
    numbers = (changes.added, changes.updated, changes.deactivated)
    added, updated, deactivated = (spaced(number) for number in numbers)
    return f"{added} ajoutées, {updated} mises à jour, {deactivated} désactivées"


def _tell(changes: Changes, *, dry_run: bool, report: Path | None) -> None:
    for change, number in changes.by_change().most_common():
        if change is not Change.IGNORED:
            click.echo(f"  {change} : {spaced(number)}")
    for reason, number in changes.ignored().most_common():
        click.echo(f"  {Change.IGNORED}, {reason} : {spaced(number)}")
    notable = [line for line in changes.lines if line.change in SHOWN]
    for line in notable[:MOST_SHOWN]:
        click.echo(f"    {line.change} : {line.name} ({line.code}) {line.detail}".rstrip())
    if len(notable) > MOST_SHOWN:
        click.echo(f"    et {spaced(len(notable) - MOST_SHOWN)} de plus : --report FICHIER les écrit toutes.")
    if report:
        write_report(report, changes.lines)
        click.echo(f"Rapport : {report} ({spaced(len(changes.lines))} lignes).")
    if dry_run:
        click.echo("Essai à blanc : rien n’a été écrit.")
