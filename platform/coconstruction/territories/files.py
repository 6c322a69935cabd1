"""Reads the files of @etalab/decoupage-administratif 6.x and believes nothing: a fault is told with its place."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMUNE = re.compile(r"\d[\dAB]\d{3}")
AREA = re.compile(r"\d[\dAB]\d?")
SIREN = re.compile(r"\d{9}")
POSTAL_CODE = re.compile(r"\d{5}")
NAME = re.compile(r"\S.{0,199}")

# Insee, code TNCC of a name.
LINKS = ("de ", "d’", "du ", "de la ", "des ", "de l’")

# Communes d’un seul tenant en mer, dispensées d’intercommunalité (CGCT, art. L. 5210-1-1, V): Île-de-Bréhat,
# Île-de-Sein, Ouessant, L’Île-d’Yeu.
WITHOUT_EPCI = frozenset({"22016", "29083", "29155", "85113"})
GRAND_PARIS, PARIS = "200054781", "75056"


class ReferentialError(Exception):
    """The referential is refused whole. The sentence, in French, says which file and what is wrong in it."""


@dataclass(frozen=True)
class Commune:
    code: str
    name: str
    siren: str | None
    population: int
    departement: str
    region: str
    postal_codes: tuple[str, ...]
    former_codes: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A commune déléguée or associée, or an arrondissement municipal, and the code of its commune."""

    code: str
    kind: str
    name: str
    commune: str


@dataclass(frozen=True)
class Grouping:
    """An EPCI or EPT; `code` is its SIREN, `members` the codes of its communes."""

    code: str
    type: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """A département or région. `link` joins its name to another: "Département " + "de la " + "Gironde"."""

    code: str
    name: str
    link: str
    zone: str
    region: str


@dataclass(frozen=True)
class Files:
    communes: Mapping[str, Commune]
    places: tuple[Place, ...]
    epci: tuple[Grouping, ...]
    ept: tuple[Grouping, ...]
    departements: Mapping[str, Area]
    regions: Mapping[str, Area]


class Entry:
    """One object of a file; what it lacks is told with its number, counted from 1, and its code."""

    def __init__(self, where: str, fields: object) -> None:
        self.where = where
        if not isinstance(fields, dict):
            raise ReferentialError(f"{where} : un objet est attendu.")
        self.fields: dict[str, Any] = fields

    def fault(self, key: str, reason: str) -> ReferentialError:
        code = self.fields.get("code")
        named = f" ({code})" if isinstance(code, str) and key != "code" else ""
        return ReferentialError(f"{self.where}{named}, clé « {key} » : {reason}.")

    def text(self, key: str, pattern: re.Pattern[str]) -> str:
        if key not in self.fields:
            raise self.fault(key, "elle manque")
        return self._checked(key, self.fields[key], pattern)

    def text_or_none(self, key: str, pattern: re.Pattern[str]) -> str | None:
        return self._checked(key, self.fields[key], pattern) if key in self.fields else None

    def texts(self, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        return tuple(self._checked(key, value, pattern) for value in self._list(key))

    def number(self, key: str) -> int:
        """Zero when the key is missing."""
        value = self.fields.get(key, 0)
        if type(value) is not int or value < 0:
            raise self.fault(key, f"un nombre entier positif est attendu, pas {_shown(value)}")
        return value

    def one_of(self, key: str, choices: Collection[str]) -> str:
        value = self.text(key, NAME)
        if value not in choices:
            raise self.fault(key, f"{_shown(value)} est inconnu")
        return value

    def entries(self, key: str) -> list["Entry"]:
        if not self._list(key):
            raise self.fault(key, "elle est vide")
        return [Entry(f"{self.where}, {key} n° {n}", value) for n, value in enumerate(self._list(key), start=1)]

    def _list(self, key: str) -> list[Any]:
        value = self.fields.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, "une liste est attendue")
        return value

    def _checked(self, key: str, value: object, pattern: re.Pattern[str]) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.fault(key, f"{_shown(value)} n’est pas une valeur possible")
        return value


def read_files(folder: Path) -> Files:
    regions = {entry.fields["code"]: _area(entry, None) for entry in _entries(folder / "regions.json")}
    departements = {entry.fields["code"]: _area(entry, regions) for entry in _entries(folder / "departements.json")}
    entries = list(_entries(folder / "communes.json", unique=("code", "type")))
    current = [entry for entry in entries if entry.fields["type"] == "commune-actuelle"]
    communes = {entry.fields["code"]: _commune(entry, departements) for entry in current}
    places = tuple(_place(entry, communes) for entry in entries if entry.fields["type"] != "commune-actuelle")
    if not places:
        raise ReferentialError("communes.json : il y manque les communes déléguées et les arrondissements municipaux.")
    epci = tuple(_groupings(folder / "epci.json", ("CC", "CA", "CU", "METRO", "MET69"), communes))
    ept = tuple(_groupings(folder / "ept.json", ("EPT",), communes))
    files = Files(communes, places, epci, ept, departements, regions)
    _refuse_missing_members(files)
    return files


