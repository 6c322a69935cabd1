"""Who may do what in each phase of a round, on one page: a cell says yes, or the code of the refusal.

A page of the curators is closed to others at any hour. Everyone else is told the hour first: outside the vote, no
mandate would help."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from coconstruction.accounts.eligibility import may
from coconstruction.accounts.mandates import refusal_to_commit
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.rounds.calendar import Phase


class Action(StrEnum):
    SEE_CANDIDATES = "see_candidates"
    SEE_RESULT = "see_result"
    CAST_BALLOT = "cast_ballot"
    ENTER_CANDIDATE = "enter_candidate"
    EDIT_SETTING = "edit_setting"
    MOVE_DATES = "move_dates"


class Role(StrEnum):
    """As whom one acts. A curator votes, if at all, as the agent of an organisation."""

    VISITOR = "visitor"
    OTHER_KIND = "other_kind"
    AGENT = "agent"
    MANDATED = "mandated"
    CURATOR = "curator"


Row = tuple[str | None, ...]

YES = None
SEALED, NOT_OPEN, OPENED, CLOSED = "sealed", "vote_not_open", "vote_opened", "vote_closed"
NO_AFFILIATION, OTHER_KIND, NO_MANDATE = "no_affiliation", "kind_not_eligible", "no_mandate"
CURATORS = "curators_only"

# The setting (envelope, rule, seed, prices) is the one that voters see from the opening on. Once a ballot is in, the
# opening cannot be postponed to change it either: `refusals.refusal_to_move`.
WHEN: Mapping[Phase | None, Row] = {
    #                    candidates  result   ballot    enter   setting  dates
    None:               (YES,        SEALED,  NOT_OPEN, YES,    YES,     YES),
    Phase.COLLECTING:   (YES,        SEALED,  NOT_OPEN, YES,    YES,     YES),
    Phase.SUPPORTING:   (YES,        SEALED,  NOT_OPEN, YES,    YES,     YES),
    Phase.SHORTLISTING: (YES,        SEALED,  NOT_OPEN, YES,    YES,     YES),
    Phase.VOTING:       (YES,        SEALED,  YES,      OPENED, OPENED,  YES),
    Phase.COUNTING:     (YES,        SEALED,  CLOSED,   CLOSED, CLOSED,  YES),
    Phase.PUBLISHED:    (YES,        YES,     CLOSED,   CLOSED, CLOSED,  YES),
    Phase.PILOTING:     (YES,        YES,     CLOSED,   CLOSED, CLOSED,  YES),
}  # fmt: skip
WHO: Mapping[Role, Row] = {
    #                    candidates  result   ballot          enter     setting   dates
    Role.VISITOR:       (YES,        YES,     NO_AFFILIATION, CURATORS, CURATORS, CURATORS),
    Role.OTHER_KIND:    (YES,        YES,     OTHER_KIND,     CURATORS, CURATORS, CURATORS),
    Role.AGENT:         (YES,        YES,     NO_MANDATE,     CURATORS, CURATORS, CURATORS),
    Role.MANDATED:      (YES,        YES,     YES,            CURATORS, CURATORS, CURATORS),
    Role.CURATOR:       (YES,        YES,     NO_AFFILIATION, YES,      YES,      YES),
}  # fmt: skip


def reason(action: Action, phase: Phase | None, role: Role) -> str | None:
    """Why not; None for yes. `phase`: None before the first."""
    column = list(Action).index(action)
    when, who = WHEN[phase][column], WHO[role][column]
    return who if who == CURATORS else when or who


def role_of(acting: Affiliation | None, round_id: int, at: datetime) -> Role:
    if acting is None or not acting.live:
        return Role.VISITOR
    if not may(acting.organisation.kind, "vote"):
        return Role.OTHER_KIND
    return Role.AGENT if refusal_to_commit(acting, Scope.ROUND, round_id, at) else Role.MANDATED
