"""Who may invite into an organisation, and which invitation still serves."""

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.accounts.policy import not_in_charge
from coconstruction.errors import Link, Refused
from coconstruction.territories.models import Organisation

MOST_PENDING = 20


def refusal_to_see(organisation: Organisation, agent: Agent, acting: Affiliation | None) -> Refused | None:
    """Names and functions are for colleagues, acting for this organisation, and for the team of the incubator."""
    if agent.is_curator or (acting is not None and acting.live and acting.organisation_id == organisation.id):
        return None
    return Refused(
        "not_a_colleague",
        _l("Cette page est pour les personnes qui agissent pour %(name)s.", name=organisation.name),
        Link(str(_l("Choisir pour qui j’agis")), "/compte"),
        status=403,
    )


def refusal_to_invite(acting: Affiliation, pending: int) -> Refused | None:
    if not acting.is_referent:
        return not_in_charge()
    if pending < MOST_PENDING:
        return None
    return Refused(
        "too_many_invitations",
        _l("Vingt invitations attendent déjà une réponse. Annulez-en, ou attendez qu’elles servent."),
        Link(str(_l("Voir l’équipe")), f"/organisations/{acting.organisation.code}/equipe"),
    )


def already_invited() -> Refused:
    return Refused("already_invited", _l("Une invitation attend déjà à cette adresse."))


def already_a_colleague() -> Refused:
    return Refused("already_a_colleague", _l("Cette personne agit déjà pour votre organisation."))


def invitation_spent() -> Refused:
    return Refused(
        "invitation_spent",
        _l("Cette invitation ne sert plus : elle a déjà servi, elle a plus de quatorze jours, ou elle a été retirée."),
        Link(str(_l("Demander mon rattachement")), "/compte/organisations/nouvelle"),
        status=410,
    )