def _entries(path: Path, unique: tuple[str, ...] = ("code",)) -> Iterator[Entry]:
    seen = set()
    for number, fields in enumerate(_json_list(path), start=1):
        entry = Entry(f"{path.name}, entrée {number}", fields)
        identity = tuple(entry.text(key, NAME) for key in unique)
        if identity in seen:
            raise entry.fault("code", f"{_shown(identity[0])} y est déjà")
        seen.add(identity)
        yield entry


def _json_list(path: Path) -> list[object]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ReferentialError(f"{path.name} ne peut pas être lu dans {path.parent} : {error.strerror}.") from error
    except json.JSONDecodeError as error:
        raise ReferentialError(f"{path.name}, ligne {error.lineno}, colonne {error.colno} : {error.msg}.") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise ReferentialError(f"{path.name} n’est pas du JSON en UTF-8 : {error}.") from error
    if not isinstance(content, list) or not content:
        raise ReferentialError(f"{path.name} : une liste d’objets est attendue.")
    return content


def _area(entry: Entry, regions: Collection[str] | None) -> Area:
    code = entry.text("code", AREA)
    region = code if regions is None else entry.one_of("region", regions)
    link = entry.number("typeLiaison")
    if link >= len(LINKS):
        raise entry.fault("typeLiaison", f"{_shown(link)} est inconnu")
    return Area(code, entry.text("nom", NAME), LINKS[link], entry.one_of("zone", ("metro", "drom", "com")), region)


def _population(entry: Entry, departement: Area) -> int:
    if "population" not in entry.fields and departement.zone != "com":  # Kerguelen, Clipperton: nobody is counted there
        raise entry.fault("population", "elle manque")
    return entry.number("population")


def _commune(entry: Entry, departements: Mapping[str, Area]) -> Commune:
    departement = departements[entry.one_of("departement", departements)]
    if entry.text("region", AREA) != departement.region:
        raise entry.fault("region", f"le département {departement.code} est dans la région {departement.region}")
    return Commune(
        code=entry.text("code", COMMUNE),
        name=entry.text("nom", NAME),
        siren=entry.text_or_none("siren", SIREN),
        population=_population(entry, departement),
        departement=departement.code,
        region=departement.region,
        postal_codes=entry.texts("codesPostaux", POSTAL_CODE),
        former_codes=entry.texts("anciensCodes", COMMUNE),
    )


def _place(entry: Entry, communes: Collection[str]) -> Place:
    kind = entry.one_of("type", ("commune-deleguee", "commune-associee", "arrondissement-municipal"))
    commune = entry.one_of("commune" if kind == "arrondissement-municipal" else "chefLieu", communes)
    return Place(entry.text("code", COMMUNE), kind, entry.text("nom", NAME), commune)


def _groupings(path: Path, types: tuple[str, ...], communes: Collection[str]) -> Iterator[Grouping]:
    grouped: set[str] = set()
    for entry in _entries(path):
        # By INSEE code: Saint-Denis has no SIREN among the members of its EPT.
        members = [member.one_of("code", communes) for member in entry.entries("membres")]
        if grouped.intersection(members) or len(set(members)) < len(members):
            raise entry.fault("membres", "une commune est déjà membre, ici ou ailleurs")
        grouped.update(members)
        yield Grouping(entry.text("code", SIREN), entry.one_of("type", types), entry.text("nom", NAME), tuple(members))


def _refuse_missing_members(files: Files) -> None:
    """A file cut short may still be JSON: every commune must be where the law puts it."""
    in_epci = {code for epci in files.epci for code in epci.members}
    in_ept = {code for ept in files.ept for code in ept.members}
    grand_paris = {code for epci in files.epci if epci.code == GRAND_PARIS for code in epci.members}
    expected = {
        c.code for c in files.communes.values() if files.departements[c.departement].zone != "com"
    } - WITHOUT_EPCI
    for file, missing in (("epci.json", expected - in_epci), ("ept.json", grand_paris - in_ept - {PARIS})):
        if missing:
            raise ReferentialError(
                f"{file}, clé « membres » : la commune {min(missing)} manque ({len(missing)} en tout)."
            )


def _shown(value: object) -> str:
    return f"« {str(value)[:40]} »"
