from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

NAMES: Mapping[str, str] = {
    "commune": _l("Commune"),
    "cc": _l("Communauté de communes"),
    "ca": _l("Communauté d’agglomération"),
    "cu": _l("Communauté urbaine"),
    "metropole": _l("Métropole"),
    "ept": _l("Établissement public territorial"),
    "departement": _l("Département"),
    "region": _l("Région"),
    "statut_particulier": _l("Collectivité à statut particulier"),
    "syndicat_mixte": _l("Syndicat mixte"),
    "ccas": _l("Centre communal d’action sociale"),
    "sdis": _l("Service d’incendie et de secours"),
    "etat": _l("Service de l’État"),
    "association": _l("Association"),
    "partenaire": _l("Partenaire"),
}


def kind_label(kind: str) -> str:
    return str(NAMES[kind])
