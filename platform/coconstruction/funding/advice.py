"""Which desk can pay for a need on a given day: what is met, what is missing, how much. No site, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from coconstruction.coalitions.thresholds import Figures, Progress, evaluate, parse
from coconstruction.funding.desks import (
    BelowThresholdOf,
    Criterion,
    Desk,
    DeskRule,
    Families,
    Gathering,
    Nature,
    Natures,
    ToCheck,
)

HUNDRED = 100


@dataclass(frozen=True)
class Situation:
    """`kinds` of the members; `inhabitants` of the union of their communes, never a sum; `departements`: whole ones."""

    nature: Nature = Nature.SERVICE
    theme: str = ""
    origin: str = "need"
    cost_cents: int | None = None
    kinds: frozenset[str] = frozenset()
    inhabitants: int = 0
    departements: int = 0
    organisations: int = 0
    regions: int = 0
    pledged_cents: int = 0

    @property
    def figures(self) -> Figures:
        whole_euros = self.cost_cents // HUNDRED if self.cost_cents else None
        counts = (self.inhabitants, self.departements, self.organisations, self.regions)
        return Figures(*counts, self.pledged_cents, whole_euros)


class Standing(StrEnum):
    """Of a desk's rule on a day. UNKNOWN: the sources do not tell whether it receives."""

    OPEN = "open"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    DRAFT = "draft"


class Outcome(StrEnum):
    """DOUBTFUL: the sources do not say, or the site does not know."""

    MET = "met"
    MISSING = "missing"
    DOUBTFUL = "doubtful"


class Verdict(StrEnum):
    PAYS = "pays"
    ASK = "ask"
    LACKS = "lacks"
    SHUT = "shut"


@dataclass(frozen=True)
class Finding:
    """`progress`: of a threshold."""

    criterion: Criterion
    outcome: Outcome
    progress: Progress | None = None


@dataclass(frozen=True)
class Line:
    """What one desk answers. `amount_cents`: what its rule gives when nothing is missing, were it open; none when
    unknown."""

    rule: DeskRule
    standing: Standing
    findings: Sequence[Finding]
    to_check: Sequence[ToCheck]
    amount_cents: int | None

    def having(self, outcome: Outcome) -> Sequence[Finding]:
        return [each for each in self.findings if each.outcome is outcome]

    @property
    def met(self) -> Sequence[Finding]:
        return self.having(Outcome.MET)

    @property
    def missing(self) -> Sequence[Finding]:
        return self.having(Outcome.MISSING)

    @property
    def doubtful(self) -> Sequence[Finding]:
        return self.having(Outcome.DOUBTFUL)

    @property
    def concerns(self) -> bool:
        """Whether it pays for such things at all."""
        return not any(isinstance(each.criterion, Natures) for each in self.missing)

    @property
    def verdict(self) -> Verdict:
        if self.standing in (Standing.NOT_YET, Standing.CLOSED, Standing.DRAFT):
            return Verdict.SHUT
        if self.missing:
            return Verdict.LACKS
        return Verdict.PAYS if self.standing is Standing.OPEN and not self.doubtful else Verdict.ASK


def advise(situation: Situation, rules: Iterable[DeskRule], as_of: date) -> list[Line]:
    """One line a desk, in the order of `Desk`, each under its rule of that day."""
    chosen = in_force(rules, as_of)
    return [_line(situation, chosen[desk], chosen, as_of) for desk in Desk if desk in chosen]


def in_force(rules: Iterable[DeskRule], as_of: date) -> dict[Desk, DeskRule]:
    """Of each desk, the rule stated last by that day; before all of them, the first one, which says when it begins."""
    order = list(Desk)
    ordered = sorted(rules, key=lambda rule: (order.index(rule.desk), rule.period.stated or date.min))
    found = {}
    for desk, group in groupby(ordered, key=lambda rule: rule.desk):
        first, *later = group
        known = [rule for rule in later if (rule.period.stated or date.min) <= as_of]
        found[desk] = known[-1] if known else first
    return found


def standing(rule: DeskRule, as_of: date) -> Standing:
    period = rule.period
    if period.opens and as_of < period.opens:
        return Standing.NOT_YET
    if rule.draft:
        return Standing.DRAFT
    if period.closes and as_of > period.closes:
        return Standing.CLOSED
    if period.opens and period.closes:
        return Standing.OPEN
    if period.attested and period.attested[0] <= as_of <= period.attested[1]:
        return Standing.OPEN
    return Standing.NOT_YET if period.stated and as_of < period.stated else Standing.UNKNOWN


def best(lines: Iterable[Line]) -> Line | None:
    """The one that pays most among those sure to pay a stated amount: what depends on a choice is not counted upon."""
    paying = [each for each in lines if each.verdict is Verdict.PAYS and each.amount_cents and not each.rule.at_most]
    return max(paying, key=lambda each: each.amount_cents or 0, default=None)


def _line(situation: Situation, rule: DeskRule, chosen: dict[Desk, DeskRule], as_of: date) -> Line:
    findings = [_finding(situation, criterion, chosen) for criterion in rule.criteria]
    to_check = [each for each in rule.to_check if each.origin in ("", situation.origin)]
    lacks = any(each.outcome is Outcome.MISSING for each in findings)
    amount = None if lacks else _amount(rule, situation.cost_cents)
    return Line(rule, standing(rule, as_of), findings, to_check, amount)


def _finding(situation: Situation, criterion: Criterion, chosen: dict[Desk, DeskRule]) -> Finding:
    if isinstance(criterion, Gathering):
        progress = evaluate(parse(criterion.tree), situation.figures)
        return Finding(criterion, Outcome.MET if progress.met else Outcome.MISSING, progress)
    if isinstance(criterion, BelowThresholdOf):
        return _below(situation, criterion, chosen)
    if isinstance(criterion, Families):
        return Finding(criterion, Outcome.MET if situation.theme in criterion.themes else Outcome.DOUBTFUL)
    asked: frozenset[str] = frozenset({situation.nature}) if isinstance(criterion, Natures) else situation.kinds
    if asked & criterion.served:
        return Finding(criterion, Outcome.MET)
    return Finding(criterion, Outcome.DOUBTFUL if asked & criterion.doubtful else Outcome.MISSING)


def _below(situation: Situation, criterion: BelowThresholdOf, chosen: dict[Desk, DeskRule]) -> Finding:
    trees = [each.tree for each in chosen[criterion.desk].criteria if isinstance(each, Gathering)]
    reached = [evaluate(parse(tree), situation.figures) for tree in trees]
    served = all(each.met for each in reached)
    return Finding(criterion, Outcome.MISSING if served else Outcome.MET, reached[0] if reached else None)


def _amount(rule: DeskRule, cost_cents: int | None) -> int | None:
    """Rounded down to the cent: an aid is not promised above its share."""
    if rule.flat_cents is not None:
        return rule.flat_cents
    if rule.share_percent is None or cost_cents is None:
        return None
    share = cost_cents * rule.share_percent // HUNDRED
    return min(share, rule.ceiling_cents) if rule.ceiling_cents is not None else share
