from flask_babel import lazy_gettext as _l

from coconstruction.errors import Link, Refused
from coconstruction.needs.models import Need


def not_a_member(need: Need) -> Refused:
    """Whoever acts for a member prepares its letter; signing it is what takes a mandate."""
    return Refused(
        "not_a_member",
        _l("Votre collectivité ne fait pas partie de cette coalition : il n’y a pas de lettre à préparer pour elle."),
        Link(str(_l("Voir le besoin")), need.path),
    )
