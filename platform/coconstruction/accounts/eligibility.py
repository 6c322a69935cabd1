"""Who may do what, by kind of organisation: one table (docs: /qui-peut-faire-quoi)."""

from collections.abc import Mapping

from coconstruction.territories.models import KINDS

ACTIONS = ("contribute", "support", "join", "vote", "pilot")

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
