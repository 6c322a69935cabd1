"""The demonstration's people, needs, solutions and round, written for it, on real organisations."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
DOMAIN = "demonstration.example"


@cache
def read(name: str) -> Any:
    """A file of the `content` folder."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
