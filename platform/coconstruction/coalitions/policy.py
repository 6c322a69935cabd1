"""Who may commit an organisation to a need, and why not."""

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.errors import Link, Refused
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import TAKES_ORGANISATIONS, Need


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
