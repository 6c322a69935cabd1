"""Thresholds, pledges and places in a coalition, in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from coconstruction.coalitions.candidates import Affinity
from coconstruction.coalitions.conditions import When
from coconstruction.coalitions.ledger import Stage
from coconstruction.coalitions.models import MemberRole, Pledge, PledgeKind
from coconstruction.coalitions.thresholds import Criterion, Figures, Junction, Progress, evaluate, parse
from coconstruction.territories.models import Organisation
from coconstruction.web.filters import cents, number, percent

ROLES = {
    MemberRole.CONTRIBUTEUR: _l("Contributeur"),
    MemberRole.PILOTE: _l("Territoire pilote"),
    MemberRole.CO_PORTEUR: _l("Co-porteur"),
    MemberRole.PORTEUR: _l("Chef de file"),
}
CRITERIA = {
    Criterion.INHABITANTS: _l("Habitants couverts"),
    Criterion.DEPARTEMENTS: _l("Départements entiers engagés"),
    Criterion.ORGANISATIONS: _l("Collectivités engagées"),
    Criterion.REGIONS: _l("Régions représentées"),
    Criterion.PLEDGED_SHARE: _l("Part du coût déjà promise, en pourcentage"),
}

STAGES = {
    Stage.PENDING: _l("sous condition"),
    Stage.DECLARED: _l("annoncé"),
    Stage.CONFIRMED: _l("confirmé"),
    Stage.HONOURED: _l("tenu"),
}
NOTHING = Figures(0, 0, 0, 0, 0, None)


def counted(criterion: Criterion, amount: int) -> str:
    """« 43 000 habitants »."""
    written = number(amount)
    phrases = {
        Criterion.INHABITANTS: ngettext("%(n)s habitant", "%(n)s habitants", amount, n=written),
        Criterion.DEPARTEMENTS: ngettext("%(n)s département entier", "%(n)s départements entiers", amount, n=written),
        Criterion.ORGANISATIONS: ngettext("%(n)s collectivité", "%(n)s collectivités", amount, n=written),
        Criterion.REGIONS: ngettext("%(n)s région", "%(n)s régions", amount, n=written),
        Criterion.PLEDGED_SHARE: _("%(n)s du coût estimé", n=percent(amount)),
    }
    return phrases[criterion]


def rule_sentence(progress: Progress) -> str:
    """« 300 000 habitants ou 1 département entier, et 5 collectivités »."""
    if progress.criterion is not None:
        return counted(progress.criterion, progress.target)
    return _joined(progress, progress.parts, rule_sentence)


def tree_sentence(tree: Mapping[str, Any]) -> str:
    """As `rule_sentence`, of a rule as it is stored."""
    return rule_sentence(evaluate(parse(tree), NOTHING))


def missing(progress: Progress) -> str:
    """« 43 000 habitants ou 1 département entier, et 2 collectivités »; empty once met."""
    if progress.met:
        return ""
    if progress.criterion is not None:
        return counted(progress.criterion, progress.target - progress.value)
    return _joined(progress, [part for part in progress.parts if not part.met], missing)


def _joined(whole: Progress, parts: Sequence[Progress], say: Callable[[Progress], str]) -> str:
    """Between brackets where « a, et b ou c » would leave a doubt."""
    said, mark = [say(part) for part in parts], _(", et ")
    if whole.junction is Junction.ALL:
        return mark.join(said)
    return _(" ou ").join(f"({each})" if mark in each and len(said) > 1 else each for each in said)


def pledge_total(amount: int, kind: str) -> str:
    phrases = {
        PledgeKind.EUROS: _("%(amount)s promis", amount=cents(amount)),
        PledgeKind.PERSON_DAYS: ngettext(
            "%(n)s jour de travail d’agent", "%(n)s jours de travail d’agents", amount, n=number(amount)
        ),
        PledgeKind.PILOT_SITE: ngettext("%(n)s site pilote", "%(n)s sites pilotes", amount, n=number(amount)),
        PledgeKind.EXPERTISE: ngettext("%(n)s expertise", "%(n)s expertises", amount, n=number(amount)),
        PledgeKind.CODE_OR_DATA: ngettext(
            "%(n)s apport de code ou de données", "%(n)s apports de code ou de données", amount, n=number(amount)
        ),
    }
    return phrases[PledgeKind(kind)]


def pledge_line(pledge: Pledge) -> str:
    """One member's pledge: its note says it best when there is one."""
    names = {
        PledgeKind.PILOT_SITE: _("Site pilote"),
        PledgeKind.EXPERTISE: _("Expertise"),
        PledgeKind.CODE_OR_DATA: _("Code ou données"),
    }
    if pledge.kind not in names:
        amount = cents(pledge.amount) if pledge.kind == PledgeKind.EUROS else pledge_total(pledge.amount, pledge.kind)
        return f"{amount} ({pledge.note})" if pledge.note else amount
    name = names[PledgeKind(pledge.kind)]
    return _("%(name)s : %(note)s", name=name, note=pledge.note) if pledge.note else name


def condition_sentence(pledge: Pledge) -> str:
    """« si la coalition couvre 500 000 habitants »; nothing without a condition."""
    (name, target), *_rest = (pledge.condition or {"": 0}).items()
    if not name:
        return ""
    if name == When.CROSSING:
        return _("si la coalition franchit le seuil")
    if name == When.INHABITANTS:
        return _("si la coalition couvre %(what)s", what=counted(Criterion.INHABITANTS, target))
    return _("si la coalition réunit %(what)s", what=counted(Criterion.ORGANISATIONS, target))


def affinity_sentence(affinity: Affinity, organisation: Organisation) -> str:
    """Why this one: « Rennes Métropole soutient déjà ce besoin. »"""
    name = organisation.name
    phrases = {
        Affinity.SUPPORTS_NEAR: _("%(name)s soutient déjà ce besoin, dans la même région.", name=name),
        Affinity.SUPPORTS: _("%(name)s soutient déjà ce besoin.", name=name),
        Affinity.AROUND: _("%(name)s réunit des membres de la coalition.", name=name),
        Affinity.DEPARTEMENT: _("%(name)s est dans le même département.", name=name),
        Affinity.ALIKE: _("%(name)s est dans la même région, et de même nature qu’un membre.", name=name),
        Affinity.REGION: _("%(name)s est dans la même région.", name=name),
    }
    return phrases[affinity]


def stage_label(stage: Stage) -> str:
    return str(STAGES[stage])


def member_role(role: str) -> str:
    return str(ROLES[MemberRole(role)])


def criterion_label(progress: Progress) -> str:
    return str(CRITERIA[Criterion(progress.criterion)]) if progress.criterion else ""


FILTERS: Sequence[Callable[..., str]] = (
    rule_sentence,
    missing,
    pledge_total,
    pledge_line,
    member_role,
    criterion_label,
    condition_sentence,
    stage_label,
    tree_sentence,
    affinity_sentence,
)
