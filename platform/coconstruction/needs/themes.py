"""The fourteen themes of the first edition (2021)."""

from flask_babel import lazy_gettext as _l

THEMES = {
    "citizenship": _l("Citoyenneté et démocratie participative"),
    "culture_sport_tourism": _l("Culture, sport, tourisme"),
    "procedures": _l("Démarches administratives, aides financières"),
    "open_data": _l("Données publiques, dématérialisation"),
    "local_economy": _l("Économie locale, circuits courts"),
    "education_employment": _l("Éducation, formation, emploi"),
    "energy_waste": _l("Énergies, déchets"),
    "environment": _l("Environnement, nature, agriculture"),
    "heritage_facilities": _l("Patrimoine, équipements publics"),
    "digital_inclusion": _l("Inclusion numérique"),
    "mobility": _l("Mobilité, transports"),
    "solidarity": _l("Solidarité, accessibilité"),
    "third_places": _l("Tiers-lieux, revitalisation"),
    "urban_planning": _l("Urbanisme, logement, aménagement"),
}
