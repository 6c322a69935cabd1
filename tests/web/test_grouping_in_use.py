"""Whatever is grouped, ungrouped, supported, joined or left, in whatever order: a common need counts each organisation
once, a grouped one keeps its own, and parting gives everything back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.coalitions import actions as coalitions
from coconstruction.coalitions import queries
from coconstruction.coalitions.actions import Offer
from coconstruction.database import transaction
from coconstruction.errors import Refused
from coconstruction.grouping import actions
from coconstruction.needs import actions as needs
from coconstruction.needs.models import Need
from coconstruction.needs.queries import supporters
from tests import cast

BODIES = (cast.VERN, cast.ARBRISSEL, "commune:35077", cast.RENNES_METROPOLE)
NEEDS = 4
which, who = st.integers(0, NEEDS - 1), st.sampled_from(BODIES)


class Grouping(RuleBasedStateMachine):
    session: ClassVar[Session]
    keys: ClassVar[list[int]]
    hats: ClassVar[dict[str, int]]
    curator: ClassVar[int]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        bearer = self._organisation(cast.VERN)
        self.voices: dict[int, set[int]] = {key: {bearer} for key in self.keys}
        self.members: dict[int, dict[int, int]] = {key: {} for key in self.keys}  # cents, by organisation
        self.under: dict[int, int] = {}
        self.left: dict[int, str] = {}
        self.out: set[tuple[int, int]] = set()

    def teardown(self) -> None:
        self.session.rollback()

    @rule(place=which, body=who)
    def support(self, place: int, body: str) -> None:
        if self._done(lambda: needs.support(self.session, self._hat(body), self.keys[place])):
            self.voices[self.keys[place]].add(self._organisation(body))

    @rule(place=which, body=who)
    def unsupport(self, place: int, body: str) -> None:
        if self._done(lambda: needs.unsupport(self.session, self._hat(body), self.keys[place])):
            self.voices[self.keys[place]].discard(self._organisation(body))

    @rule(place=which, body=who, euros=st.integers(1, 5))
    def join(self, place: int, body: str, euros: int) -> None:
        key, offers = self.keys[place], [Offer("euros", euros * 100)]
        if self._done(lambda: coalitions.join(self.session, self._hat(body), key, "pilote", offers)):
            self.voices[key].add(self._organisation(body))
            self.members[key][self._organisation(body)] = euros * 100

    @rule(place=which, body=who)
    def leave(self, place: int, body: str) -> None:
        if self._done(lambda: coalitions.leave(self.session, self._hat(body), self.keys[place])):
            self.members[self.keys[place]].pop(self._organisation(body))

    @rule(places=st.sets(which, min_size=1, max_size=3), into=which)
    def group(self, places: set[int], into: int) -> None:
        common, children = self.keys[into], [self.keys[place] for place in sorted(places)]
        states = {key: self.session.get_one(Need, key).state for key in children}
        if self._done(lambda: actions.group(self.session, self._curator(), children, common, "Semblables.")):
            assert common not in children or len(children) > 1
            for key in set(children) - {common}:
                self.under[key], self.left[key] = common, states[key]
            self.seen["grouped"] += 1

    @rule(place=which)
    def ungroup(self, place: int) -> None:
        key = self.keys[place]
        if self._done(lambda: actions.ungroup(self.session, self._curator(), key, "Distincts.")):
            assert self.session.get_one(Need, key).state == self.left.pop(key)
            del self.under[key]
            self.out = {pair for pair in self.out if pair[0] != key}
            self.seen["ungrouped"] += 1

    @rule(place=which, body=who, leaves=st.booleans())
    def step_out(self, place: int, body: str, leaves: bool) -> None:
        key, pair = self.keys[place], (self.keys[place], self._organisation(body))
        if self._done(lambda: actions.step_out(self.session, self._hat(body), key, out=leaves)):
            (self.out.add if leaves else self.out.discard)(pair)
            self.seen["out"] += leaves

    @invariant()
    def each_counts_what_is_its_own_and_a_common_one_what_is_theirs_too(self) -> None:
        self.session.expire_all()
        for key in self.keys:
            need = self.session.get_one(Need, key)
            parts = [key, *(child for child, common in self.under.items() if common == key)]
            voices, members = self._counted(parts, self.voices), self._counted(parts, self.members)
            assert need.supports_count == len(voices)
            assert {each.organisation_id for each in supporters(self.session, key, 100)} == voices
            assert need.members_count == len(members)
            assert need.covered_population == queries.coverage_of(self.session, members).population
            assert need.groups == len(parts) - 1
            assert queries.coalition(self.session, need).totals.get("euros", 0) == self._euros(parts)
            self.seen["several"] += len(parts) > 2

    def _counted(self, parts: list[int], there: dict[int, set[int]] | dict[int, dict[int, int]]) -> set[int]:
        own, *others = parts
        return {*there[own], *(each for part in others for each in there[part] if (part, each) not in self.out)}

    def _euros(self, parts: list[int]) -> int:
        """Once for each organisation: what it promised to the common need, else to the grouped one it joined first."""
        counted: dict[int, int] = dict(self.members[parts[0]])
        rows = queries.members(self.session, parts[0])
        for each in rows:
            if each.organisation_id not in counted:
                counted[each.organisation_id] = self.members[each.need_id][each.organisation_id]
        return sum(counted.values())

    def _done(self, act: object) -> bool:
        """Whether it was not refused. A member that leaves keeps the voice it had."""
        try:
            act()  # type: ignore[operator]
        except Refused:
            return False
        return True

    def _hat(self, body: str) -> Affiliation:
        return self.session.get_one(Affiliation, self.hats[body])

    def _organisation(self, body: str) -> int:
        return self._hat(body).organisation_id

    def _curator(self) -> Agent:
        return self.session.get_one(Agent, self.curator)


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Grouping]]:
    with app.app_context(), transaction() as session:
        hats = {each: cast.affiliation(session, f"agent@{each[-5:]}.example", each) for each in BODIES}
        posted = [
            cast.posted_need(session, hats[cast.VERN], replace(cast.CONTENT, title=f"Cantine {number}"))
            for number in range(NEEDS)
        ]
        curator = cast.agent(session, "curatrice@etat.example", curator=True).id
        keys = {body: hat.id for body, hat in hats.items()}
    with app.app_context(), transaction() as session:
        Grouping.session, Grouping.keys, Grouping.hats, Grouping.curator = session, posted, keys, curator
        Grouping.seen = Counter()
        yield Grouping


def test_nothing_is_lost_nor_counted_twice(machine: type[Grouping]) -> None:
    as_found = (Phase.reuse, Phase.generate)
    slow = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
    size = {"max_examples": 40, "stateful_step_count": 30, "deadline": None, "derandomize": True}
    run_state_machine_as_test(machine, settings=settings(**size, phases=as_found, suppress_health_check=slow))
    assert {name for name in ("grouped", "ungrouped", "out", "several") if not machine.seen[name]} == set()
