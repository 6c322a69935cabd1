"""Reads the CSV exports of public registers. Columns are found by name, whatever the case, accents and order."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path

from coconstruction.territories.names import name_key

SEPARATORS = ";,\t"
ZIP_MARK = b"PK\x03\x04"
TOLD_EVERY = 5_000


class TableError(Exception):
    """The file is refused whole. The sentence, in French, says what is wrong and where."""


@dataclass(frozen=True)
class Row:
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Empty when the file has no such column."""
        return self.cells.get(column, "")


@dataclass
class Gauge:
    """How far a file has been read."""

    file: BufferedReader
    progress: Callable[[int], object]
    told: int = 0

    def tell(self) -> None:
        here = self.file.tell()
        self.progress(here - self.told)
        self.told = here


@dataclass(frozen=True)
class Column:
    """`headers`: the names it goes by in the exports, the current one first."""

    key: str
    headers: tuple[str, ...]
    needed: bool = True


def read_rows(path: Path, columns: Sequence[Column], progress: Callable[[int], object] = bool) -> Iterator[Row]:
    """Raises TableError. `progress` is told the bytes read since last told, as many in all as the file holds."""
    try:
        with path.open("rb") as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            if file.peek(len(ZIP_MARK)).startswith(ZIP_MARK):
                raise TableError(
                    f"{path.name} est un classeur de tableur. Enregistrez-le au format « CSV UTF-8 », puis relancez."
                )
            yield from _rows(path.name, text, columns, Gauge(file, progress))
    except OSError as error:
        raise TableError(f"{path.name} ne peut pas être lu : {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path.name} n’est pas en UTF-8. Enregistrez-le dans cet encodage"
            " (dans un tableur : « CSV UTF-8 »), puis relancez."
        ) from error
    except csv.Error as error:
        raise TableError(f"{path.name} n’est pas un CSV lisible : {error}.") from error


def _rows(name: str, text: TextIOWrapper, columns: Sequence[Column], gauge: Gauge) -> Iterator[Row]:
    first = text.readline()
    lines = csv.reader(text, delimiter=max(SEPARATORS, key=first.count), strict=True)
    header = next(csv.reader([first], delimiter=max(SEPARATORS, key=first.count)), [])
    places = _places(name, header, columns)
    for line in lines:
        number = lines.line_num + 1
        if line and len(line) != len(header):
            raise TableError(f"{name}, ligne {number} : {len(header)} colonnes sont attendues, pas {len(line)}.")
        if number % TOLD_EVERY == 0:
            gauge.tell()
        if line:
            yield Row(number, {key: line[place].strip() for key, place in places.items()})
    gauge.tell()


def _places(name: str, header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands. Raises TableError when one that is needed is missing or there twice."""
    folded = [name_key(each) for each in header]
    places = {}
    for column in columns:
        known = {name_key(each) for each in column.headers}
        found = [place for place, each in enumerate(folded) if each in known]
        if len(found) > 1:
            raise TableError(f"{name}, ligne 1 : la colonne « {column.headers[0]} » y est {len(found)} fois.")
        if not found and column.needed:
            raise TableError(f"{name}, ligne 1 : il y manque la colonne « {column.headers[0]} ».")
        if found:
            places[column.key] = found[0]
    return places
