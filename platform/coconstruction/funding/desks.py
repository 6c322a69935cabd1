"""Who can pay, under which rules, since when and until when. Data only, each with its source; what the sources do not
say stays unknown (docs/decisions/0024). The thresholds of 2020 and 2021 changed three times, whence the dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from coconstruction.coalitions.presets import PRESETS

EURO = 100
LASTING = date.max


class Desk(StrEnum):
    AXIS_ONE = "axe-1"
    AXIS_TWO = "axe-2"
    AXIS_THREE = "axe-3"
    FRANCECONNECT = "franceconnect"
    ANSSI = "anssi"


class Nature(StrEnum):
    """What the money would buy."""

    SERVICE = "service"
    FRANCECONNECT = "franceconnect"
    CYBERSECURITY = "cybersecurite"
    TRAINING = "formation"
    EQUIPMENT = "materiel"


@dataclass(frozen=True)
class Gathering:
    """A threshold that the members reach together, a tree as in `coalitions/thresholds.py`."""

    tree: Mapping[str, Any]


@dataclass(frozen=True)
class Kinds:
    """One member at least is of these kinds. `doubtful`: the sources do not say."""

    served: frozenset[str]
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Natures:
    """What may be paid for. `doubtful`: the sources do not say."""

    served: frozenset[Nature]
    doubtful: frozenset[Nature] = frozenset()


@dataclass(frozen=True)
class Families:
    """The desk's families of projects, by theme where the theme names one."""

    themes: Mapping[str, Any]


@dataclass(frozen=True)
class BelowThresholdOf:
    """For those that do not gather enough for this other desk, under its rule of the same day."""

    desk: Desk


Criterion = Gathering | Kinds | Natures | Families | BelowThresholdOf


@dataclass(frozen=True)
class ToCheck:
    """What the site cannot know. `origin`: only for needs of that origin."""

    sentence: Any
    origin: str = ""


@dataclass(frozen=True)
class Source:
    """`address`: empty where none was kept."""

    title: Any
    address: str = ""


@dataclass(frozen=True)
class Period:
    """`stated`: since when the rule is known; it holds until the desk states another. `opens`, `closes`: first and last
    day of deposit; none when unknown. `attested`: days between which a source says that the desk receives."""

    said: Any
    stated: date | None = None
    opens: date | None = None
    closes: date | None = None
    attested: tuple[date, date] | None = None


@dataclass(frozen=True)
class DeskRule:
    """`share_percent` of the cost, or `flat_cents`; neither when unknown. `at_most`: the share may be less.
    `ceiling_cents`: no more than this. `draft`: published, never opened."""

    desk: Desk
    name: Any
    period: Period
    sources: Sequence[Source]
    criteria: Sequence[Criterion]
    note: Any
    share_percent: int | None = None
    flat_cents: int | None = None
    at_most: bool = False
    ceiling_cents: int | None = None
    to_check: Sequence[ToCheck] = ()
    draft: bool = False


COMMUNES_AND_EPCI = frozenset({"commune", "cc", "ca", "cu"})
LARGE = frozenset({"metropole", "departement", "region", "statut_particulier"})
COLLECTIVITES = COMMUNES_AND_EPCI | LARGE | {"ept"}
LOCAL_BODIES = frozenset({"ccas", "sdis"})
SERVICE = frozenset({Nature.SERVICE})
CONNECTED = frozenset({Nature.FRANCECONNECT, Nature.CYBERSECURITY})

INCUBATOR = Source(
    _l("Incubateur des territoires, site public et questions fréquentes, avril 2021"),
    "https://github.com/incubateur-territoires/incubateur.anct.gouv.fr",
)
GUIDE = Source(
    _l("Île-de-France Relance, guide du fonds Transformation numérique"),
    "https://fr.readkong.com/page/ile-de-france-relance-fonds-transformation-numerique-des-4534573",
)
AIDES = Source(
    _l("Aides-territoires, fiche du second appel, tenue jusqu’au 31 décembre 2022"),
    "https://github.com/MTES-MCT/aides-territoires",
)


