"""Thresholds of the programme, as the State published them (DESIGN §2.4): a start for whoever writes another."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

AXIS_ONE: Mapping[str, Any] = {"all": [{"any": [{"inhabitants": 300_000}, {"departements": 1}]}, {"organisations": 5}]}
PRESETS: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "axe-1": (_l("Axe 1"), AXIS_ONE),
    "axe-2-projet": (_l("Axe 2, projet de 2020"), {"any": [{"inhabitants": 1_000_000}, {"departements": 3}]}),
    "axe-2-vague-1": (_l("Axe 2, vague 1"), {"any": [{"inhabitants": 500_000}, {"departements": 1}]}),
    "axe-2-vague-2": (_l("Axe 2, vague 2"), {"any": [{"inhabitants": 300_000}, {"departements": 1}]}),
}
