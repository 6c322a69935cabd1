"""For whom a curator may write, and when."""

from flask_babel import lazy_gettext as _l

from coconstruction.errors import Link, Refused
from coconstruction.territories.models import Organisation


def refusal_to_assist(organisation: Organisation, *, has_agents: bool) -> Refused | None:
    if not organisation.active:
        return Refused("organisation_gone", _l("Cette organisation n’existe plus."), _page(organisation))
    if has_agents:
        return Refused(
            "has_agents",
            _l("Des personnes agissent déjà pour cette organisation : c’est à elles d’écrire en son nom."),
            Link(str(_l("Voir son équipe")), f"/organisations/{organisation.code}/equipe"),
        )
    return None


def contest_spent() -> Refused:
    return Refused(
        "contest_spent",
        _l("Cet acte a déjà été contesté, ou ce lien est incomplet."),
        Link(str(_l("Voir les besoins")), "/besoins"),
        status=410,
    )


def _page(organisation: Organisation) -> Link:
    return Link(str(_l("Voir sa page")), f"/organisations/{organisation.code}")
