from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need, State
from coconstruction.territories.actions import KINDS_OF_REFERENCE
from coconstruction.territories.models import Lineage, Organisation


def refusal_to_shortlist(need: Need) -> Refused | None:
    if need.state in (State.QUALIFIED, State.NOT_SELECTED):
        return None
    return Refused(
        "not_qualified",
        _l(
            "Seul un besoin qui a franchi le seuil de mutualisation, et qui n’est pas déjà présélectionné, peut l’être."
        ),
        Link(str(_l("Voir le besoin")), need.path),
    )


def refusal_to_unshortlist(need: Need) -> Refused | None:
    if need.state == State.SHORTLISTED:
        return None
    return Refused(
        "not_shortlisted",
        _l("Ce besoin n’est pas présélectionné, ou il est déjà entré dans un tour : la décision ne se défait plus."),
        Link(str(_l("Voir le besoin")), need.path),
    )


def refusal_to_call_duplicate(organisation: Organisation) -> Refused | None:
    """Any of the official referential stands for itself: only what was added beside it may be there twice."""
    if organisation.reference.partition(":")[0] in KINDS_OF_REFERENCE:
        return Refused(
            "official_organisation",
            _l("Cette organisation vient du référentiel officiel : elle n’est le doublon d’aucune autre."),
            _to(organisation),
        )
    if not organisation.active:
        return Refused("organisation_gone", _l("Cette organisation n’existe déjà plus."), _to(organisation))
    return None


def refusal_to_declare_duplicate(
    duplicate: Organisation, original: Organisation, in_common: Sequence[str]
) -> Refused | None:
    """`in_common`: what both stand for, where the same body would count twice."""
    if refusal := refusal_to_call_duplicate(duplicate):
        return refusal
    if duplicate.id == original.id:
        return Refused(
            "same_organisation", _l("Une organisation n’est pas le doublon d’elle-même."), _to(duplicate), status=422
        )
    if not original.active:
        return Refused(
            "original_gone",
            _l("L’organisation à garder n’existe plus. Choisissez celle qui lui a succédé."),
            _to(original),
        )
    if in_common:
        return Refused(
            "acts_in_common",
            _l(
                "Les deux organisations comptent chacune pour : %(titles)s. L’une d’elles doit d’abord retirer son "
                "soutien, son engagement ou son bulletin, pour que la même voix ne compte pas deux fois.",
                titles=", ".join(in_common),
            ),
            _to(duplicate),
        )
    return None


def refusal_to_restore(lineage: Lineage | None, duplicate: Organisation) -> Refused | None:
    if lineage is not None:
        return None
    return Refused("not_a_duplicate", _l("Cette organisation n’est pas déclarée en doublon."), _to(duplicate))


def _to(organisation: Organisation) -> Link:
    return Link(str(_l("Voir l’organisation")), f"/organisations/{organisation.code}")
