"""Desks, what they ask and what they give, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coconstruction.coalitions.wording import missing, tree_sentence
from coconstruction.errors import Link
from coconstruction.funding.advice import Finding, Line, Outcome, Standing, Verdict
from coconstruction.funding.desks import (
    LASTING,
    BelowThresholdOf,
    Criterion,
    Desk,
    DeskRule,
    Families,
    Gathering,
    Kinds,
    Nature,
    Natures,
)
from coconstruction.funding.shares import Method
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import KINDS
from coconstruction.web.filters import cents, date, percent

DESKS: Mapping[Desk, str] = {
    Desk.AXIS_ONE: _l("Axe 1, le tour de sélection"),
    Desk.AXIS_TWO: _l("Axe 2, le guichet national"),
    Desk.AXIS_THREE: _l("Axe 3, la préfecture"),
    Desk.FRANCECONNECT: _l("Le forfait FranceConnect"),
    Desk.ANSSI: _l("L’ANSSI, pour la cybersécurité"),
}
NATURES: Mapping[Nature, str] = {
    Nature.SERVICE: _l("Un service numérique, à construire ou à déployer"),
    Nature.FRANCECONNECT: _l("Brancher FranceConnect ou une interface (API)"),
    Nature.CYBERSECURITY: _l("Se protéger (cybersécurité)"),
    Nature.TRAINING: _l("Former des agents, sans rien construire"),
    Nature.EQUIPMENT: _l("Du matériel ou du réseau (tablettes, fibre, wifi)"),
}
METHODS: Mapping[Method, str] = {
    Method.POPULATION: _l("Selon les habitants"),
    Method.EQUAL: _l("À parts égales"),
    Method.PLEDGE: _l("Selon les euros promis"),
}
METHOD_SENTENCES: Mapping[Method, str] = {
    Method.POPULATION: _l(
        "Chaque commune est comptée une seule fois : ses habitants sont partagés également entre les membres qui la "
        "couvrent (elle-même, son intercommunalité, son département)."
    ),
    Method.EQUAL: _l("Chaque membre paie autant, quelle que soit sa taille."),
    Method.PLEDGE: _l(
        "Chaque membre paie en proportion des euros qu’il a promis. Une promesse sous condition compte quand sa "
        "condition est remplie."
    ),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.PAYS: _l("Peut payer"),
    Verdict.ASK: _l("À vérifier"),
    Verdict.LACKS: _l("Il manque quelque chose"),
    Verdict.SHUT: _l("Fermé ce jour-là"),
}
COLOURS: Mapping[Verdict, str] = {Verdict.PAYS: "success", Verdict.ASK: "info", Verdict.LACKS: "warning"}
STANDINGS: Mapping[Standing, str] = {
    Standing.OPEN: _l("Ouvert ce jour-là."),
    Standing.UNKNOWN: _l("Nos sources ne disent pas s’il est ouvert ce jour-là."),
    Standing.NOT_YET: _l("Pas encore ouvert ce jour-là."),
    Standing.CLOSED: _l("Fermé ce jour-là."),
    Standing.DRAFT: _l("Un projet, jamais ouvert."),
}

MET: Mapping[type[Criterion], str] = {
    Kinds: _l("Une collectivité qui peut porter le dossier."),
    Natures: _l("Une dépense qu’il paie."),
    Families: _l("Un thème qui entre dans l’une de ses familles."),
    BelowThresholdOf: _l("Trop peu d’habitants pour le guichet national."),
}


def desk_label(desk: Desk) -> str:
    return str(DESKS[desk])


def nature_label(nature: Nature) -> str:
    return str(NATURES[nature])


def method_label(method: Method) -> str:
    return str(METHODS[method])


def method_sentence(method: Method) -> str:
    return str(METHOD_SENTENCES[method])


def verdict_label(line: Line) -> str:
    labels = {Standing.DRAFT: _("Jamais ouvert"), Standing.NOT_YET: _("Pas encore ouvert")}
    return labels.get(line.standing) or str(VERDICTS[line.verdict])


def verdict_colour(line: Line) -> str | None:
    return COLOURS.get(line.verdict)


def standing_sentence(line: Line) -> str:
    return str(STANDINGS[line.standing])


def criterion_sentence(criterion: Criterion) -> str:
    """What a desk asks."""
    if isinstance(criterion, Gathering):
        return _("Réunir %(what)s", what=tree_sentence(criterion.tree))
    if isinstance(criterion, Kinds):
        return _("Un dossier porté par : %(kinds)s", kinds=kinds_listed(criterion.served))
    if isinstance(criterion, Natures):
        return _(
            "Servir à payer : %(what)s", what=_named(nature_label(each) for each in Nature if each in criterion.served)
        )
    if isinstance(criterion, Families):
        return _("Entrer dans l’une de ses familles : %(what)s", what=_named(criterion.themes.values()))
    return _("Ne pas atteindre le seuil de ce guichet : %(desk)s", desk=desk_label(criterion.desk))


def threshold_asked(criteria: Sequence[Criterion]) -> str:
    """« 300 000 habitants ou 1 département entier »; nothing without a threshold."""
    trees = (each.tree for each in criteria if isinstance(each, Gathering))
    return ", ".join(tree_sentence(tree) for tree in trees)


def finding_sentence(finding: Finding) -> str:
    """What a need has of it, lacks, or what the sources leave open."""
    criterion, progress = finding.criterion, finding.progress
    if finding.outcome is Outcome.DOUBTFUL:
        return _doubt(criterion)
    if isinstance(criterion, Gathering) and progress and not progress.met:
        return _("Il manque %(what)s.", what=missing(progress))
    if isinstance(criterion, BelowThresholdOf) and finding.outcome is Outcome.MISSING:
        return _(
            "Vous réunissez assez pour un guichet national (%(desk)s) : c’est à lui qu’il faut demander.",
            desk=desk_label(criterion.desk),
        )
    if isinstance(criterion, Natures) and finding.outcome is Outcome.MISSING:
        served = _named(nature_label(each) for each in Nature if each in criterion.served)
        return _("Il paie autre chose : %(what)s.", what=served)
    if finding.outcome is Outcome.MET and type(criterion) in MET:
        return str(MET[type(criterion)])
    return criterion_sentence(criterion) + "."


def period_sentence(rule: DeskRule) -> str:
    """What is known of its dates."""
    period = rule.period
    if period.attested and period.attested[1] == LASTING:
        return _("Depuis le %(date)s.", date=date(period.attested[0])) + " " + str(period.said)
    return str(period.said)


def pays_sentence(rule: DeskRule) -> str:
    """« 75 % du coût », « 5 000 € par projet »."""
    if rule.flat_cents is not None:
        return _("%(amount)s par projet", amount=cents(rule.flat_cents))
    if rule.share_percent is None:
        return _("montant inconnu")
    if rule.at_most:
        return _("jusqu’à %(share)s du coût", share=percent(rule.share_percent))
    return _("%(share)s du coût", share=percent(rule.share_percent))


def amount_sentence(line: Line) -> str:
    """What may be hoped for."""
    rule, amount = line.rule, line.amount_cents
    if line.missing:
        return _("Rien en l’état : %(rule)s si ce qui manque est réuni", rule=pays_sentence(rule))
    if rule.flat_cents is None and rule.share_percent is None:
        return _("Montant inconnu de nos sources")
    if amount is None:
        return _("%(rule)s : donnez un coût pour le calculer", rule=pays_sentence(rule))
    shut = line.verdict is Verdict.SHUT
    said = {
        (False, False): _("%(amount)s", amount=cents(amount)),
        (False, True): _("Jusqu’à %(amount)s", amount=cents(amount)),
        (True, False): _("Rien ce jour-là ; ouvert, il aurait donné %(amount)s", amount=cents(amount)),
        (True, True): _("Rien ce jour-là ; ouvert, il aurait donné jusqu’à %(amount)s", amount=cents(amount)),
    }
    return said[shut, rule.at_most]


def next_step(line: Line) -> str:
    """What to do now."""
    if line.verdict is Verdict.SHUT:
        return _("N’attendez rien de ce guichet ce jour-là : regardez les autres, ou une autre date.")
    if line.verdict is Verdict.LACKS:
        return _lacking(line)
    return {
        Desk.AXIS_ONE: _("Suivez le tour de sélection : le comité présélectionne, puis les collectivités choisissent."),
        Desk.AXIS_TWO: _("Demandez à la direction interministérielle du numérique (DINUM) si une session est ouverte."),
        Desk.AXIS_THREE: _("Écrivez à votre préfecture : elle dit si le guichet reçoit encore, et quelles pièces."),
        Desk.FRANCECONNECT: _("Demandez à la DINUM si le forfait est encore versé, avant de commander les travaux."),
        Desk.ANSSI: _("Adressez-vous à l’ANSSI : elle dit ce qu’elle peut payer, et à quelles conditions."),
    }[line.rule.desk]


def next_link(desk: Desk) -> Link | None:
    if desk is Desk.AXIS_ONE:
        return Link(_("Voir le tour de sélection"), "/tours")
    return None


def answers(lines: Sequence[Line]) -> Sequence[tuple[str, str]]:
    """« Peut payer », with the desks that can, and so on: the best answer first."""
    concerned = [each for each in lines if each.concerns]
    names = {
        verdict: _named(desk_label(each.rule.desk) for each in concerned if each.verdict is verdict)
        for verdict in Verdict
    }
    return [(str(VERDICTS[verdict]), named) for verdict, named in names.items() if named]


def kinds_listed(kinds: frozenset[str]) -> str:
    return _named(kind_label(each).lower() for each in KINDS if each in kinds)


def _lacking(line: Line) -> str:
    lacks = {type(each.criterion) for each in line.missing}
    if lacks == {Gathering}:
        return _("Élargissez la coalition : la page du besoin propose qui inviter.")
    if Natures in lacks:
        return _("Ce guichet ne paie pas cela : regardez les autres.")
    if Kinds in lacks:
        return _("Demandez à une collectivité de cette nature de porter le dossier.")
    return _("Demandez au guichet national plutôt qu’à celui-ci.")


def _doubt(criterion: Criterion) -> str:
    if isinstance(criterion, Kinds):
        return _(
            "Nos sources ne disent pas si cette nature de collectivité est admise : %(kinds)s.",
            kinds=kinds_listed(criterion.doubtful),
        )
    if isinstance(criterion, Families):
        return _("Dites laquelle de ses familles est la vôtre : %(what)s.", what=_named(criterion.themes.values()))
    return _("Nos sources ne disent pas si ce guichet paie cela.")


def _named(names: Iterable[object]) -> str:
    return ", ".join(str(each) for each in names)


FILTERS: Sequence[Callable[..., object]] = (
    desk_label,
    nature_label,
    method_label,
    method_sentence,
    answers,
    verdict_label,
    verdict_colour,
    standing_sentence,
    criterion_sentence,
    threshold_asked,
    finding_sentence,
    period_sentence,
    pays_sentence,
    amount_sentence,
    next_step,
    next_link,
)
