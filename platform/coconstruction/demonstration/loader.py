"""Plays the demonstration's story through the product's own actions, each at its date: what is shown was done,
line by line of the journal, not inserted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.mandating import REFERENT, Terms, give_mandate
from coconstruction.accounts.models import Affiliation, Agent, Proof
from coconstruction.accounts.proofs import prove
from coconstruction.coalitions.actions import Decision, Offer, engage, join
from coconstruction.curation.actions import shortlist
from coconstruction.curation.duplicates import declare_duplicate
from coconstruction.demonstration.content import read
from coconstruction.discussions.actions import Words, say
from coconstruction.discussions.voices import Voice
from coconstruction.following.actions import tell
from coconstruction.journal import SYSTEM, By, record
from coconstruction.needs.actions import post, support
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need
from coconstruction.rounds.actions import RoundContent, create_round, enter_candidate
from coconstruction.rounds.calendar import Calendar, Phase
from coconstruction.rounds.counting.greedy import RULE
from coconstruction.solutions.actions import enter
from coconstruction.solutions.content import SolutionContent
from coconstruction.territories.actions import add_organisation
from coconstruction.territories.models import OfficialContact, Organisation
from coconstruction.web.paths import slug

Progress = Callable[[int], object]
Step = Callable[[], object]
CENTS = 100


@dataclass(frozen=True)
class Event:
    at: datetime
    play: Step


class Story:
    """Everybody and everything named in the content, found in the database by the content's own keys."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.today = clock.now()
        self.organisations = {each.reference: each for each in session.scalars(select(Organisation).where(_named()))}
        self.agents: dict[str, Agent] = {}
        self.hats: dict[str, Affiliation] = {}
        self.needs: dict[str, Need] = {}

    def introduce_people(self) -> None:
        for person in read("people"):
            self.agents[person["email"]] = self._agent(person["email"], person["name"], curator=person["curator"])
            for tie in person["organisations"]:
                hat = self._tie(person["email"], tie["reference"], person, mandate=tie["mandate"])
                if hat.mandate:
                    self.hats.setdefault(tie["reference"], hat)

    def add_organisations(self) -> None:
        """Those beside the referential, all of Ille-et-Vilaine; a duplicate is found out by the curator."""
        place = {"departement_code": "35", "departement_name": "Ille-et-Vilaine"}
        place |= {"region_code": "53", "region_name": "Bretagne"}
        for each in read("organisations"):
            names = {name: each[name] for name in ("reference", "code", "kind", "name")}
            self.organisations[each["reference"]] = add_organisation(self.session, **names, **place)
            if original := each["duplicate_of"]:
                keys = (self.organisations[each["reference"]].id, self.organisations[original].id)
                declare_duplicate(self.session, self.curator(), *keys, each["motive"])

    def hat(self, reference: str) -> Affiliation:
        """Whoever may engage the organisation: somebody of the content, else an agent made for it."""
        if reference not in self.hats:
            email = f"contact@{reference.replace(':', '-').lower()}.example"
            self.agents[email] = self._agent(email, "", curator=False)
            self.hats[reference] = self._tie(email, reference, {"role": "agent", "function": ""}, mandate=True)
        return self.hats[reference]

    def hat_of(self, email: str, reference: str) -> Affiliation:
        mine = Affiliation.agent_id == self.agents[email].id
        place = Affiliation.organisation_id == self.organisations[reference].id
        return self.session.scalars(select(Affiliation).where(mine, place)).one()

    def curator(self) -> Agent:
        return next(each for each in self.agents.values() if each.is_curator)

    def _agent(self, email: str, name: str, *, curator: bool) -> Agent:
        agent = Agent(email=email, name=name, is_curator=curator, created_at=clock.now())
        self.session.add(agent)
        self.session.flush()
        record(self.session, "agent.registered", ("agent", agent.id), by=By(agent_id=agent.id))
        return agent

    def _tie(self, email: str, reference: str, person: dict[str, Any], *, mandate: bool) -> Affiliation:
        now = clock.now()
        tie = Affiliation(
            agent_id=self.agents[email].id,
            organisation_id=self.organisations[reference].id,
            role=person["role"],
            function=person["function"],
            motive="",
            evidence="",
            asked_at=now,
        )
        self.session.add(tie)
        self.session.flush()
        prove(self.session, tie, Proof.CURATOR, evidence="Personnage de la démonstration.")
        for terms in (Terms(), REFERENT) if mandate else ():
            give_mandate(self.session, tie, self.agents[email], terms, "Personnage de la démonstration.")
        record(self.session, "affiliation.proven", ("affiliation", tie.id), by=tie)
        return tie


def load(session: Session, progress: Progress) -> None:
    """Everything or nothing: the caller's transaction."""
    story = Story(session)
    with clock.told_as(story.today - timedelta(days=90)):
        _give_addresses(session)
        story.introduce_people()
        story.add_organisations()
        for solution in read("solutions"):
            enter(session, SYSTEM, SolutionContent(**solution))
            progress(1)
    for event in sorted(events(story), key=lambda each: each.at):
        with clock.told_as(event.at):
            event.play()
        progress(1)


def _give_addresses(session: Session) -> None:
    """Made-up official addresses for the communes of one département, so that a code may be tried."""
    communes = session.scalars(select(Organisation).where(Organisation.reference.like("commune:35%"))).all()
    rows = [{"organisation_id": each.id, "email": f"mairie@{slug(each.name)}.example"} for each in communes]
    session.execute(insert(OfficialContact), rows)
    record(session, "contacts.imported", ("referential", 1), by=SYSTEM, payload={"contacts": len(rows)})


