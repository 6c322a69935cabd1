"""Who may review a need, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need, State
from coconstruction.scoring.panel import Panel
from coconstruction.territories.models import Organisation

# What crossed its threshold and has no place in a round yet.
REVIEWED = frozenset({State.QUALIFIED, State.SHORTLISTED, State.NOT_SELECTED})


class Cause(StrEnum):
    DECLARED = "declared"
    BEARS = "bears"
    JOINED = "joined"


@dataclass(frozen=True)
class Interest:
    """Why a curator steps aside from a need: `reason`, as they declared it, or a tie to `organisation`, which bears the
    need or joined its coalition."""

    cause: Cause
    organisation: Organisation | None = None
    reason: str = ""


def refusal_to_review(need: Need, interests: Sequence[Interest], panel: Panel) -> Refused | None:
    if need.state not in REVIEWED:
        return _refused(
            need,
            "not_reviewed",
            _l("On évalue un besoin qui a franchi le seuil de mutualisation, et qui n’est pas encore dans un tour."),
        )
    if interests:
        return conflict(need, interests)
    if panel.submitted:
        return _refused(
            need,
            "already_submitted",
            _l("Vous avez déjà rendu votre évaluation : vous pouvez la corriger, en disant pourquoi."),
        )
    if not panel.writable:
        return _refused(
            need,
            "reviews_readable",
            _l("Deux évaluations sont rendues, et chacun peut les lire : une de plus ne serait plus à l’aveugle."),
        )
    return None


def refusal_to_correct(need: Need, interests: Sequence[Interest], panel: Panel) -> Refused | None:
    if need.state not in REVIEWED:
        return _refused(need, "not_reviewed", _l("Le tour a commencé : les évaluations de ce besoin ne changent plus."))
    if interests:
        return conflict(need, interests)
    if not panel.submitted:
        return _refused(need, "nothing_submitted", _l("Vous n’avez pas encore rendu d’évaluation de ce besoin."))
    return None


def refusal_to_discard(need: Need, panel: Panel) -> Refused | None:
    if panel.drafted:
        return None
    return _refused(need, "no_draft", _l("Vous n’avez pas de brouillon pour ce besoin."))


def refusal_to_declare(need: Need, interests: Sequence[Interest]) -> Refused | None:
    if need.state == State.DRAFT:
        return _refused(need, "not_reviewed", _l("Ce besoin n’est pas encore publié."))
    if not declared(interests):
        return None
    return _refused(need, "already_declared", _l("Vous avez déjà déclaré un intérêt dans ce besoin."))


def refusal_to_withdraw(need: Need, interests: Sequence[Interest]) -> Refused | None:
    if declared(interests):
        return None
    return _refused(need, "nothing_declared", _l("Vous n’avez pas déclaré d’intérêt dans ce besoin."))


def refusal_to_publish(*, changed: bool) -> Refused | None:
    if changed:
        return None
    return Refused("same_grid", _l("Cette grille est celle en vigueur : rien n’a changé."), _to_grid(), status=422)


def declared(interests: Sequence[Interest]) -> bool:
    return any(each.cause is Cause.DECLARED for each in interests)


def conflict(need: Need, interests: Sequence[Interest]) -> Refused:
    reasons = " ".join(interest_sentence(each) for each in interests)
    sentence = _l("Vous ne pouvez pas évaluer ce besoin : vous y avez un intérêt. %(reasons)s", reasons=reasons)
    return Refused("conflict_of_interest", sentence, Link(str(_l("Voir le besoin")), need.path), status=403)


def interest_sentence(interest: Interest) -> str:
    """Said to the curator, and to the team."""
    if interest.organisation is None:
        return str(_l("Vous l’avez déclaré : « %(reason)s »", reason=interest.reason))
    name = interest.organisation.name
    if interest.cause is Cause.BEARS:
        return str(_l("Vous êtes, ou avez été, rattaché à une organisation qui le porte : %(name)s.", name=name))
    return str(_l("Vous êtes, ou avez été, rattaché à une organisation de sa coalition : %(name)s.", name=name))


def _refused(need: Need, code: str, sentence: str) -> Refused:
    return Refused(code, sentence, Link(str(_l("Voir son évaluation")), f"/curation/besoins/{need.id}/evaluation"))


def _to_grid() -> Link:
    return Link(str(_l("Rouvrir la page")), "/curation/grille")
