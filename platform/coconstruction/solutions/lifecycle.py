"""Stages of a digital service, in the words of the State's own product directory (2021)."""

from flask_babel import lazy_gettext as _l

LIFECYCLES = {
    "investigation": _l("En investigation"),
    "construction": _l("En construction"),
    "acceleration": _l("En accélération"),
    "perenne": _l("Pérenne"),
    "transfere": _l("Transféré"),
    "abandonne": _l("Abandonné"),
}


def lifecycle_label(code: str) -> str:
    return str(LIFECYCLES[code])
