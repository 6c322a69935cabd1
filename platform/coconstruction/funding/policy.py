"""Who chooses how the cost is shared, and why not."""

from flask_babel import lazy_gettext as _l

from coconstruction import clock
from coconstruction.accounts.eligibility import may
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.coalitions.models import Membership
from coconstruction.errors import Link, Refused
from coconstruction.needs import policy as needs_policy
from coconstruction.needs.models import Need, State


def refusal_to_choose_split(need: Need, acting: Affiliation | None, lead: Membership | None) -> Refused | None:
    """Also once the selection has begun: it is then that shares are paid."""
    if need.state in (State.DRAFT, State.WITHDRAWN):
        return needs_policy.closed(need)
    if acting is None or not acting.live:
        return needs_policy.no_organisation()
    if not may(acting.organisation.kind, "join"):
        return needs_policy.not_for_this_kind()
    if lead is None:
        return _refused(need, "no_lead", _l("Cette coalition n’a pas encore de chef de file : c’est lui qui choisit."))
    if lead.organisation_id != acting.organisation_id:
        return _refused(
            need,
            "not_the_lead",
            _l(
                "C’est le chef de file qui choisit le partage : %(name)s. Parlez-en avec lui.",
                name=lead.organisation.name,
            ),
        )
    return refusal_to_commit(acting, Scope.NEED, need.id, clock.now())


def _refused(need: Need, code: str, sentence: str) -> Refused:
    return Refused(code, sentence, Link(str(_l("En parler dans la discussion")), f"/besoins/{need.id}/discussion"))