def count_steps() -> int:
    needs = read("needs")
    joins = sum(len(each["coalition"]["members"]) for each in needs if each["coalition"])
    supports = sum(len(each["supports"]) for each in needs)
    messages = sum(1 + len(each["answers"]) for talk in read("discussions") for each in talk["messages"])
    told = messages + len(read("news"))
    return len(read("solutions")) + len(needs) + joins + supports + told + len(read("rounds")["candidates"]) + 1


def is_loaded(session: Session) -> bool:
    return session.scalar(select(Need.id).limit(1)) is not None


def events(story: Story) -> Iterator[Event]:
    for need in read("needs"):
        start = story.today - timedelta(days=need["posted_days_ago"], minutes=90)
        yield Event(start, partial(_post, story, need))
        acts = [*_supports(story, need), *_joins(story, need)]
        for number, act in enumerate(acts, start=1):
            # Spread over the days since, the last ones an hour ago.
            yield Event(start + (story.today - timedelta(hours=1) - start) * number / (len(acts) + 1), act)
    for talk in read("discussions"):
        yield from _talk(story, talk["need"], talk["messages"], {})
    for news in read("news"):
        yield Event(story.today - timedelta(days=news["days_ago"]), partial(_tell, story, news))
    yield from _round_events(story)


def _post(story: Story, need: dict[str, Any]) -> None:
    names = NeedContent.__dataclass_fields__
    content = NeedContent(
        **{**{name: need[name] or "" for name in need if name in names}, "estimated_cost": need["estimated_cost"]}
    )
    author = story.hat_of(need["author"], need["organisation"])
    story.needs[need["key"]] = post(story.session, author, None, content)


def _supports(story: Story, need: dict[str, Any]) -> Iterator[Step]:
    for reference in need["supports"]:
        yield partial(_support, story, need["key"], reference)


def _joins(story: Story, need: dict[str, Any]) -> Iterator[Step]:
    for member in (need["coalition"] or {"members": []})["members"]:
        yield partial(_join, story, need["key"], member)


def _support(story: Story, key: str, reference: str) -> None:
    support(story.session, story.hat(reference), story.needs[key].id)


def _join(story: Story, key: str, member: dict[str, Any]) -> None:
    offers = [
        Offer(
            each["kind"],
            each["amount"] * (CENTS if each["kind"] == "euros" else 1),
            each["note"] or "",
            each.get("condition"),
        )
        for each in member["pledges"]
    ]
    hat, need = story.hat(member["reference"]), story.needs[key]
    join(story.session, hat, need.id, member["role"], offers)
    if told := member.get("deliberation"):
        taken_on = (story.today - timedelta(days=told["days_ago"])).date()
        engage(story.session, hat, need.id, Decision(told["number"], taken_on))


def _talk(story: Story, key: str, messages: list[dict[str, Any]], first: dict[str, int]) -> Iterator[Event]:
    """`first`: the number of the message answered, known once it is said."""
    for each in messages:
        said: dict[str, int] = {}
        yield Event(story.today - timedelta(days=each["days_ago"]), partial(_say, story, key, each, first, said))
        yield from _talk(story, key, each.get("answers", []), said)


def _say(story: Story, key: str, each: dict[str, Any], first: dict[str, int], said: dict[str, int]) -> None:
    agent, place = story.agents[each["email"]], each["organisation"]
    voice = Voice(agent, story.hat_of(each["email"], place) if place else None)
    said["id"] = say(story.session, voice, story.needs[key].id, Words(each["text"]), first.get("id")).id


def _tell(story: Story, news: dict[str, Any]) -> None:
    hat = story.hat_of(news["email"], news["organisation"])
    tell(story.session, hat, story.needs[news["need"]].id, news["title"], news["text"])


def _round_events(story: Story) -> Iterator[Event]:
    content = read("rounds")
    soon = story.today - timedelta(minutes=30)
    for choice in content["candidates"]:
        yield Event(soon, partial(_shortlist, story, choice))
    yield Event(soon + timedelta(minutes=1), partial(_open_round, story, content))


def _open_round(story: Story, content: dict[str, Any]) -> None:
    midnight = story.today.replace(hour=11, minute=0, second=0, microsecond=0)
    starts = {Phase(phase): midnight + timedelta(days=days) for phase, days in content["phases"].items()}
    wording = RoundContent(content["title"], content["envelope"] * CENTS, content["seed"], RULE)
    round_ = create_round(story.session, story.curator(), wording, Calendar(starts))
    for choice in content["candidates"]:
        need = story.needs[choice["need"]]
        enter_candidate(story.session, story.curator(), round_.id, need.id, choice["price"] * CENTS)


def _shortlist(story: Story, choice: dict[str, Any]) -> None:
    shortlist(story.session, story.curator(), story.needs[choice["need"]].id, choice["motive"])


def _named() -> Any:
    needs = read("needs")
    references = {each["organisation"] for each in needs}
    references |= {reference for each in needs for reference in each["supports"]}
    references |= {
        member["reference"] for each in needs if each["coalition"] for member in each["coalition"]["members"]
    }
    references |= {tie["reference"] for person in read("people") for tie in person["organisations"]}
    return Organisation.reference.in_(references)
