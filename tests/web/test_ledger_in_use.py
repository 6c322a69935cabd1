"""After any sequence of joining, committing, keeping and leaving, what the page adds up is what people said, the
counters are those of who is there, and one member at most leads."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions import actions, queries
from coconstruction.coalitions.actions import Decision, Offer
from coconstruction.coalitions.models import MemberRole
from coconstruction.database import transaction
from coconstruction.errors import NotFound, Refused
from coconstruction.needs.models import Need
from tests import cast

# Around Rennes: none holds the others but the last.
BODIES = (cast.VERN, cast.ARBRISSEL, "commune:35077", cast.RENNES_METROPOLE)
LARGE = 400_000  # inhabitants, which Rennes Métropole alone has
CONDITIONS = (None, {"organisations": 3}, {"inhabitants": LARGE})
who, kind = st.sampled_from(BODIES), st.sampled_from(["euros", "person_days"])
offers = st.lists(
    st.builds(
        Offer, st.sampled_from(["euros", "person_days"]), st.integers(1, 5), st.just(""), st.sampled_from(CONDITIONS)
    ),
    max_size=3,
)


class Ledger(RuleBasedStateMachine):
    """`promised`: what each has said, whether its condition was met, and whether it kept it."""

    session: ClassVar[Session]
    need_id: ClassVar[int]
    hats: ClassVar[dict[str, int]]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.there: dict[str, str] = {}
        self.promised: dict[str, list[dict[str, Any]]] = {each: [] for each in BODIES}

    def teardown(self) -> None:
        self.session.rollback()

    @initialize(body=who, said=offers)
    def begin(self, body: str, said: list[Offer]) -> None:
        self.join(body, MemberRole.PILOTE, said)
        self.engage(body)

    @rule(body=who, role=st.sampled_from(MemberRole), said=offers)
    def join(self, body: str, role: MemberRole, said: list[Offer]) -> None:
        if role is MemberRole.PORTEUR and any(each == role and other != body for other, each in self.there.items()):
            with pytest.raises(Refused) as refused:
                actions.join(self.session, self._hat(body), self.need_id, role, said)
            assert refused.value.code == "already_led"
            return
        actions.join(self.session, self._hat(body), self.need_id, role, said)
        self.there[body] = role
        left = list(said)
        for each in list(self.promised[body]):
            if each["kept"]:
                continue
            if each["offer"] in left:
                left.remove(each["offer"])
            else:
                self.promised[body].remove(each)
        self.promised[body] += [{"offer": each, "met": False, "confirmed": False, "kept": False} for each in left]
        self._meet()

    @rule(body=who)
    def engage(self, body: str) -> None:
        decision = Decision("2026-042", date(2026, 10, 5))
        if body not in self.there:
            with pytest.raises(Refused):
                actions.engage(self.session, self._hat(body), self.need_id, decision)
            return
        actions.engage(self.session, self._hat(body), self.need_id, decision)
        for each in self.promised[body]:
            each["confirmed"] = True

    @rule(body=who, which=st.integers(0, 3))
    def keep(self, body: str, which: int) -> None:
        membership = queries.membership_of(self.session, self.need_id, self._hat(body).organisation_id)
        lines = queries.member_of(self.session, membership).pledges if membership else []
        if not lines:
            return
        pledge = lines[which % len(lines)]
        offer = Offer(pledge.kind, pledge.amount, pledge.note, pledge.condition)
        ready = [
            each
            for each in self.promised[body]
            if each["offer"] == offer and each["confirmed"] and self._counts(each) and not each["kept"]
        ]
        try:
            actions.honour(self.session, self._hat(body), self.need_id, pledge.id)
        except (Refused, NotFound):
            return
        ready[0]["kept"] = True
        self.seen["kept"] += 1

    @rule(body=who)
    def leave(self, body: str) -> None:
        if body not in self.there:
            with pytest.raises(Refused):
                actions.leave(self.session, self._hat(body), self.need_id)
            return
        actions.leave(self.session, self._hat(body), self.need_id)
        del self.there[body]
        self._meet()

    @invariant()
    def the_page_adds_up_what_people_said(self) -> None:
        self.session.expire_all()
        need = self.session.get_one(Need, self.need_id)
        coalition = queries.coalition(self.session, need)
        counted, waiting = Counter[str](), Counter[str]()
        for body in self.there:
            for each in self.promised[body]:
                (counted if self._counts(each) else waiting)[each["offer"].kind] += each["offer"].amount
        assert (coalition.totals, coalition.pending) == (counted, waiting)
        self.seen.update({"counted": bool(counted), "waiting": bool(waiting), "members": len(self.there)})
        keys = {each.membership.organisation_id for each in coalition.members}
        assert keys == {self._hat(body).organisation_id for body in self.there}
        covered = queries.coverage_of(self.session, keys).population
        assert (need.members_count, need.covered_population) == (len(keys), covered)
        assert sum(each.membership.leads for each in coalition.members) <= 1

    def _meet(self) -> None:
        """Once met, for good."""
        inhabitants = self.session.get_one(Need, self.need_id).covered_population
        reached = {"organisations": len(self.there), "inhabitants": inhabitants}
        for body in self.there:
            for each in self.promised[body]:
                for name, target in (each["offer"].condition or {}).items():
                    each["met"] = each["met"] or reached[name] >= target

    def _counts(self, promise: dict[str, Any]) -> bool:
        return promise["kept"] or promise["offer"].condition is None or promise["met"]

    def _hat(self, body: str) -> Affiliation:
        return self.session.get_one(Affiliation, self.hats[body])


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Ledger]]:
    with app.app_context(), transaction() as session:
        hats = {each: cast.affiliation(session, f"agent@{each[-5:]}.example", each).id for each in BODIES}
        need_id = cast.posted_need(session, cast.affiliation(session, "maire@vitre.example", "commune:35360"))
    with app.app_context(), transaction() as session:
        Ledger.session, Ledger.need_id, Ledger.hats, Ledger.seen = session, need_id, hats, Counter()
        yield Ledger


def test_what_is_added_up_is_what_was_said(machine: type[Ledger]) -> None:
    as_found = (Phase.reuse, Phase.generate)  # making a failing story shorter takes minutes
    slow = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
    size = {"max_examples": 40, "stateful_step_count": 25, "deadline": None, "derandomize": True}
    run_state_machine_as_test(machine, settings=settings(**size, phases=as_found, suppress_health_check=slow))
    assert {name for name in ("counted", "waiting", "kept") if not machine.seen[name]} == set()
