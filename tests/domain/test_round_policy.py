"""Phase, role, action: every cell of the table, and every refusal that the site gives, against the rules as told."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from coconstruction.accounts.eligibility import may
from coconstruction.accounts.models import Affiliation, Mandate, Scope
from coconstruction.errors import Refused
from coconstruction.needs.models import Need, State
from coconstruction.rounds import refusals
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.models import Round
from coconstruction.rounds.policy import WHEN, WHO, Action, Role, reason, role_of
from coconstruction.rounds.queries import RoundSummary
from coconstruction.territories.models import KINDS, Organisation

FIRST_DAY = datetime(2027, 1, 4, 8, tzinfo=UTC)
CALENDAR = Calendar({phase: FIRST_DAY + rank * timedelta(days=30) for rank, phase in enumerate(Phase)})
PHASES = [None, *Phase]
BEFORE_THE_VOTE = {None, Phase.COLLECTING, Phase.SUPPORTING, Phase.SHORTLISTING}
RESULT_IS_OUT = {Phase.PUBLISHED, Phase.PILOTING}
CURATORS_ACTS = {Action.ENTER_CANDIDATE, Action.EDIT_SETTING, Action.MOVE_DATES}


def told(action: Action, phase: Phase | None, role: Role) -> str | None:
    """The rules as one would explain them on the telephone."""
    if action is Action.SEE_CANDIDATES:
        return None
    if action is Action.SEE_RESULT:  # sealed for everyone, curators included
        return None if phase in RESULT_IS_OUT else "sealed"
    if action in CURATORS_ACTS and role is not Role.CURATOR:
        return "curators_only"
    if action is Action.MOVE_DATES:
        return None
    if action is Action.CAST_BALLOT:
        return told_of_a_ballot(phase, role)
    if phase in BEFORE_THE_VOTE:
        return None
    if phase is Phase.VOTING:
        return "vote_opened"
    return "vote_closed"


def told_of_a_ballot(phase: Phase | None, role: Role) -> str | None:
    if phase is not Phase.VOTING:
        return "vote_not_open" if phase in BEFORE_THE_VOTE else "vote_closed"
    rights = {Role.MANDATED: None, Role.AGENT: "no_mandate", Role.OTHER_KIND: "kind_not_eligible"}
    return rights.get(role, "no_affiliation")


@pytest.mark.parametrize(("action", "phase", "role"), list(product(Action, PHASES, Role)))
def test_each_cell_says_what_the_rules_say(action: Action, phase: Phase | None, role: Role) -> None:
    assert reason(action, phase, role) == told(action, phase, role)


def test_the_table_has_no_hole() -> None:
    assert set(WHEN) == set(PHASES)
    assert set(WHO) == set(Role)
    assert {len(row) for row in [*WHEN.values(), *WHO.values()]} == {len(Action)}


def during(phase: Phase | None) -> datetime:
    return CALENDAR.starts[phase] if phase else FIRST_DAY - timedelta(seconds=1)


def code(refusal: Refused | None) -> str | None:
    return refusal.code if refusal else None


def agent_of(kind: str, *, mandate: bool = False, proven: bool = True, ended: bool = False) -> Affiliation:
    return Affiliation(
        organisation=Organisation(kind=kind),
        proven_at=FIRST_DAY if proven else None,
        mandates=[Mandate(commits=True, scope=Scope.EVERYTHING, starts_at=FIRST_DAY)] if mandate else [],
        ended_at=FIRST_DAY if ended else None,
    )


HATS = {
    Role.VISITOR: None,
    Role.OTHER_KIND: agent_of("association"),
    Role.AGENT: agent_of("commune"),
    Role.MANDATED: agent_of("commune", mandate=True),
    Role.CURATOR: None,
}
ROUND = Round(id=1, slug="tour-2027", title="Tour 2027")


@pytest.mark.usefixtures("in_french")
@pytest.mark.parametrize(("phase", "role"), list(product(PHASES, Role)))
def test_the_ballot_is_refused_as_the_table_says_with_a_sentence_and_a_next_step(
    phase: Phase | None, role: Role
) -> None:
    refusal = refusals.refusal_to_vote(ROUND, CALENDAR, HATS[role], during(phase))
    assert code(refusal) == reason(Action.CAST_BALLOT, phase, role)
    assert refusal is None or (refusal.sentence and refusal.next_step)


@pytest.mark.usefixtures("in_french")
@pytest.mark.parametrize("phase", PHASES)
def test_a_curator_is_refused_as_the_table_says(phase: Phase | None) -> None:
    need = Need(id=1, title="Prévenir par SMS", state=State.SHORTLISTED)
    at = during(phase)
    assert code(refusals.refusal_to_edit(ROUND, CALENDAR, at)) == reason(Action.EDIT_SETTING, phase, Role.CURATOR)
    assert code(refusals.refusal_to_enter(ROUND, CALENDAR, need, at)) == reason(
        Action.ENTER_CANDIDATE, phase, Role.CURATOR
    )


@pytest.mark.usefixtures("in_french")
@pytest.mark.parametrize("phase", PHASES)
def test_the_first_ballot_freezes_the_setting_whatever_the_phase(phase: Phase | None) -> None:
    frozen = Round(id=1, slug="tour-2027", frozen_at=FIRST_DAY)
    assert code(refusals.refusal_to_edit(frozen, CALENDAR, during(phase))) == "frozen"


@pytest.mark.parametrize("phase", PHASES)
def test_the_result_is_shown_when_the_table_says(phase: Phase | None) -> None:
    summary = RoundSummary(1, "tour-2027", "Tour 2027", 1, CALENDAR, phase, None)
    assert summary.is_published == (reason(Action.SEE_RESULT, phase, Role.VISITOR) is None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_organisation_has_its_role(kind: str) -> None:
    voter = may(kind, "vote")
    assert role_of(agent_of(kind), 1, FIRST_DAY) is (Role.AGENT if voter else Role.OTHER_KIND)
    assert role_of(agent_of(kind, mandate=True), 1, FIRST_DAY) is (Role.MANDATED if voter else Role.OTHER_KIND)


def test_who_has_no_live_affiliation_acts_as_a_visitor() -> None:
    assert role_of(None, 1, FIRST_DAY) is Role.VISITOR
    assert role_of(agent_of("commune", mandate=True, proven=False), 1, FIRST_DAY) is Role.VISITOR
    assert role_of(agent_of("commune", mandate=True, ended=True), 1, FIRST_DAY) is Role.VISITOR