def press(key: str) -> Source:
    return Source(_l("Presse et pages d’administrations, 2020-2023, référence %(key)s", key=key))


OPEN_CODE = (
    ToCheck(_l("Le service existe et son code est ouvert."), origin="existing_service"),
    ToCheck(_l("Ce qui sera construit sera publié en code ouvert."), origin="need"),
)
AXIS_ONE_CRITERIA: Sequence[Criterion] = (
    Kinds(COLLECTIVITES | {"syndicat_mixte"}, LOCAL_BODIES),
    Natures(SERVICE, CONNECTED),
)
EDITION_OF_2021_ENDED = date(2021, 10, 8)  # the day of its laureates
AXIS_ONE_2021 = DeskRule(
    Desk.AXIS_ONE,
    _l("Axe 1, édition de 2021"),
    Period(
        _l("Dépôt du 25 janvier au 15 mars 2021 ; lauréats le 8 octobre 2021."),
        stated=date(2021, 1, 25),
        opens=date(2021, 1, 25),
        closes=date(2021, 3, 15),
    ),
    (INCUBATOR, press("USD, SEED2, MDF")),
    AXIS_ONE_CRITERIA,
    _l(
        "30 M€ prévus ; 13,3 M€ pour 44 projets au 8 octobre 2021. Ni seuil chiffré ni part du coût n’ont été "
        "publiés : le montant est inconnu."
    ),
    to_check=(
        ToCheck(_l("Le gain est clair pour l’usager, et le déploiement rapide sur beaucoup de territoires.")),
        *OPEN_CODE,
    ),
)
AXIS_TWO_KINDS = Kinds(COMMUNES_AND_EPCI | LARGE | {"syndicat_mixte"}, LOCAL_BODIES | {"ept"})
AXIS_TWO_NATURES = Natures(SERVICE, CONNECTED | {Nature.TRAINING})
AXIS_TWO_FAMILIES = Families(
    {
        "procedures": _l("dématérialiser ou améliorer une démarche"),
        "open_data": _l("données"),
        "citizenship": _l("coopérer avec les usagers et les partenaires"),
    }
)


def _axis_two(preset: str) -> Sequence[Criterion]:
    _name, tree = PRESETS[preset]
    return (Gathering(tree), AXIS_TWO_KINDS, AXIS_TWO_NATURES, AXIS_TWO_FAMILIES)


