"""Whatever people ask, prove, give, take back and however time passes: nobody acts for an organisation without a proof
that stands, nor commits it without a mandate in force; and an organisation that had a référent keeps one. The real
actions on a real database, against belonging.py, which knows nothing of them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts import actions, codes, domains, mandating, queries
from coconstruction.accounts.documents import Upload
from coconstruction.accounts.mandating import REFERENT, Terms
from coconstruction.accounts.models import Affiliation, Agent, MandateRole, Role, Scope
from coconstruction.assistance import actions as assistance
from coconstruction.coalitions.policy import refusal_to_join
from coconstruction.database import transaction
from coconstruction.errors import NotFound, Refused
from coconstruction.needs.models import Need
from coconstruction.needs.policy import refusal_to_support
from coconstruction.notifications.models import Letter
from coconstruction.rounds.policy import Role as Voter
from coconstruction.rounds.policy import role_of
from coconstruction.teams import actions as teams
from coconstruction.territories.models import OfficialContact, Organisation
from tests import cast
from tests.web.belonging import ASSISTANCE_LASTS, INVITATION_LASTS, OWN_MAILBOX, Code, Mandate, Tie, World

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
VILLAGE, CITY = cast.ARBRISSEL, cast.RENNES_METROPOLE
BODIES = (VILLAGE, CITY)
TOWN_HALL, FRONT_DESK = "mairie.arbrissel@gmail.com", "accueil@metropole.example"
CHLOE, CARL = "chloe@incubateur.example", "carl@incubateur.example"
ANNE, BOB, LEA = "anne@arbrissel.example", "bob@gmail.com", "lea@arbrissel.example"
PEOPLE = (ANNE, BOB, LEA, TOWN_HALL, CHLOE, CARL)
CURATORS = (CHLOE, CARL)
DOMAINS = ("arbrissel.example", "gmail.com")
PIECE = Upload("arrete.pdf", b"%PDF-1.7")
ROUND = ("round", 5)
LAST_ONE = "the last référent is gone"

person, curator = st.sampled_from(PEOPLE), st.sampled_from(CURATORS)
body, domain = st.sampled_from((VILLAGE, VILLAGE, CITY)), st.sampled_from(DOMAINS)
deciding, which = st.sampled_from((TOWN_HALL, TOWN_HALL, CHLOE, CARL, ANNE)), st.integers(0, 11)
WAITING = ("asked", "suspended")
hours = st.sampled_from([1, 3, 25, 15 * 24])


class Belonging(RuleBasedStateMachine):
    """A step is one request: what it refuses is undone, and what it read is forgotten."""

    session: ClassVar[Session]
    needs: ClassVar[tuple[int, int]]
    ids: ClassVar[dict[str, int]]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.hand = time_machine.travel(START, tick=False)
        self.now = self.hand.start()
        self.invitations: list[tuple[str, tuple[str, str], str, datetime]] = []
        self.world = World(
            curators=CURATORS,
            directory={VILLAGE: {TOWN_HALL}, CITY: {FRONT_DESK}},
            small={VILLAGE},
            free={"gmail.com"},
        )

    def teardown(self) -> None:
        self.session.rollback()
        self.hand.stop()

    # --- the world ---

    @initialize(verified=st.booleans(), with_referent=st.sampled_from((True, True, False)), with_code=st.booleans(),
                approved=st.booleans())  # fmt: skip
    def begin(self, verified: bool, with_referent: bool, with_code: bool, approved: bool) -> None:
        """A village where something has happened already."""
        if verified:
            self.verify(CHLOE, "arbrissel.example", VILLAGE)
        if with_referent:
            self.ask(TOWN_HALL, VILLAGE)
            self.name_oneself(0)
        for email in (ANNE, BOB):
            self.ask(email, VILLAGE)
        if approved:
            self.approve(TOWN_HALL, 0, with_mandate=True)
        if with_code:
            self.send_code(0)

    @rule(hours=hours)
    def wait(self, hours: int) -> None:
        self.now.shift(timedelta(hours=hours))

    # --- proofs ---

    @rule(person=person, body=body)
    def ask(self, person: str, body: str) -> None:
        told = {"function": "Secrétaire", "motive": ""}
        place = self._body(body)
        assert self._done(actions.ask_affiliation, self._agent(person), place, Role.AGENT, **told)
        self.world.ask(person, body, clock.now())

    @rule(person=person, body=body)
    def sign_in_by_proconnect(self, person: str, body: str) -> None:
        if person in CURATORS:
            return
        place = self._body(body)
        assert self._done(actions.prove_by_siret, self._agent(person), place, f"{place.siren}00019", Role.AGENT)
        found = self.world.ties.setdefault((person, body), Tie())
        if not found.live(clock.now()):
            found.ask_anew()
        if found.put_out_by is None:
            found.prove("proconnect")

    @rule(which=which)
    def send_code(self, which: int) -> None:
        if (chosen := self._one(which, WAITING)) is None:
            return
        expected = self.world.may_send(*chosen, clock.now())
        assert self._done(codes.send_code, self._agent(chosen[0]), self._tie(*chosen).id) == expected
        if expected:
            self.world.ties[chosen].code = Code(str(self._letter("official_code")["code"]), clock.now())
            self.world.sent.setdefault(chosen[1], []).append(clock.now())

    @rule(which=which, another=which, own=st.sampled_from((True, True, True, False)))
    def type_code(self, which: int, another: int, own: bool) -> None:
        """One's own code, or somebody else's; those who may no longer try too."""
        sent = sorted(each for each, found in self.world.ties.items() if found.code is not None)
        typing = sent[which % len(sent)] if sent else None
        if typing is None:
            return
        written = typing if own else sent[another % len(sent)]
        asked, mine = self.world.ties[written].code, self.world.ties[typing]
        assert asked is not None
        assert mine.code is not None
        expected = self.world.may_type(*typing, clock.now())
        assert self._done(codes.type_code, self._agent(typing[0]), self._tie(*typing).id, asked.figures) == expected
        if expected:
            mine.code.attempts += 1
            if written == typing:
                mine.code.used = True
                mine.prove("official_code")

    @rule(by=curator, domain=domain, body=body)
    def verify(self, by: str, domain: str, body: str) -> None:
        place = self._body(body)
        done = self._done(domains.verify_domain, domain, place.id, self._agent(by), "Vu sur leur site.")
        assert done == (domain not in self.world.free)
        if done:
            self.world.verify(domain, body, clock.now())

    @rule(by=curator, domain=domain, body=body)
    def refuse_domain(self, by: str, domain: str, body: str) -> None:
        place = self._body(body)
        assert self._done(domains.refuse_domain, domain, place.id, self._agent(by), "À tous.")
        self.world.refuse(domain, body)

    # --- people decide ---

    @rule(by=deciding, which=which, with_mandate=st.booleans())
    def approve(self, by: str, which: int, with_mandate: bool) -> None:
        if (chosen := self._one(which, WAITING)) is None:
            return
        terms, found = Terms() if with_mandate else None, self.world.ties[chosen]
        told = {"terms": terms, "upload": PIECE if by in CURATORS else None}
        if not self._done(actions.approve_affiliation, self._tie(*chosen).id, self._agent(by), "Oui.", **told):
            return
        side = self.world.rules(by, *chosen, clock.now())
        assert side is not None
        assert side == "team" or found.put_out_by != "team"
        found.prove("curator" if side == "team" else "referent", by_people=True)
        self._note_mandate(*chosen, terms)

    @rule(by=deciding, which=which)
    def refuse(self, by: str, which: int) -> None:
        self._put_out(actions.refuse_affiliation, by, self._one(which, WAITING))

    @rule(by=deciding, which=which)
    def end(self, by: str, which: int) -> None:
        self._put_out(actions.end_affiliation, by, self._one(which))

    @rule(which=which)
    def leave(self, which: int) -> None:
        if chosen := self._one(which):
            self._put_out(actions.end_affiliation, chosen[0], chosen)

    @rule(by=curator, which=which)
    def suspend(self, by: str, which: int) -> None:
        if (chosen := self._one(which, ("standing",))) is None:
            return
        found = self.world.ties[chosen]
        expected = found.live(clock.now()) and by != chosen[0]
        assert self._done(actions.suspend_affiliation, self._tie(*chosen).id, self._agent(by), "Doute.") == expected
        if expected:
            found.proofs.clear()
            found.state, found.put_out_by = "suspended", "team"

    @rule(which=which, guest=st.sampled_from((ANNE, BOB, LEA)))
    def invite(self, which: int, guest: str) -> None:
        by = self._one(which, ("standing",))
        if by is None or not self._done(teams.invite, self._tie(*by), guest, Role.AGENT, ""):
            return
        assert self.world.ties[by].referent(clock.now())
        token = str(self._letter("invitation")["path"]).removeprefix("/invitations/")
        self.invitations.append((token, by, guest, clock.now()))

    @rule(which=which)
    def accept(self, which: int) -> None:
        if which >= len(self.invitations):
            return
        token, by, guest, sent = self.invitations[which]
        body = by[1]
        found = self.world.ties.get((guest, body), Tie())
        if not self._done(teams.accept, token):
            return
        assert self.world.ties[by].referent(clock.now())
        assert clock.now() < sent + INVITATION_LASTS
        assert found.put_out_by != "team"
        del self.invitations[which]
        if not found.live(clock.now()):
            found.ask_anew()
        found.prove("referent", by_people=True)
        self.world.ties[guest, body] = found

    # --- mandates ---

    @rule(by=deciding, which=which, role=st.sampled_from(MandateRole), on=st.sampled_from([None, "need", "round"]),
          starts=st.sampled_from([0, 0, 2]), lasts=st.sampled_from([None, 1, 26]))  # fmt: skip
    def grant(self, by: str, which: int, role: MandateRole, on: str | None, starts: int, lasts: int | None) -> None:
        if (chosen := self._one(which)) is None:
            return
        begins = clock.now() + timedelta(hours=starts)
        later = begins if starts else None
        if role is MandateRole.REFERENT:
            terms = replace(REFERENT, starts_at=later)
        else:
            scope, number = Scope(on or "everything"), {"need": self.needs[0], "round": ROUND[1]}.get(on or "", 0)
            ends = begins + timedelta(hours=lasts) if lasts else None
            terms = Terms(role=role, scope=scope, scope_id=number, starts_at=later, ends_at=ends)
        if self._done(mandating.grant_mandate, self._tie(*chosen).id, self._agent(by), terms, "Arrêté."):
            assert self.world.rules(by, *chosen, clock.now())
            assert self.world.live(*chosen, clock.now())
            self._note_mandate(*chosen, terms)

    @rule(by=deciding, which=which, own=st.booleans(), number=st.integers(0, 1))
    def end_mandate(self, by: str, which: int, own: bool, number: int) -> None:
        chosen = self._one(which)
        held = self.world.ties[chosen].mandates if chosen else []
        if chosen is None or number >= len(held):
            return
        author, acted = chosen[0] if own else by, self.world.referents(chosen[1], clock.now())
        if self._done(mandating.end_mandate, held[number].number, self._agent(author), "Fin."):
            assert author == chosen[0] or self.world.rules(author, *chosen, clock.now())
            held[number].ended = True
            assert not acted or self.world.referents(chosen[1], clock.now()), LAST_ONE

    @rule(which=which)
    def name_oneself(self, which: int) -> None:
        if (chosen := self._one(which)) is None:
            return
        found = self.world.ties[chosen]
        expected = found.live(clock.now()) and bool(found.proofs & OWN_MAILBOX) and not self.world.named(chosen[1])
        assert self._done(mandating.become_referent, self._agent(chosen[0]), self._tie(*chosen).id) == expected
        if expected:
            self._note_mandate(*chosen, REFERENT)

    @rule(which=which, heir=which)
    def hand_over(self, which: int, heir: int) -> None:
        one, other = self._one(which), self._one(heir)
        if one is None or other is None:
            return
        if not self._done(mandating.hand_over, self._agent(one[0]), self._tie(*one).id, self._tie(*other).id):
            return
        found = self.world.ties[one]
        assert found.referent(clock.now())
        assert self.world.live(*other, clock.now())
        assert one[0] != other[0]
        assert one[1] == other[1]
        for each in found.mandates:
            each.ended = each.ended or (each.referent and each.holds(clock.now()))
        self._note_mandate(*other, REFERENT)

    @rule(by=curator, body=body, with_need=st.booleans())
    def assist(self, by: str, body: str, with_need: bool) -> None:
        request = assistance.Request("La maire", "téléphone", "Sans accès.", self.needs[0] if with_need else None)
        if not self._done(assistance.start, self._agent(by), self._body(body), request):
            return
        now, found = clock.now(), self.world.ties.setdefault((by, body), Tie())
        own = [each for each in self.world.people(body) if each.live(now) and "assisted" not in each.proofs]
        assert not own
        if not found.live(now):
            found.ask_anew()
        found.prove("assisted")
        found.lapses = now + ASSISTANCE_LASTS
        if with_need:
            self._note_mandate(by, body, Terms(scope=Scope.NEED, scope_id=self.needs[0], ends_at=found.lapses))

    # --- what must hold ---

    @invariant()
    def nobody_acts_without_a_proof_nor_commits_without_a_mandate(self) -> None:
        self.session.expire_all()
        now = clock.now()
        first, second = (self.session.get_one(Need, each) for each in self.needs)
        for email in PEOPLE:
            hats = {hat.organisation.reference: hat for hat in queries.live_affiliations(self.session, self.ids[email])}
            for place in BODIES:
                found, hat = self.world.tie(email, place) or Tie(), hats.get(place)
                acts = hat is not None and refusal_to_support(first, hat) is None
                assert acts == found.live(now), (email, place, found)
                for need, to in ((first, ("need", first.id)), (second, ("need", second.id))):
                    assert (refusal_to_join(need, hat) is None) == found.commits(now, to), (email, place, found)
                votes = role_of(hat, ROUND[1], now) is Voter.MANDATED
                assert votes == found.commits(now, ROUND), (email, place, found)
                self._note(found, acts=acts, votes=votes)

    @invariant()
    def an_organisation_keeps_a_referent(self) -> None:
        for place in BODIES:
            named = queries.named_referents(self.session, self.ids[place])
            if named:
                self.world.had_referent.add(place)
            assert (place in self.world.had_referent) == bool(named), LAST_ONE
            assert sum(each.is_referent for each in named) == self.world.referents(place, clock.now())

    # --- the steps ---

    def _done(self, action: Callable[..., Any], *told: Any, **more: Any) -> bool:
        """As a request does: whole, or not at all."""
        try:
            with self.session.begin_nested():
                action(self.session, *told, **more)
        except (Refused, NotFound):
            return False
        finally:
            self.session.expire_all()
        return True

    def _put_out(self, action: Callable[..., Any], by: str, chosen: tuple[str, str] | None) -> None:
        if chosen is None:
            return
        now, acted = clock.now(), self.world.referents(chosen[1], clock.now())
        own = by == chosen[0] and action is actions.end_affiliation
        side = self.world.rules(by, *chosen, now)
        if not self._done(action, self._tie(*chosen).id, self._agent(by), "Non."):
            return
        assert own or side
        self.world.ties[chosen].end(None if own else self.world.side(by))
        assert not acted or self.world.referents(chosen[1], now), LAST_ONE

    def _note_mandate(self, person: str, body: str, terms: Terms | None) -> None:
        if terms is None:
            return
        on = None if terms.scope is Scope.EVERYTHING else (str(terms.scope), terms.scope_id)
        kept = (terms.role is MandateRole.REFERENT, on, terms.starts_at or clock.now(), terms.ends_at)
        self.world.ties[person, body].mandates.append(Mandate(self._tie(person, body).mandates[-1].id, *kept))

    def _note(self, found: Tie, *, acts: bool, votes: bool) -> None:
        """So that the test may tell it did not pass by doing nothing."""
        self.seen.update({"acts": acts, "votes": votes, f"put out by {found.put_out_by}": 1, found.state: 1})
        self.seen.update(found.proofs if acts else ())

    def _one(self, which: int, states: Collection[str] = ("asked", "standing", "suspended")) -> tuple[str, str] | None:
        """One of the ties in such a state."""
        there = sorted(each for each, found in self.world.ties.items() if found.state in states)
        return there[which % len(there)] if there else None

    def _agent(self, email: str) -> Agent:
        return self.session.get_one(Agent, self.ids[email])

    def _body(self, reference: str) -> Organisation:
        return self.session.get_one(Organisation, self.ids[reference])

    def _tie(self, person: str, body: str) -> Affiliation:
        return queries.tie_between(self.session, self.ids[person], self.ids[body])

    def _letter(self, template: str) -> dict[str, Any]:
        last = select(Letter).where(Letter.template == template).order_by(Letter.id.desc()).limit(1)
        return dict(self.session.scalars(last).one().context)


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Belonging]]:
    with time_machine.travel(START, tick=False), app.app_context(), transaction() as session:
        for email in PEOPLE:
            cast.agent(session, email, curator=email in CURATORS)
        for reference, email in ((VILLAGE, TOWN_HALL), (CITY, FRONT_DESK)):
            session.add(OfficialContact(organisation_id=cast.organisation(session, reference).id, email=email))
        author = cast.affiliation(session, "maire@vern.example", cast.VERN)
        first = cast.posted_need(session, author)
        second = cast.posted_need(session, author, replace(cast.CONTENT, title="Un autre besoin"))
        ids = {email: cast.agent(session, email).id for email in PEOPLE}
        ids |= {reference: cast.organisation(session, reference).id for reference in BODIES}
    with app.app_context(), transaction() as session:
        Belonging.session, Belonging.needs, Belonging.ids, Belonging.seen = session, (first, second), ids, Counter()
        yield Belonging


def test_no_sequence_lets_anyone_act_without_a_proof(machine: type[Belonging]) -> None:
    as_found = (Phase.reuse, Phase.generate)  # making a failing story shorter takes minutes
    slow = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
    size = {"max_examples": 40, "stateful_step_count": 35, "deadline": None, "derandomize": True}
    run_state_machine_as_test(machine, settings=settings(**size, phases=as_found, suppress_health_check=slow))
    expected = {"acts", "votes", "suspended", "ended", "put out by team", "put out by referent"}
    expected |= {"official_address", "official_code", "email_domain", "referent", "curator", "proconnect", "assisted"}
    assert {name for name in expected if not machine.seen[name]} == set()
