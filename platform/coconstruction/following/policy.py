from datetime import timedelta

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.coalitions.models import MemberRole, Membership
from coconstruction.coalitions.policy import not_a_member
from coconstruction.errors import Link, Refused
from coconstruction.following.models import News
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import Need, State

BETWEEN_LETTERS = timedelta(days=7)
BEFORE_A_LETTER = timedelta(hours=1)  # time to take back what was written too fast
WRITERS = (MemberRole.PORTEUR, MemberRole.CO_PORTEUR)


def refusal_to_tell(need: Need, acting: Affiliation | None, membership: Membership | None) -> Refused | None:
    """The coalition speaks through those who lead it, at any time of the need's life: also once it is chosen."""
    if need.state in (State.DRAFT, State.WITHDRAWN):
        return needs_policy.closed(need)
    if acting is None or not acting.live:
        return needs_policy.no_organisation()
    leads = membership is not None and membership.role in WRITERS
    if not leads and not needs_policy.owns(need, acting):
        return Refused(
            "not_leading",
            _l("Le porteur du besoin, le chef de file et les co-porteurs donnent les nouvelles de la coalition."),
            Link(str(_l("Écrire plutôt dans la discussion")), f"/besoins/{need.id}/discussion"),
            status=403,
        )
    return refusal_to_commit(acting, Scope.NEED, need.id, clock.now())


def refusal_to_take_back(news: News, acting: Affiliation | None) -> Refused | None:
    if news.removed_at is not None:
        return Refused("already_taken_back", _l("Cette nouvelle est déjà retirée."), _all(news))
    if acting is None or acting.organisation_id != news.affiliation.organisation_id:
        return Refused(
            "not_its_author", _l("Seule l’organisation qui a donné cette nouvelle la retire."), _all(news), status=403
        )
    return None


def refusal_to_agree(need: Need, acting: Affiliation, membership: Membership | None) -> Refused | None:
    if membership is None:
        return not_a_member(need)
    return refusal_to_commit(acting, Scope.NEED, need.id, clock.now())


def text_changed_again(need: Need) -> Refused:
    return Refused(
        "text_changed_again",
        _l("Le besoin a encore changé pendant que vous lisiez. Regardez sa dernière version avant de confirmer."),
        Link(str(_l("Voir ce qui a changé")), f"/besoins/{need.id}/accord"),
    )


def _all(news: News) -> Link:
    return Link(str(_l("Voir les nouvelles")), f"/besoins/{news.need_id}/nouvelles")
