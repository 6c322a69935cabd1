"""May this hat commit its organisation to this? Why not, in words, and what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from coconstruction.accounts.mandates import refusal_to_commit, serving_mandate
from coconstruction.accounts.models import Affiliation, Mandate, Scope

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
NEED, OTHER_NEED, ROUND, OTHER_ROUND = (Scope.NEED, 7), (Scope.NEED, 8), (Scope.ROUND, 7), (Scope.ROUND, 8)
EVERYTHING = (Scope.EVERYTHING, 0)
THINGS = (NEED, OTHER_NEED, ROUND, OTHER_ROUND)


def mandate(
    on: tuple[Scope, int] = EVERYTHING,
    *,
    starts: timedelta = -DAY,
    ends: timedelta | None = None,
    ended: timedelta | None = None,
    commits: bool = True,
) -> Mandate:
    return Mandate(
        role="agent" if commits else "referent",
        commits=commits,
        scope=on[0],
        scope_id=on[1],
        starts_at=NOW + starts,
        ends_at=None if ends is None else NOW + ends,
        ended_at=None if ended is None else NOW + ended,
    )


def refusal(*mandates: Mandate, to: tuple[Scope, int] = NEED) -> str | None:
    found = refusal_to_commit(Affiliation(mandates=list(mandates)), *to, NOW)
    return found.code if found else None


CASES = {
    "nothing was ever given": ((), "no_mandate"),
    "a référent looks after people, and commits nothing": ((mandate(commits=False),), "no_mandate"),
    "it begins tomorrow": ((mandate(starts=DAY),), "mandate_not_started"),
    "it ended yesterday": ((mandate(starts=-2 * DAY, ends=-DAY),), "mandate_expired"),
    "it ends at this very instant": ((mandate(ends=timedelta(0)),), "mandate_expired"),
    "it was taken back": ((mandate(ended=-DAY),), "mandate_revoked"),
    "it was taken back before its term, now past": ((mandate(ends=-DAY / 4, ended=-DAY / 2),), "mandate_revoked"),
    "it is for another need": ((mandate(OTHER_NEED),), "mandate_elsewhere"),
    "it is for the round of the same number": ((mandate(ROUND),), "mandate_elsewhere"),
    "one ended, the next begins tomorrow": ((mandate(ends=-DAY / 2), mandate(starts=DAY)), "mandate_not_started"),
    "one was taken back, another has expired": ((mandate(ended=-DAY), mandate(ends=-DAY / 2)), "mandate_expired"),
    "one has expired, another is for elsewhere": ((mandate(ends=-DAY / 2), mandate(OTHER_NEED)), "mandate_elsewhere"),
    "it is for everything": ((mandate(),), None),
    "it is for this need": ((mandate(NEED),), None),
    "it begins at this very instant": ((mandate(starts=timedelta(0)),), None),
    "it ends tomorrow": ((mandate(ends=DAY),), None),
    "one was taken back, another holds": ((mandate(ended=-DAY), mandate()), None),
    "one of two serves": ((mandate(OTHER_NEED), mandate(NEED)), None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hat_commits_only_under_a_mandate_in_force_for_that(case: str) -> None:
    mandates, code = CASES[case]
    assert refusal(*mandates) == code


@pytest.mark.parametrize("scope", [EVERYTHING, *THINGS])
@pytest.mark.parametrize("thing", THINGS)
def test_a_scope_reaches_its_own_thing_or_everything(scope: tuple[Scope, int], thing: tuple[Scope, int]) -> None:
    reaches = scope in (EVERYTHING, thing)
    assert refusal(mandate(scope), to=thing) == (None if reaches else "mandate_elsewhere")


def test_the_serving_mandate_is_the_one_that_serves() -> None:
    held = [mandate(OTHER_NEED), mandate(NEED, ended=-DAY), mandate(NEED), mandate()]
    assert serving_mandate(Affiliation(mandates=held), *NEED, NOW) is held[2]


@pytest.mark.usefixtures("in_french")
@pytest.mark.parametrize(
    ("mandates", "said"),
    [
        ((), "il faut un mandat"),
        ((mandate(starts=DAY),), "n’a pas encore commencé"),
        ((mandate(ends=-DAY / 2),), "est arrivé à son terme. Ce que vous avez fait sous lui reste."),
        ((mandate(ended=-DAY),), "vous a été retiré. Ce que vous avez fait sous lui reste."),
        ((mandate(OTHER_NEED),), "pour un autre besoin ou un autre tour"),
    ],
)
def test_each_refusal_says_why_in_a_sentence_and_what_to_do(mandates: tuple[Mandate, ...], said: str) -> None:
    found = refusal_to_commit(Affiliation(mandates=list(mandates)), *NEED, NOW)
    assert found is not None
    assert found.next_step is not None
    assert said in str(found.sentence)
    assert (found.status, found.next_step.label, found.next_step.url) == (403, "Demander un mandat", "/compte")
