"""A published document as a reader sees it: what became of each candidate, who voted, who approved what. Pure: the
document says it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.rounds.counting.greedy import Fate
from coconstruction.web.filters import cents, number


@dataclass(frozen=True)
class Verdict:
    """What the count did with one candidate. Amounts in cents; `left` is what remained when its turn came, after
    `spent_before`."""

    candidate_id: int
    need_id: int
    title: str
    path: str
    price: int
    votes: int
    rank: int
    spent_before: int
    left: int
    fate: Fate
    votes_needed: int | None

    @property
    def selected(self) -> bool:
        return self.fate is Fate.SELECTED

    @property
    def sentence(self) -> str:
        """Its fate in one sentence."""
        if self.fate is Fate.NO_APPROVAL:
            return _("Non retenu : aucune collectivité ne l’approuve.")
        return f"{self._rank()} {self._decision()}"

    def _rank(self) -> str:
        return ngettext(
            "%(count)s voix, rang %(rank)s.",
            "%(count)s voix, rang %(rank)s.",
            self.votes,
            count=number(self.votes),
            rank=self.rank,
        )

    def _decision(self) -> str:
        amounts = {"price": cents(self.price), "left": cents(self.left)}
        if self.selected:
            return _("Retenu : son prix de %(price)s tenait dans les %(left)s qui restaient.", **amounts)
        refused = _("Non retenu : son prix de %(price)s dépassait les %(left)s qui restaient.", **amounts)
        if self.votes_needed is None:
            return f"{refused} {_('Aucun nombre de voix ne l’aurait fait tenir dans l’enveloppe.')}"
        return f"{refused} {_('Il lui aurait fallu %(count)s voix.', count=number(self.votes_needed))}"


@dataclass(frozen=True)
class Turnout:
    """`called`: how many organisations could vote."""

    label: str
    cast: int
    called: int


@dataclass(frozen=True)
class CastBallot:
    organisation: Mapping[str, Any]
    version: int
    titles: Sequence[str]
    receipt: str


class Result:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.envelope: int = document["envelope"]
        self.spent: int = document["outcome"]["spent"]

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """In the order of the count."""
        candidates = {each["id"]: each for each in self.document["candidates"]}
        return [_verdict(self.envelope, line, candidates[line["id"]]) for line in self.document["outcome"]["lines"]]

    @property
    def selected(self) -> list[Verdict]:
        return [each for each in self.verdicts if each.selected]

    @cached_property
    def ballots(self) -> list[CastBallot]:
        """By name of organisation."""
        titles = {each["id"]: each["title"] for each in self.document["candidates"]}
        named = sorted(self.document["ballots"], key=lambda ballot: ballot["organisation"]["name"])
        return [_cast(each, titles) for each in named]

    @property
    def turnout_by_kind(self) -> list[Turnout]:
        cast = self._count("kind")
        called: Mapping[str, int] = self.document["electorate"]["kinds"]
        return [Turnout(kind, cast.get(kind, 0), count) for kind, count in called.items()]

    @property
    def turnout_by_departement(self) -> list[Turnout]:
        """The départements where at least one organisation voted."""
        cast = self._count("departement")
        names = {each["organisation"]["departement"]: each["organisation"] for each in self.document["ballots"]}
        called: Mapping[str, int] = self.document["electorate"]["departements"]
        found = [Turnout(_place(names[code]), cast[code], called.get(code or "", 0)) for code in cast]
        return sorted(found, key=lambda each: (-each.cast, each.label))

    def _count(self, key: str) -> dict[Any, int]:
        counts: dict[Any, int] = {}
        for each in self.document["ballots"]:
            value = each["organisation"][key]
            counts[value] = counts.get(value, 0) + 1
        return counts


def _cast(ballot: Mapping[str, Any], titles: Mapping[int, str]) -> CastBallot:
    chosen = [titles[choice] for choice in ballot["choices"]]
    return CastBallot(ballot["organisation"], ballot["version"], chosen, ballot["receipt"])


def _verdict(envelope: int, line: Mapping[str, Any], candidate: Mapping[str, Any]) -> Verdict:
    return Verdict(
        candidate_id=candidate["id"],
        need_id=candidate["need"],
        title=candidate["title"],
        path=candidate["path"],
        price=candidate["price"],
        votes=line["approvals"],
        rank=line["rank"],
        spent_before=envelope - line["remaining"],
        left=line["remaining"],
        fate=Fate(line["fate"]),
        votes_needed=line["approvals_needed"],
    )


def _place(organisation: Mapping[str, Any]) -> str:
    if not organisation["departement"]:
        return _("Plusieurs départements")
    return f"{organisation['departement_name']} ({organisation['departement']})"
