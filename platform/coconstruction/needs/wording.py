"""What a state and an order of the list are called, and what happens after each state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Agent
from coconstruction.needs.changes import Change
from coconstruction.needs.models import Origin, State
from coconstruction.needs.themes import THEMES
from coconstruction.territories.models import Organisation
from coconstruction.web.filters import euros

STATES: Mapping[str, str] = {
    State.DRAFT: _l("Brouillon"),
    State.OPEN: _l("Ouvert"),
    State.QUALIFIED: _l("Seuil franchi"),
    State.SHORTLISTED: _l("Présélectionné"),
    State.IN_ROUND: _l("En cours de sélection"),
    State.SELECTED: _l("Retenu"),
    State.NOT_SELECTED: _l("Non retenu à ce tour"),
    State.GROUPED: _l("Regroupé"),
    State.REDIRECTED: _l("Réorienté"),
    State.DECLINED: _l("Écarté"),
    State.WITHDRAWN: _l("Retiré"),
}
NEXT_STEPS: Mapping[str, str] = {
    State.OPEN: _l(
        "Il réunit des soutiens et des engagements. Quand sa coalition atteint le seuil de mutualisation, "
        "le comité l’examine."
    ),
    State.QUALIFIED: _l("Le comité de l’Incubateur des territoires l’examine pour la présélection."),
    State.SHORTLISTED: _l("Il attend d’entrer dans un tour de sélection."),
    State.IN_ROUND: _l("Les collectivités choisissent par leur bulletin, dans la limite de l’enveloppe."),
    State.SELECTED: _l("Il est financé. La coalition et l’Incubateur préparent la construction du service."),
    State.NOT_SELECTED: _l(
        "Il garde son histoire, ses soutiens et sa coalition, et peut être présenté au tour suivant."
    ),
    State.GROUPED: _l("Il avance au sein du besoin commun qui le réunit à d’autres. Ses soutiens y comptent."),
    State.REDIRECTED: _l("Une autre voie le sert mieux. Son porteur peut demander un nouvel examen."),
    State.DECLINED: _l("Il ne relève pas de ce programme. Son porteur peut demander un nouvel examen."),
    State.WITHDRAWN: _l("Son porteur l’a retiré. Sa page reste lisible."),
}
SORTS = {
    "recent": _l("Les plus récents"),
    "supports": _l("Les plus soutenus"),
    "coverage": _l("Le plus d’habitants couverts"),
    "members": _l("Le plus de collectivités engagées"),
}


FIELDS: Mapping[str, Any] = {
    "title": _l("Le problème en une phrase"),
    "problem": _l("Ce qui se passe aujourd’hui"),
    "audience": _l("Pour qui"),
    "frequency": _l("À quelle fréquence"),
    "workaround": _l("Comment font-ils sans cela"),
    "expected_effect": _l("Ce que cela changerait"),
    "origin": _l("De quoi il s’agit"),
    "estimated_cost": _l("Coût estimé"),
    "service_url": _l("L’adresse du service"),
}
ORIGINS: Mapping[str, Any] = {
    Origin.NEED: _l("un service à trouver ou à construire"),
    Origin.EXISTING_SERVICE: _l("un service existant, à enrichir et à partager"),
}


def state_label(state: str) -> str:
    return str(STATES[State(state)])


def agent_names(agents: Sequence[Agent]) -> str:
    """Names of colleagues of the same organisation, for them only."""
    return ", ".join(each.name or _("un collègue") for each in agents)


def place_name(organisation: Organisation) -> str:
    """« Vern-sur-Seiche (Ille-et-Vilaine) »: 1,441 commune names are borne twice or more."""
    named_after_it = organisation.kind in ("departement", "region", "statut_particulier")
    if organisation.departement_name is None or named_after_it:
        return organisation.name
    return f"{organisation.name} ({organisation.departement_name})"


def theme_labels(codes: Sequence[str]) -> str:
    return ", ".join(str(THEMES[code]) for code in codes if code in THEMES)


def changed_field(change: Change) -> str:
    return str(FIELDS[change.field])


def changed_value(value: Any, field: str) -> str:
    """What is not a text, in words."""
    if field == "estimated_cost":
        return euros(value) if value else _("non donné")
    return str(ORIGINS[value])


FILTERS: Sequence[Callable[..., str]] = (
    state_label,
    agent_names,
    place_name,
    theme_labels,
    changed_field,
    changed_value,
)
