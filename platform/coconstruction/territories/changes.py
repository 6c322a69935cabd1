"""What an import did to each organisation, line by line, for the operator."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

HEADER = ("ligne", "code", "nom", "changement", "détail")


class Change(StrEnum):
    """Said to the operator as they are."""

    ADDED = "ajoutée"
    NAME = "nom"
    POPULATION = "population"
    PERIMETER = "périmètre"
    CODE = "code"
    OTHER = "autre"
    ASLEEP = "endormie"
    AWAKE = "réveillée"
    MERGED = "fusionnée"
    RENAMED = "remplacée"
    SPLIT = "dispersée"
    ENTERS = "entre au programme"
    LEAVES = "sort du programme"
    IGNORED = "ignorée"
    NEED = "besoin recompté"
    CROSSED = "seuil franchi"


@dataclass(frozen=True)
class Line:
    """`number`: the line of the file it comes from, when it comes from one."""

    change: Change
    code: str
    name: str
    detail: str = ""
    number: int | None = None


@dataclass
class Changes:
    """`added`, `updated` and `deactivated` count organisations; `related`, the rows beside them."""

    lines: list[Line] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    deactivated: int = 0
    related: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {"added": self.added, "updated": self.updated, "deactivated": self.deactivated}

    @property
    def wrote(self) -> bool:
        return any(self.counts.values()) or self.related > 0

    def note(self, change: Change, code: str, name: str, detail: str = "", number: int | None = None) -> None:
        self.lines.append(Line(change, code, name, detail, number))

    def by_change(self) -> Counter[Change]:
        return Counter(line.change for line in self.lines)

    def ignored(self) -> Counter[str]:
        """How many lines, by reason."""
        return Counter(line.detail for line in self.lines if line.change is Change.IGNORED)


def write_report(path: Path, lines: Iterable[Line]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(HEADER)
        table.writerows((line.number or "", line.code, line.name, line.change, line.detail) for line in lines)
