"""Who may commit an organisation to a need, and why not."""

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.coalitions.ledger import Stage
from coconstruction.coalitions.models import LeadOffer, Membership
from coconstruction.errors import Link, Refused
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need, State


def refusal_to_join(need: Need, acting: Affiliation | None) -> Refused | None:
    if need.state not in TAKES_ORGANISATIONS:
        return needs_policy.closed(need)
    if acting is None or not acting.live:
        return needs_policy.no_organisation()
    if not may(acting.organisation.kind, "join"):
        return needs_policy.not_for_this_kind()
    return refusal_to_commit(acting, Scope.NEED, need.id, clock.now())


def still_a_member(need: Need) -> Refused:
    return Refused(
        "still_a_member",
        _l("Votre collectivité fait partie de la coalition : son soutien va avec. Quittez d’abord la coalition."),
        Link(str(_l("Quitter la coalition")), f"/besoins/{need.id}/quitter"),
    )


def not_a_member(need: Need) -> Refused:
    return Refused("not_a_member", _l("Votre collectivité ne fait pas partie de cette coalition."), _back(need))


def already_led(need: Need, lead: Membership) -> Refused:
    return Refused(
        "already_led",
        _l(
            "Cette coalition a déjà un chef de file : %(name)s. Choisissez une autre place ; il pourra vous passer le "
            "relais.",
            name=lead.organisation.name,
        ),
        Link(str(_l("Choisir une autre place")), f"/besoins/{need.id}/rejoindre"),
    )


def refusal_to_honour(need: Need, acting: Affiliation, stage: Stage) -> Refused | None:
    """Also once the selection has begun: it is then that promises are kept."""
    if need.state in (State.DRAFT, State.WITHDRAWN):
        return needs_policy.closed(need)
    if refusal := refusal_to_commit(acting, Scope.NEED, need.id, clock.now()):
        return refusal
    if stage is Stage.CONFIRMED:
        return None
    return Refused(
        "not_confirmed",
        _l("Un engagement est tenu une fois, après avoir été confirmé par une délibération, et sa condition remplie."),
        Link(str(_l("Confirmer nos engagements")), f"/besoins/{need.id}/engagement"),
    )


def refusal_to_offer_lead(need: Need, acting: Affiliation, lead: Membership | None) -> Refused | None:
    if refusal := refusal_to_join(need, acting):
        return refusal
    if lead is None or lead.organisation_id != acting.organisation_id:
        return Refused("not_the_lead", _l("Seul le chef de file de la coalition peut passer le relais."), _back(need))
    return None


def not_another_member(need: Need) -> Refused:
    return Refused(
        "not_another_member",
        _l("Choisissez un autre membre de la coalition."),
        Link(str(_l("Choisir à qui")), f"/besoins/{need.id}/relais"),
        status=422,
    )


def no_offer(need: Need) -> Refused:
    return Refused("no_offer", _l("Personne ne propose plus de passer le relais."), _back(need))


def refusal_to_answer_lead(
    need: Need, acting: Affiliation, offer: LeadOffer, lead: Membership | None, *, accepts: bool
) -> Refused | None:
    if refusal := refusal_to_join(need, acting):
        return refusal
    asked = offer.membership.organisation_id == acting.organisation_id
    offered = lead is not None and lead.organisation_id == acting.organisation_id
    if asked or (offered and not accepts):
        return None
    return Refused("not_asked", _l("Ce relais est proposé à une autre collectivité."), _back(need), status=403)


def refusal_to_change_rule(version: int, seen: int) -> Refused | None:
    return None if version == seen else rule_changed_meanwhile()


def rule_changed_meanwhile() -> Refused:
    return Refused(
        "rule_changed_meanwhile",
        _l("Le seuil a changé depuis l’ouverture de cette page. Rien n’est publié : regardez-le, puis recommencez."),
        Link(str(_l("Voir le seuil en vigueur")), "/curation/seuils"),
    )


def refusal_to_read_deliberation(acting: Affiliation | None, *, is_curator: bool, member: bool) -> Refused | None:
    """For those who count on it: the other members, and the team."""
    if is_curator or (acting is not None and acting.live and member):
        return None
    return Refused(
        "not_of_the_coalition",
        _l("Cette pièce est lue par les membres de la coalition et l’équipe de l’Incubateur."),
        Link(str(_l("Choisir pour qui j’agis")), "/compte"),
        status=403,
    )


def _back(need: Need) -> Link:
    return Link(str(_l("Voir le besoin")), need.path)
