import io
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from coconstruction.settings import ROOT

ENGLISH = Path(__file__).parent / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = (
    (ROOT / "platform", [("**.py", "python")]),
    (ROOT / "templates", [("emails/**", "ignore"), ("**.html", "jinja2")]),
)
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "_ln": (1, 2),
}
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}

translation_commands = AppGroup("translations", help="Le catalogue anglais de l’interface.")


@translation_commands.command("update")
def update() -> None:
    """Reporte dans le catalogue anglais les phrases nouvelles, et en ôte celles qui ne servent plus."""
    catalogue, sources = _catalogue(), _sources()
    sources.creation_date = catalogue.creation_date  # a run that finds nothing new leaves the file as it was
    catalogue.update(sources, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, catalogue, width=120, omit_header=False, sort_output=True, no_location=True)
    click.echo(f"{len(catalogue)} phrases, dont {len(_untranslated(catalogue))} à traduire.")


@translation_commands.command("check")
def check() -> None:
    """Refuse un catalogue où il manque une phrase, une traduction, ou un nom entre %( )."""
    catalogue, sources = _catalogue(), _sources()
    faults = [f"absente du catalogue : {each.id}" for each in sources if each.id and each.id not in catalogue]
    faults += [f"sans traduction : {each}" for each in _untranslated(catalogue)]
    faults += [f"{error} : {message.id}" for message, errors in catalogue.check() for error in errors]
    if faults:
        raise click.ClickException("\n".join([*faults, f"{len(faults)} défauts. Voir flask translations update."]))
    click.echo(f"Catalogue anglais complet : {len(catalogue)} phrases.")


def _sources() -> Catalog:
    found = Catalog(project="co-construction", version="1", charset="utf-8")
    for folder, methods in SOURCES:
        for file, line, message, comments, context in extract_from_dir(folder, methods, OPTIONS, KEYWORDS):
            found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def _catalogue() -> Catalog:
    text = ENGLISH.read_bytes() if ENGLISH.exists() else b""
    return read_po(io.BytesIO(text), locale="en", charset="utf-8")


def _untranslated(catalogue: Catalog) -> list[str]:
    def empty(message: object) -> bool:
        string = getattr(message, "string", "")
        return not (all(string) if isinstance(string, tuple | list) else string)

    return [str(each.id) for each in catalogue if each.id and (empty(each) or each.fuzzy)]
