from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class SolutionContent:
    name: str
    summary: str
    themes: list[str]
    lifecycle: str
    url: str
    description: str = ""
    licence: str = ""
    repository: str = ""
    bearer: str = ""
    audience: str = ""

    def fields(self) -> dict[str, Any]:
        return asdict(self)
