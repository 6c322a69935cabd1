"""The official referential, read and checked whole before anything is written (docs/decisions/0012)."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coconstruction.settings import ROOT
from coconstruction.territories.bodies import Body, all_bodies, reference_of
from coconstruction.territories.files import Files, Place, ReferentialError, read_files

FOLDER = ROOT / "node_modules" / "@etalab" / "decoupage-administratif" / "data"
FILES = ("communes.json", "epci.json", "ept.json", "departements.json", "regions.json")

# communes.json carries the municipal populations of 2023 (Insee, populations de référence, in force on 1 January 2026;
# https://www.insee.fr/fr/statistiques/8680726); epci.json is of another year, never shown.
# By major version of the package.
VINTAGES = {"6": "population municipale 2023"}
UNKNOWN_VERSION = "6"


@dataclass(frozen=True)
class Referential:
    """`aliases` lead from another reference to a body's own."""

    bodies: tuple[Body, ...]
    places: tuple[Place, ...]
    aliases: Mapping[str, str]
    version: str
    vintage: str
    digest: str

    def counts(self) -> dict[str, int]:
        kinds = Counter(body.kind for body in self.bodies)
        communes = sum(1 for body in self.bodies if body.insee_code)
        return {
            "organisations": len(self.bodies),
            "communes": communes,
            **{k: n for k, n in kinds.items() if k != "commune"},
        }


def read_referential(folder: Path = FOLDER, vintage: str = "") -> Referential:
    """`vintage`: what the operator says of the populations, for a package this page does not know."""
    files = read_files(folder)
    bodies = tuple(all_bodies(files))
    _refuse_twins(bodies)
    version = installed_version(folder)
    return Referential(
        bodies, files.places, _aliases(files, bodies), version, _vintage(version, vintage), _digest(folder)
    )


def _aliases(files: Files, bodies: tuple[Body, ...]) -> dict[str, str]:
    aliases = {f"commune:{place.code}": reference_of(place.commune) for place in files.places}
    for commune in files.communes.values():
        aliases |= {f"commune:{code}": reference_of(commune.code) for code in commune.former_codes}
    aliases |= {alias: body.reference for body in bodies for alias in body.aliases}
    own = {body.reference for body in bodies}
    return {alias: reference for alias, reference in aliases.items() if alias not in own}


def _refuse_twins(bodies: tuple[Body, ...]) -> None:
    code, number = Counter(body.code for body in bodies).most_common(1)[0]
    if number > 1:
        names = ", ".join(body.reference for body in bodies if body.code == code)
        raise ReferentialError(f"communes.json, epci.json ou ept.json : le SIREN {code} sert {number} fois ({names}).")


def installed_version(folder: Path = FOLDER) -> str:
    """Of the package, as installed. Raises ReferentialError."""
    manifest = folder.parent / "package.json"
    if not manifest.exists():
        return UNKNOWN_VERSION
    try:
        return str(json.loads(manifest.read_bytes())["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise ReferentialError(f"package.json, clé « version » : elle ne peut pas être lue ({error}).") from error


def _vintage(version: str, said: str) -> str:
    known = VINTAGES.get(version.split(".")[0], "")
    if not known and not said:
        raise ReferentialError(
            f"package.json, clé « version » : le millésime des populations de {version} est inconnu. Dites-le :"
            ' --vintage "population municipale 2024", d’après la page du paquet ou de l’Insee.'
        )
    if known and said not in ("", known):
        raise ReferentialError(f"Le millésime de la version {version} est « {known} », pas « {said} ».")
    return known or said


def _digest(folder: Path) -> str:
    """SHA-256 of the files, one after the other."""
    total = hashlib.sha256()
    for name in FILES:
        total.update((folder / name).read_bytes())
    return total.hexdigest()
