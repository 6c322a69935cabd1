from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from coconstruction.board.tallies import Place, Step

PLACES: Mapping[str, Any] = {
    Place.STANDING: _l("Avancent par eux-mêmes"),
    Place.GROUPED: _l("Regroupés"),
    Place.REDIRECTED: _l("Réorientés"),
    Place.DECLINED: _l("Écartés"),
    Place.WITHDRAWN: _l("Retirés"),
}
STEPS: Mapping[str, Any] = {
    Step.CROSSED: _l("Ont franchi le seuil"),
    Step.SHORTLISTED: _l("Présélectionnés"),
    Step.IN_ROUND: _l("Entrés dans un tour"),
    Step.SELECTED: _l("Financés"),
}
SIZES: Mapping[str, Any] = {
    "hamlet": _l("moins de 500 habitants"),
    "village": _l("de 500 à 2 000 habitants"),
    "small": _l("de 2 000 à 10 000 habitants"),
    "town": _l("de 10 000 à 50 000 habitants"),
    "city": _l("plus de 50 000 habitants"),
}
TABLES: Mapping[str, Any] = {
    "theme": _l("Par thème"),
    "departement": _l("Par département"),
    "kind": _l("Par nature du porteur"),
    "size": _l("Par taille du porteur"),
}
COLUMNS: Sequence[Any] = (
    _l("Contributions"),
    *PLACES.values(),
    _l("Propositions"),
    *STEPS.values(),
)
