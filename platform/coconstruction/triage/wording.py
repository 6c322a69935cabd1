"""What answers are called, by those who give them and by those who read them."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from coconstruction.solutions.models import Solution
from coconstruction.triage.models import Destination, Kind
from coconstruction.web.filters import number

# As the curator chooses them.
KINDS: Mapping[str, Any] = {
    Kind.KEEP: _l("Laisser ouvert : il relève du programme"),
    Kind.ASK: _l("Demander des précisions"),
    Kind.REDIRECT: _l("Réorienter"),
    Kind.DECLINE: _l("Écarter : il ne relève pas du programme"),
    Kind.REOPEN: _l("Rouvrir"),
}
DESTINATIONS: Mapping[str, Any] = {
    Destination.AXIS_TWO: _l("l’axe deux : un projet de plusieurs collectivités d’un même territoire"),
    Destination.AXIS_THREE: _l("l’axe trois : le guichet de votre préfecture"),
    Destination.FRANCECONNECT: _l("le forfait FranceConnect"),
    Destination.ANSSI: _l("l’ANSSI, pour la cybersécurité"),
    Destination.SOLUTION: _l("une solution qui existe déjà"),
}
# As everyone reads them.
ANSWERS: Mapping[str, Any] = {
    Kind.KEEP: _l("L’Incubateur des territoires a examiné ce besoin : il relève du programme et reste ouvert."),
    Kind.ASK: _l("L’Incubateur des territoires demande des précisions à son porteur."),
    Kind.REDIRECT: _l("Ce besoin est réorienté vers %(where)s."),
    Kind.DECLINE: _l("Ce besoin ne relève pas de ce programme."),
    Kind.REOPEN: _l("Ce besoin est rouvert."),
}
ACTS: Mapping[str, Any] = {
    "publier": _l("Publier leurs réponses en brouillon"),
    "confier": _l("Les confier à quelqu’un de l’équipe"),
    "repondre": _l("Préparer la même réponse, en brouillon"),
}
AGES = {7: _l("Depuis plus d’une semaine"), 30: _l("Depuis plus d’un mois"), 90: _l("Depuis plus de trois mois")}
STAGES: Mapping[str, Any] = {
    "a-repondre": _l("Sans réponse"),
    "brouillons": _l("Réponse en brouillon"),
    "precisions": _l("Précisions demandées"),
    "recours": _l("Nouvel examen demandé"),
}


class Answer(Protocol):
    """A decision or its draft."""

    @property
    def kind(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def solution(self) -> Solution | None: ...


def answer_sentence(answer: Answer) -> str:
    if answer.kind != Kind.REDIRECT:
        return str(ANSWERS[Kind(answer.kind)])
    if answer.solution is not None:
        where = _("la solution « %(name)s »", name=answer.solution.name)
    else:
        where = str(DESTINATIONS[Destination(answer.destination)])
    return _("Ce besoin est réorienté vers %(where)s.", where=where)


def kind_of_answer(kind: str) -> str:
    return str(KINDS[Kind(kind)])


def act_label(act: str) -> str:
    return str(ACTS[act])


def days_label(days: float) -> str:
    """A day begun is a day waited."""
    whole = ceil(days)
    return ngettext("%(days)s jour", "%(days)s jours", whole, days=number(whole))


FILTERS: Sequence[Callable[..., str]] = (answer_sentence, kind_of_answer, act_label, days_label)
