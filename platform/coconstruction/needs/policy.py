"""Who may do what to a need, and why not. The same answer decides the button and the server's refusal."""

from flask_babel import lazy_gettext as _l

from coconstruction.accounts.eligibility import may
from coconstruction.accounts.models import Affiliation
from coconstruction.errors import Link, Refused
from coconstruction.needs.models import IN_SELECTION, SET_ASIDE, TAKES_ORGANISATIONS, Need, State


def visible_to(need: Need, acting: Affiliation | None) -> bool:
    """A draft is seen by its organisation only; everything else is public."""
    return need.state != State.DRAFT or owns(need, acting)


def owns(need: Need, acting: Affiliation | None) -> bool:
    return acting is not None and acting.live and acting.organisation_id == need.organisation_id


def refusal_to_contribute(acting: Affiliation | None) -> Refused | None:
    if acting is None or not acting.live:
        return no_organisation()
    return None if may(acting.organisation.kind, "contribute") else not_for_this_kind()


def refusal_to_support(need: Need, acting: Affiliation | None) -> Refused | None:
    if need.state not in TAKES_ORGANISATIONS:
        return closed(need)
    if acting is None or not acting.live:
        return no_organisation()
    return None if may(acting.organisation.kind, "support") else not_for_this_kind()


def refusal_to_unsupport(need: Need, acting: Affiliation | None) -> Refused | None:
    if need.state not in TAKES_ORGANISATIONS:
        return closed(need)
    return None if acting is not None and acting.live else no_organisation()


def refusal_to_edit(need: Need, acting: Affiliation | None) -> Refused | None:
    if not owns(need, acting):
        return Refused(
            "not_the_bearer",
            _l("Seule la collectivité qui porte ce besoin peut le modifier."),
            Link(str(_l("Revenir au besoin")), need.path),
            status=403,
        )
    if need.state == State.DRAFT:
        return still_a_draft(need)
    if need.state in IN_SELECTION | SET_ASIDE or need.state == State.WITHDRAWN:
        return Refused(
            "text_frozen",
            _l(
                "Le texte de ce besoin ne change plus : il est présélectionné, en cours de sélection, retiré, "
                "ou a reçu une autre réponse."
            ),
            Link(str(_l("Revenir au besoin")), need.path),
        )
    return None


def refusal_to_withdraw(need: Need, acting: Affiliation | None) -> Refused | None:
    return refusal_to_edit(need, acting)


def refusal_to_reopen(need: Need, acting: Affiliation | None) -> Refused | None:
    if not owns(need, acting):
        return refusal_to_edit(need, acting)
    if need.state != State.WITHDRAWN:
        return Refused("not_withdrawn", _l("Ce besoin n’est pas retiré."), Link(str(_l("Voir le besoin")), need.path))
    return None


def no_organisation() -> Refused:
    return Refused(
        "no_affiliation",
        _l("Pour agir, il faut être rattaché à une collectivité."),
        Link(str(_l("Choisir ma collectivité")), "/compte/organisations/nouvelle"),
        status=403,
    )


def not_for_this_kind() -> Refused:
    return Refused(
        "kind_not_eligible",
        _l("Votre organisation n’est pas d’une nature qui peut faire cela : voyez qui peut faire quoi."),
        Link(str(_l("Qui peut faire quoi")), "/qui-peut-faire-quoi"),
        status=403,
    )


def still_a_draft(need: Need) -> Refused:
    return Refused(
        "still_a_draft",
        _l("Ce besoin est encore un brouillon, que seule votre collectivité voit. Publiez-le d’abord."),
        Link(str(_l("Ouvrir le brouillon")), f"/besoins/brouillons/{need.id}"),
    )


def closed(need: Need) -> Refused:
    """Why this need takes no organisation."""
    if need.state == State.DRAFT:
        return still_a_draft(need)
    return Refused(
        "need_closed",
        _l(
            "Ce besoin n’accepte plus de soutien ni d’engagement : sa sélection est en cours, il a été retiré, ou il a "
            "reçu une autre réponse."
        ),
        Link(str(_l("Voir où en est ce besoin")), need.path),
    )
