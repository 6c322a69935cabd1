"""Who may do what, by kind of organisation: one table (docs: /qui-peut-faire-quoi)."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from coconstruction.territories.models import KINDS

ACTIONS = ("contribute", "support", "join", "vote", "pilot")

LABELS = {
    "contribute": _l("Déposer un besoin"),
    "support": _l("Soutenir"),
    "join": _l("Rejoindre une coalition"),
    "vote": _l("Voter"),
    "pilot": _l("Être pilote"),
}
EVERYTHING = frozenset(ACTIONS)
WITHOUT_A_VOICE = frozenset({"contribute", "join", "pilot"})
ONLY_CONTRIBUTE = frozenset({"contribute"})

RIGHTS: Mapping[str, frozenset[str]] = {kind: EVERYTHING for kind in KINDS} | {
    "syndicat_mixte": WITHOUT_A_VOICE,
    "ccas": WITHOUT_A_VOICE,
    "sdis": WITHOUT_A_VOICE,
    "etat": ONLY_CONTRIBUTE,
    "association": ONLY_CONTRIBUTE,
    "partenaire": ONLY_CONTRIBUTE,
}


def may(kind: str, action: str) -> bool:
    return action in RIGHTS[kind]


def right_label(action: str) -> str:
    return str(LABELS[action])
