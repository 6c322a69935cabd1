"""Reads Banatic, the register of intercommunal bodies (DGCL): one line for each pair of a body and a member.

The national export is a workbook, to be saved as CSV; the exports by département of 2019 to 2024 are tab-separated.
Where its headers were read: docs/decisions/0016.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from coconstruction.territories.changes import Change, Line
from coconstruction.territories.csv_files import Column, Row, TableError, read_rows
from coconstruction.territories.groupings import Delivery, Group
from coconstruction.territories.names import name_key

COLUMNS = (
    Column("siren", ("N° SIREN",)),
    Column("name", ("Nom du groupement",)),
    Column("nature", ("Nature juridique",)),
    Column("departement", ("Département", "Département siège")),
    Column("member", ("Siren membre",)),
)

# Banatic’s codes and what they stand for; communities, métropoles and EPT come from the referential.
NATURES = {
    "SIVU": "Syndicat intercommunal à vocation unique (SIVU)",
    "SIVOM": "Syndicat intercommunal à vocation multiple (SIVOM)",
    "SMF": "Syndicat mixte fermé",
    "SMO": "Syndicat mixte ouvert",
    "PETR": "Pôle d’équilibre territorial et rural (PETR)",
    "POLEM": "Pôle métropolitain",
}
SIREN = re.compile(r"\d{9}")


def read_banatic(path: Path, departements: Mapping[str, str], progress: Callable[[int], object] = bool) -> Delivery:
    """`departements`: the name of each, by code. Raises TableError."""
    codes = {name_key(name): code for code, name in departements.items()} | {code: code for code in departements}
    groups: dict[str, Group] = {}
    delivery = Delivery("banatic")
    for row in read_rows(path, COLUMNS, progress):
        siren, member = plain_siren(row["siren"]), plain_siren(row["member"])
        nature = NATURES.get(row["nature"].upper())
        if reason := _fault(row, siren, nature):
            delivery.ignored.append(Line(Change.IGNORED, siren or row["siren"], row["name"], reason, row.number))
            continue
        departement = codes.get(_departement(row["departement"]), "")
        group = groups.setdefault(
            siren,
            Group(siren, " ".join(row["name"].split())[:200], "syndicat_mixte", nature or "", row.number, departement),
        )
        delivery.scope.add((departement, group.nature))
        if member:
            group.members.setdefault(member, row.number)
    if not groups:
        raise TableError(f"{path.name} : aucun syndicat, pôle ou PETR n’y est décrit.")
    delivery.groups = list(groups.values())
    return delivery


def plain_siren(text: str) -> str:
    """ "243 500 139", or "243500139.0" as spreadsheets write it."""
    return re.sub(r"\s", "", text.removesuffix(".0"))


def _fault(row: Row, siren: str, nature: str | None) -> str:
    if nature is None:
        return f"nature juridique « {row['nature']} » non chargée d’ici"
    if not SIREN.fullmatch(siren):
        return "SIREN illisible"
    return "" if row["name"] else "sans nom"


def _departement(text: str) -> str:
    """ "35 - Ille-et-Vilaine", "35" or "Ille-et-Vilaine"."""
    code = text.partition(" - ")[0].strip().upper()
    return code if len(code) <= 3 else name_key(text)
