"""A receipt names one ballot in one setting; anyone can work it out again from what is published."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coconstruction.clock import PARIS
from coconstruction.rounds import documents
from coconstruction.rounds.models import Candidate, Round, RoundPhase
from coconstruction.rounds.receipts import receipt, setup_hash

AT = datetime(2027, 4, 8, 7, 30, 12, 345678, tzinfo=UTC)
CAST: dict[str, Any] = {
    "slug": "tour-2027",
    "organisation": "213503527",
    "version": 1,
    "choices": [3, 7],
    "cast_at": AT,
    "setup": "a" * 64,
    "salt": "5" * 32,
}


def test_a_receipt_is_worked_out_again_with_nothing_but_a_hash_and_json() -> None:
    published = {
        "choices": [3, 7],
        "cast_at": "2027-04-08T07:30:12.345678+00:00",
        "organisation": "213503527",
        "round": "tour-2027",
        "salt": "5" * 32,
        "setup": "a" * 64,
        "version": 1,
    }
    text = json.dumps(published, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert receipt(**CAST) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        {"slug": "tour-2028"},
        {"organisation": "243500139"},
        {"version": 2},
        {"choices": [3]},
        {"choices": []},
        {"cast_at": AT + timedelta(microseconds=1)},
        {"setup": "b" * 64},
        {"salt": "6" * 32},
    ],
)
def test_whatever_differs_gives_another_receipt(other: dict[str, Any]) -> None:
    assert receipt(**{**CAST, **other}) != receipt(**CAST)


@given(st.lists(st.integers(1, 10**9), unique=True), st.data())
def test_the_order_of_the_choices_is_nothing(choices: list[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(choices))
    assert receipt(**{**CAST, "choices": shuffled}) == receipt(**{**CAST, "choices": choices})


def test_the_same_instant_in_another_time_zone_is_the_same_ballot() -> None:
    assert receipt(**{**CAST, "cast_at": AT.astimezone(PARIS)}) == receipt(**CAST)


def prepared(**changes: Any) -> Round:
    """A round as its curators prepared it, in memory."""
    kept = {"slug": "tour-2027", "title": "Tour 2027", "envelope": 10_000_000, "rule": "greedy-approval/1", "seed": "x"}
    moved = changes.pop("moved", timedelta(0))
    round_ = Round(**{**kept, **{name: value for name, value in changes.items() if name in kept}})
    round_.phases = [RoundPhase(phase="voting", starts_at=AT + moved)]
    round_.candidates = [candidate(1, changes.get("price", 28_000_00)), candidate(2, 58_000_00)]
    if changes.get("third"):
        round_.candidates.append(candidate(3, 200_000_00))
    round_.candidates[0].lot_rank = changes.get("lot_rank", 1)
    round_.candidates[0].snapshot_hash = changes.get("snapshot_hash", "c" * 64)
    return round_


def candidate(key: int, price: int) -> Candidate:
    copied = {"title": "Prévenir par SMS", "path": f"/besoins/{key}-sms", "covered_population": 300_000, "members": []}
    return Candidate(id=key, need_id=key, price=price, lot_rank=key, snapshot=copied, snapshot_hash="c" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"envelope": 10_000_001},
        {"rule": "greedy-approval/2"},
        {"seed": "y"},
        {"price": 28_000_01},
        {"lot_rank": 9},
        {"snapshot_hash": "d" * 64},
        {"third": True},
        {"slug": "tour-2028"},
    ],
)
def test_whatever_the_first_ballot_freezes_is_in_the_fingerprint(change: dict[str, Any]) -> None:
    assert setup_hash(documents.setup(prepared(**change))) != setup_hash(documents.setup(prepared()))


def test_dates_may_slip_and_the_fingerprint_stays() -> None:
    slipped = documents.setup(prepared(moved=timedelta(days=90)))
    assert setup_hash(slipped) == setup_hash(documents.setup(prepared()))