AXIS_TWO = (
    DeskRule(
        Desk.AXIS_TWO,
        _l("Axe 2, projet de 2020"),
        Period(
            _l("Projet d’octobre 2020, jour inconnu. Jamais ouvert : remplacé le 25 janvier 2021."),
            stated=date(2020, 10, 1),
            opens=date(2020, 10, 1),
        ),
        (press("FU-A"),),
        _axis_two("axe-2-projet"),
        _l("La part du coût n’est pas connue de nos sources."),
        draft=True,
    ),
    DeskRule(
        Desk.AXIS_TWO,
        _l("Axe 2, vague 1"),
        Period(
            _l(
                "Règle publiée le 25 janvier 2021, remplacée le 20 septembre 2021. Les dates exactes de dépôt sont "
                "inconnues."
            ),
            stated=date(2021, 1, 25),
        ),
        (press("BDT-A, MDF"), GUIDE),
        _axis_two("axe-2-vague-1"),
        _l("Un département est admis même sous le seuil d’habitants."),
        share_percent=50,
    ),
    DeskRule(
        Desk.AXIS_TWO,
        _l("Axe 2, vague 2"),
        Period(
            _l(
                "Dépôt du 20 septembre au 22 novembre 2021. Une session était prévue en 2022 : ses dates sont "
                "inconnues de nos sources."
            ),
            stated=date(2021, 9, 20),
            opens=date(2021, 9, 20),
            closes=date(2021, 11, 22),
        ),
        (AIDES, press("SEED2")),
        _axis_two("axe-2-vague-2"),
        _l("Paie des prestations (développement, conseil, conduite du changement) : ni matériel, ni salaires."),
        share_percent=75,
    ),
)
AXIS_THREE = DeskRule(
    Desk.AXIS_THREE,
    _l("Axe 3, guichet de la préfecture"),
    Period(
        _l("Ouvert le 1er mars 2021 ; 1 200 dossiers encore en attente le 8 octobre 2021. Date de clôture inconnue."),
        stated=date(2021, 3, 1),
        opens=date(2021, 3, 1),
        attested=(date(2021, 3, 1), date(2021, 10, 8)),
    ),
    (GUIDE, press("NJ, IEL, PDD, AIN, SEED2")),
    (
        BelowThresholdOf(Desk.AXIS_TWO),
        Kinds(COMMUNES_AND_EPCI, LARGE | LOCAL_BODIES | {"ept", "syndicat_mixte"}),
        Natures(SERVICE | {Nature.TRAINING}, CONNECTED | {Nature.EQUIPMENT}),
    ),
    _l(
        "Pour les petites et moyennes collectivités que les guichets nationaux ne servent pas. La liste admise "
        "changeait d’un préfet à l’autre. Le plafond par projet est inconnu : 297 000 € étaient l’enveloppe de "
        "tout un département."
    ),
    share_percent=100,
    at_most=True,
    ceiling_cents=297_000 * EURO,
    to_check=(
        ToCheck(_l("Le projet change la vie quotidienne ou les relations avec l’administration.")),
        ToCheck(_l("Il est concret en moins de deux ans.")),
        ToCheck(_l("Un contact opérationnel est nommé, et toutes les structures y sont associées.")),
    ),
)
FRANCECONNECT = DeskRule(
    Desk.FRANCECONNECT,
    _l("Forfait FranceConnect"),
    Period(
        _l("En continu ; encore promis en mars 2022. Dates d’ouverture et de clôture inconnues."),
        attested=(date(2021, 11, 22), date(2022, 3, 1)),
    ),
    (press("SEED4, MDF, SEED2, BDT-C"),),
    (
        Natures(frozenset({Nature.FRANCECONNECT})),
        Kinds(COLLECTIVITES, LOCAL_BODIES | {"syndicat_mixte"}),
    ),
    _l("5 000 € par projet, quelle que soit la taille. 104 collectivités l’ont eu, pour 520 000 €."),
    flat_cents=5_000 * EURO,
)
ANSSI = DeskRule(
    Desk.ANSSI,
    _l("Guichet cybersécurité de l’ANSSI"),
    Period(_l("Dates inconnues de nos sources.")),
    (press("SEED4"),),
    (Natures(frozenset({Nature.CYBERSECURITY})),),
    _l("Nos sources disent seulement que l’ANSSI est le guichet de la cybersécurité : ni montant, ni conditions."),
)
PUBLISHED: Sequence[DeskRule] = (AXIS_ONE_2021, *AXIS_TWO, AXIS_THREE, FRANCECONNECT, ANSSI)


def round_rule(version: int, tree: Mapping[str, Any], in_force: date) -> DeskRule:
    """Axis one as this site runs it: a version of its threshold. The edition of 2021, which had none, comes first."""
    since = max(in_force, EDITION_OF_2021_ENDED)
    return DeskRule(
        Desk.AXIS_ONE,
        _l("Axe 1, tour de sélection de cette plateforme, seuil n° %(version)s", version=version),
        Period(
            _l("Tant que ce seuil est en vigueur. Les dates de chaque phase sont celles du tour."),
            stated=since,
            opens=since,
            attested=(since, LASTING),
        ),
        (Source(_l("Le seuil de mutualisation et ses versions, sur cette plateforme"), "/seuils"),),
        (Gathering(tree), *AXIS_ONE_CRITERIA),
        _l("Un besoin retenu par les bulletins des collectivités reçoit le prix inscrit au tour, dans son enveloppe."),
        share_percent=100,
        at_most=True,
        to_check=OPEN_CODE,
    )
