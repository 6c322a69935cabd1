"""Facets of the answers, with their counts, as the form shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import STATES
from coconstruction.search.index import Question
from coconstruction.search.results import Results
from coconstruction.solutions.lifecycle import LIFECYCLES
from coconstruction.territories.kinds import NAMES as KIND_NAMES

LONGEST_FACET = 12
KINDS = {"need": _l("Besoins"), "solution": _l("Solutions"), "organisation": _l("Collectivités")}
LEGENDS = {
    "theme": _l("Thème"),
    "state": _l("État du besoin"),
    "lifecycle": _l("Étape de la solution"),
    "organisation_kind": _l("Nature de la collectivité"),
    "departement": _l("Département"),
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "theme": THEMES,
    "state": STATES,
    "lifecycle": LIFECYCLES,
    "organisation_kind": KIND_NAMES,
}
FACETS = tuple(LEGENDS)


@dataclass(frozen=True)
class Facet:
    name: str
    legend: str
    options: Sequence[Mapping[str, object]]


def facets_of(results: Results, question: Question, departements: Mapping[str, str]) -> list[Facet]:
    """The kinds first, then what tells these answers apart; a facet with nothing to choose is left out.
    `departements`: their names by code."""
    kinds = _options(results.facets.get("kind", {}), question.kinds, KINDS)
    found = [Facet("type", str(_l("Nature de la réponse")), kinds)]
    for name in FACETS:
        options = _options(results.facets.get(name, {}), question.filters.get(name, ()), NAMES.get(name, departements))
        found.append(Facet(name, str(LEGENDS[name]), options))
    return [each for each in found if len(each.options) > 1 or any(option["checked"] for option in each.options)]


def _options(counts: Mapping[str, int], chosen: Sequence[str], names: Mapping[str, str]) -> list[Mapping[str, object]]:
    codes = sorted(counts.keys() | set(chosen), key=lambda code: (code not in chosen, -counts.get(code, 0), code))
    return [
        {"value": code, "label": str(names.get(code, code)), "count": counts.get(code, 0), "checked": code in chosen}
        for code in codes[:LONGEST_FACET]
    ]
