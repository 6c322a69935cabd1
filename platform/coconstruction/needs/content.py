"""What a need says, apart from its life."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from coconstruction.needs.models import Need


@dataclass(frozen=True)
class NeedContent:
    """The fields of the form. `estimated_cost` in whole euros."""

    title: str = ""
    problem: str = ""
    audience: str = ""
    frequency: str = ""
    workaround: str = ""
    expected_effect: str = ""
    theme: str = ""
    origin: str = "need"
    estimated_cost: int | None = None
    service_url: str = ""

    @classmethod
    def of(cls, need: Need) -> "NeedContent":
        return cls(**{field.name: getattr(need, field.name) for field in fields(cls)})

    def write_to(self, need: Need) -> None:
        for name, value in asdict(self).items():
            setattr(need, name, value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
