"""The table « kind × action » in words: who may do what, why not, and what to do instead. Which kind may do what is
read from `accounts/eligibility.py` alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.eligibility import ACTIONS, may

MEANINGS: Mapping[str, str] = {
    "contribute": _l("Décrire un problème, publier le besoin, le corriger. N’engage à rien."),
    "support": _l("Dire « nous avons aussi ce besoin ». Une voix par organisation. N’engage à rien."),
    "join": _l("Mettre en commun des jours, des euros, un site pilote. Engage : il y faut un mandat."),
    "vote": _l("Déposer le bulletin de l’organisation dans un tour de sélection. Engage : il y faut un mandat."),
    "pilot": _l("Essayer le service la première. Engage : il y faut un mandat. Les candidatures ne sont pas ouvertes."),
}
REASONS: Mapping[str, str] = {
    "contribute": _l("Seules les organisations d’une nature connue déposent des besoins."),
    "support": _l("La voix est celle d’une collectivité : ses membres ou ses services ne la donnent pas deux fois."),
    "join": _l("Une coalition se mesure aux habitants de ses membres et aux moyens publics qu’ils y mettent."),
    "vote": _l("L’enveloppe est destinée aux collectivités : ce sont elles qui choisissent."),
    "pilot": _l("Un pilote met le service entre les mains d’habitants ou d’agents publics."),
}
INSTEAD: Mapping[str, str] = {
    "contribute": _l("Demandez à une collectivité de déposer le besoin avec vous."),
    "support": _l("Demandez à une collectivité dont vous dépendez, ou qui vous connaît, de soutenir le besoin."),
    "join": _l("Déposez le besoin, puis proposez à une collectivité de porter la coalition."),
    "vote": _l("Faites connaître vos préférences à une collectivité qui vote."),
    "pilot": _l("Proposez votre terrain à une collectivité de la coalition : elle se porte pilote avec vous."),
}


@dataclass(frozen=True)
class Group:
    """The kinds that may do the same things."""

    kinds: Sequence[str]
    allowed: Sequence[str]
    refused: Sequence[str]


def groups(kinds: Sequence[str]) -> Sequence[Group]:
    """Those that may do most come first."""
    by_rights: dict[tuple[str, ...], list[str]] = {}
    for kind in kinds:
        by_rights.setdefault(tuple(action for action in ACTIONS if may(kind, action)), []).append(kind)
    ordered = sorted(by_rights.items(), key=lambda item: -len(item[0]))
    return [Group(named, allowed, [each for each in ACTIONS if each not in allowed]) for allowed, named in ordered]


def refusal_reason(action: str) -> str:
    return str(REASONS[action])


def instead(action: str) -> str:
    return str(INSTEAD[action])


def meaning(action: str) -> str:
    return str(MEANINGS[action])
