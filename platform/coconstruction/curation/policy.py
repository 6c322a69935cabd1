from flask_babel import lazy_gettext as _l

from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need, State


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
