"""What should be true of ties between people and organisations, told without the product: who stands on which proof,
who was put out by whom, which mandates hold. Kept beside the real thing by test_no_act_without_proof.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

CODE_LASTS, MOST_ATTEMPTS, CODES_A_DAY = timedelta(hours=24), 5, 3
INVITATION_LASTS = timedelta(days=14)
ASSISTANCE_LASTS = timedelta(hours=4)
OWN_MAILBOX = {"official_address", "official_code"}
TIMELESS = datetime.max.replace(tzinfo=UTC)


@dataclass
class Mandate:
    """`on`: a need's or a round's number, or None for everything."""

    number: int
    referent: bool
    on: tuple[str, int] | None
    starts: datetime
    ends: datetime | None
    ended: bool = False

    def holds(self, now: datetime) -> bool:
        return not self.ended and self.starts <= now and (self.ends is None or now < self.ends)


@dataclass
class Code:
    figures: str
    sent: datetime
    attempts: int = 0
    used: bool = False

    def serves(self, now: datetime) -> bool:
        return not self.used and self.attempts < MOST_ATTEMPTS and now < self.sent + CODE_LASTS


@dataclass
class Tie:
    """`state`: asked, standing, suspended or ended. `put_out_by`: "team" or "referent", until people let in again."""

    state: str = "asked"
    proofs: set[str] = field(default_factory=set)
    put_out_by: str | None = None
    lapses: datetime = TIMELESS
    mandates: list[Mandate] = field(default_factory=list)
    code: Code | None = None

    def live(self, now: datetime) -> bool:
        return self.state == "standing" and bool(self.proofs) and now < self.lapses

    def commits(self, now: datetime, to: tuple[str, int]) -> bool:
        right = (each for each in self.mandates if not each.referent and each.on in (None, to))
        return self.live(now) and any(each.holds(now) for each in right)

    def referent(self, now: datetime) -> bool:
        return self.live(now) and any(each.referent and each.holds(now) for each in self.mandates)

    def named(self) -> bool:
        """Has the care of the organisation's people, if not now."""
        return self.state != "ended" and any(each.referent and not each.ended for each in self.mandates)

    def prove(self, rung: str, *, by_people: bool = False) -> None:
        self.proofs.add(rung)
        self.state = "standing"
        if by_people:
            self.put_out_by = None

    def ask_anew(self) -> None:
        self.state, self.lapses = "asked", TIMELESS
        self.proofs.clear()

    def end(self, put_out_by: str | None = None) -> None:
        self.state = "ended"
        self.proofs.clear()
        self.put_out_by = put_out_by or self.put_out_by
        for each in self.mandates:
            each.ended = True

    def lose(self, rung: str) -> None:
        if rung in self.proofs:
            self.proofs.remove(rung)
            self.state = "standing" if self.proofs else "suspended"


@dataclass
class World:
    """`directory`: the official addresses of each organisation. `small`: those where a code may be sent. `free`: the
    domains where anyone opens a mailbox."""

    curators: Collection[str]
    directory: Mapping[str, Collection[str]]
    small: Collection[str]
    free: Collection[str]
    ties: dict[tuple[str, str], Tie] = field(default_factory=dict)
    proving: set[tuple[str, str]] = field(default_factory=set)
    sent: dict[str, list[datetime]] = field(default_factory=dict)
    had_referent: set[str] = field(default_factory=set)

    def tie(self, person: str, body: str) -> Tie | None:
        return self.ties.get((person, body))

    def live(self, person: str, body: str, now: datetime) -> bool:
        found = self.tie(person, body)
        return found is not None and found.live(now)

    def people(self, body: str) -> list[Tie]:
        return [found for (_, place), found in self.ties.items() if place == body]

    def referents(self, body: str, now: datetime) -> int:
        return sum(found.referent(now) for found in self.people(body))

    def named(self, body: str) -> bool:
        return any(found.named() for found in self.people(body))

    def in_charge(self, person: str, body: str, now: datetime) -> str | None:
        found = self.tie(person, body)
        if found is not None and found.referent(now):
            return "referent"
        return "team" if person in self.curators else None

    def rules(self, person: str, over: str, body: str, now: datetime) -> str | None:
        """As whom, if at all: nobody decides for oneself."""
        return None if person == over else self.in_charge(person, body, now)

    def side(self, person: str) -> str:
        return "team" if person in self.curators else "referent"

    def by_address(self, person: str, body: str) -> str | None:
        domain = person.split("@")[1]
        if person in self.directory[body]:
            return "official_address"
        return "email_domain" if domain not in self.free and (domain, body) in self.proving else None

    def ask(self, person: str, body: str, now: datetime) -> None:
        known = self.tie(person, body)
        found = self.ties.setdefault((person, body), Tie())
        if found.live(now):
            return
        if known is not None and found.state != "asked":
            found.ask_anew()
        rung = self.by_address(person, body)
        if rung and found.put_out_by is None:
            found.prove(rung)

    def may_send(self, person: str, body: str, now: datetime) -> bool:
        found = self.tie(person, body)
        if found is None or found.live(now) or found.state == "ended" or found.put_out_by:
            return False
        recent = [each for each in self.sent.get(body, []) if each > now - CODE_LASTS]
        return body in self.small and len(recent) < CODES_A_DAY

    def may_type(self, person: str, body: str, now: datetime) -> bool:
        found = self.tie(person, body)
        if found is None or found.live(now) or found.state == "ended" or found.put_out_by:
            return False
        return found.code is not None and found.code.serves(now)

    def verify(self, domain: str, body: str, now: datetime) -> None:
        self.proving.add((domain, body))
        for (person, place), found in self.ties.items():
            waits = found.state in ("asked", "suspended") and found.put_out_by is None
            if place == body and person.endswith(f"@{domain}") and waits and not found.live(now):
                found.prove("email_domain")

    def refuse(self, domain: str, body: str) -> None:
        self.proving.discard((domain, body))
        for (person, place), found in self.ties.items():
            if place == body and person.endswith(f"@{domain}") and found.state != "ended":
                found.lose("email_domain")
