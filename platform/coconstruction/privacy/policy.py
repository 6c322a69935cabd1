from flask_babel import lazy_gettext as _l

from coconstruction.accounts.policy import last_referent
from coconstruction.errors import Link, Refused


def refusal_to_erase(*, last_referent_among_colleagues: bool, only_curator: bool) -> Refused | None:
    if last_referent_among_colleagues:
        return last_referent()
    if only_curator:
        return Refused(
            "only_curator",
            _l("Vous êtes seul dans l’équipe de l’Incubateur : faites-y entrer quelqu’un avant de partir."),
            Link(str(_l("Voir mon compte")), "/compte"),
        )
    return None
