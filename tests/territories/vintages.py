"""Next year's files, made from this year's: the real ones with a few changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coconstruction.territories.referential import FILES, FOLDER

Entry = dict[str, Any]


class NextYear:
    """Change what you like, then `write`."""

    def __init__(self) -> None:
        self.files: dict[str, list[Entry]] = {name: json.loads((FOLDER / name).read_bytes()) for name in FILES}

    def commune(self, code: str) -> Entry:
        return next(each for each in self.files["communes.json"] if (each["code"], each["type"]) == (code, CURRENT))

    def merge(self, into: str, gone: str, name: str, siren: str) -> None:
        """A commune nouvelle: the code of its seat, a new SIREN, and the two are its communes déléguées."""
        seat, other = self.commune(into), self.commune(gone)
        self.files["communes.json"].remove(other)
        for former in (dict(seat), other):
            delegated = {key: former[key] for key in ("code", "nom", "typeLiaison", "departement", "region")}
            self.files["communes.json"].append({**delegated, "type": "commune-deleguee", "chefLieu": into})
        seat.update(nom=name, siren=siren, population=seat["population"] + other["population"])
        seat["anciensCodes"] = [*seat.get("anciensCodes", []), gone]
        self._members(lambda members: [each for each in members if each["code"] != gone])

    def renumber(self, old: str, new: str) -> None:
        """An INSEE code that changes, as when a commune changes département."""
        self.commune(old)["code"] = new
        self._members(lambda members: [{**each, "code": new} if each["code"] == old else each for each in members])

    def group(self, siren: str) -> Entry:
        return next(each for each in self.files["epci.json"] if each["code"] == siren)

    def move(self, code: str, leaving: str, joining: str) -> None:
        left = self.group(leaving)["membres"]
        member = next(each for each in left if each["code"] == code)
        left.remove(member)
        self.group(joining)["membres"].append(member)

    def write(self, folder: Path, version: str = "6.0.0") -> Path:
        data = folder / "data"
        data.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"version": version}))
        for name, entries in self.files.items():
            (data / name).write_text(json.dumps(entries), "utf-8")
        return data

    def _members(self, change: Callable[[list[Entry]], list[Entry]]) -> None:
        for name in ("epci.json", "ept.json"):
            for body in self.files[name]:
                body["membres"] = change(body["membres"])


CURRENT = "commune-actuelle"
