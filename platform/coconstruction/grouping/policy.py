"""Which needs may be grouped, ungrouped, left, and why not."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation
from coconstruction.errors import Link, Refused
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need, State
from coconstruction.needs.policy import no_organisation
from coconstruction.triage.policy import ANSWERABLE


def refusal_to_group(children: Sequence[Need], common: Need | None) -> Refused | None:
    """One level only. `common`: the need that groups them, none when it is about to be written."""
    if not children or (common is None and len(children) < 2):
        choose = Link(str(_l("Choisir")), "/curation/besoins")
        return Refused("too_few", _l("Un besoin commun en réunit au moins deux."), choose, status=422)
    for each in children:
        if each.groups:
            return _refused("already_common", _l("« %(title)s » réunit déjà d’autres besoins.", title=each.title), each)
        if each.state not in ANSWERABLE:
            sentence = _l(
                "« %(title)s » ne peut plus être regroupé : il l’est déjà, ou il a reçu une autre réponse.",
                title=each.title,
            )
            return _refused("not_groupable", sentence, each)
    if common is not None and (common.state not in ANSWERABLE or common in children):
        sentence = _l("« %(title)s » ne peut pas en réunir d’autres à ce moment de sa vie.", title=common.title)
        return _refused("not_a_common_need", sentence, common)
    return None


def refusal_to_ungroup(child: Need, common: Need | None) -> Refused | None:
    if child.state != State.GROUPED or common is None:
        return _refused("not_grouped", _l("Ce besoin n’est pas regroupé."), child)
    if common.state not in TAKES_ORGANISATIONS:
        return _refused(
            "in_selection", _l("La sélection du besoin commun est en cours : il ne se défait plus."), common
        )
    return None


def refusal_to_step_out(
    child: Need, common: Need | None, acting: Affiliation | None, *, involved: bool
) -> Refused | None:
    """`involved`: whether the organisation supports or joined the grouped need."""
    if refusal := refusal_to_ungroup(child, common):
        return refusal
    if acting is None or not acting.live:
        return no_organisation()
    if not involved:
        sentence = _l(
            "Votre collectivité n’a ni soutenu ni rejoint ce besoin : elle ne compte pas dans le besoin commun."
        )
        return Refused("not_involved", sentence, _to(child), status=403)
    return None


def _refused(code: str, sentence: str, need: Need) -> Refused:
    return Refused(code, sentence, _to(need))


def _to(need: Need) -> Link:
    return Link(str(_l("Voir le besoin")), need.path)
