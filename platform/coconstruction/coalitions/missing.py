"""Who is missing: the smallest sets of organisations whose joining would carry a coalition over the line.

Pure. A set is a core, which brings the territory that lacks, and as many others, whoever they are, as the rule still
counts. Cores of one, two and three bodies are all looked at, among the candidates given; beyond, one at a time, the
most useful first."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from coconstruction.coalitions.thresholds import Figures, Rule, is_met
from coconstruction.territories.coverage import Atlas

LARGEST_CORE = 3
LOOKED_AT = {0: 0, 1: 400, 2: 90, 3: 45}  # how many of the candidates, by the size of the core
MOST_OTHERS, MOST_ADDED = 60, 12
MOST_PROPOSALS = 5


@dataclass(frozen=True)
class Candidate:
    """`mask`: its communes among the bits of the atlas. `gain`: the inhabitants that it alone would add. `affinity`:
    how near it is to the coalition, the more the better."""

    id: int
    mask: int
    gain: int
    departement_level: bool
    region: str | None
    affinity: int


@dataclass(frozen=True)
class Situation:
    """A coalition: what it covers, the régions it lies in, and the figures that the rule reads."""

    mask: int
    regions: frozenset[str]
    figures: Figures


@dataclass(frozen=True)
class Proposal:
    """`bodies` and any `others` of the rest. `gain` in inhabitants. `least`: no smaller set does it, among those looked
    at."""

    bodies: tuple[Candidate, ...]
    others: int
    gain: int
    least: bool

    @property
    def size(self) -> int:
        return len(self.bodies) + self.others


def proposals(atlas: Atlas, situation: Situation, rule: Rule, candidates: Sequence[Candidate]) -> list[Proposal]:
    """The smallest first, then those that leave most freedom, the nearest, the least populated: easiest to reach. None
    once the line is crossed, nor when the rule lacks something that no organisation brings by joining (money)."""
    if is_met(rule, situation.figures):
        return []
    fresh = [each for each in candidates if each.mask & ~situation.mask or each.departement_level]
    search = _Search(atlas, situation, rule, _best(fresh))
    found: list[Proposal] = []
    for size in range(LARGEST_CORE + 1):
        if found and min(each.size for each in found) <= max(size, search.fewest()):
            break  # no larger core makes a smaller set
        found += search.cores(size)
    found = found or search.added()
    found = [each for each in found if each.others <= len(fresh) - len(each.bodies)]
    return sorted(found, key=search.rank)[:MOST_PROPOSALS]


def after(atlas: Atlas, situation: Situation, bodies: Sequence[Candidate], others: int = 0) -> Figures:
    """The figures once they have joined, and `others` of whom nothing is known."""
    mask = situation.mask
    for each in bodies:
        mask |= each.mask
    return _joined(situation, bodies, atlas.population(mask), others)


def _joined(situation: Situation, bodies: Sequence[Candidate], inhabitants: int, others: int) -> Figures:
    now = situation.figures
    return Figures(
        inhabitants=inhabitants,
        departements=now.departements + sum(each.departement_level for each in bodies),
        organisations=now.organisations + len(bodies) + others,
        regions=len(situation.regions | {each.region for each in bodies if each.region}),
        pledged_cents=now.pledged_cents,
        estimated_cost=now.estimated_cost,
    )


def _best(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The nearest first, then those that bring most."""
    return sorted(candidates, key=lambda each: (-each.affinity, -each.gain, each.id))


@dataclass(frozen=True)
class _Search:
    atlas: Atlas
    situation: Situation
    rule: Rule
    ranked: Sequence[Candidate]

    def cores(self, size: int) -> Iterator[Proposal]:
        enough = 0
        for bodies in combinations(self._looked_at(size), size):
            # What they would add at most: if that is not enough, nor is the truth.
            most = self.situation.figures.inhabitants + sum(each.gain for each in bodies)
            if self._others(bodies, most) is None:
                continue
            inhabitants = most if size < 2 or self._apart(bodies) else self._together(bodies)
            others = self._others(bodies, inhabitants)
            if others is None or self._needless(bodies, others):
                continue
            enough += 1
            yield Proposal(bodies, others, inhabitants - self.situation.figures.inhabitants, least=True)
            if enough >= 4 * MOST_PROPOSALS and size > 1:
                return

    def fewest(self) -> int:
        """How many must come at the very least, whatever they bring."""
        now = self.situation.figures
        dream = replace(now, inhabitants=2**40, departements=2**20, regions=2**20)
        counts = range(1, MOST_OTHERS + 1)
        met = (n for n in counts if is_met(self.rule, replace(dream, organisations=now.organisations + n)))
        return next(met, MOST_OTHERS)

    def added(self) -> list[Proposal]:
        """The one that adds most, again and again."""
        bodies: tuple[Candidate, ...] = ()
        left = list(self.ranked)
        while left and len(bodies) < MOST_ADDED:
            best = max(left, key=lambda each: (self._together((*bodies, each)), each.affinity))
            left.remove(best)
            bodies = (*bodies, best)
            inhabitants = self._together(bodies)
            if (others := self._others(bodies, inhabitants)) is not None:
                return [Proposal(bodies, others, inhabitants - self.situation.figures.inhabitants, least=False)]
        return []

    def rank(self, proposal: Proposal) -> tuple[int, int, int, int, tuple[int, ...]]:
        near = -sum(each.affinity for each in proposal.bodies)
        return proposal.size, len(proposal.bodies), near, proposal.gain, tuple(each.id for each in proposal.bodies)

    def _looked_at(self, size: int) -> Sequence[Candidate]:
        """The nearest, and those that bring most whatever their place."""
        count = LOOKED_AT[size]
        if len(self.ranked) <= count:
            return self.ranked
        large = sorted(self.ranked, key=lambda each: -each.gain)[: count // 2]
        taken = {each.id for each in large}
        near = (each for each in self.ranked if each.id not in taken)
        return [*islice(near, count - len(large)), *large]

    def _others(self, bodies: tuple[Candidate, ...], inhabitants: int) -> int | None:
        """How many more must come, whoever they are; None when no number of them is enough."""
        if not self._met(bodies, inhabitants, MOST_OTHERS):
            return None
        counts = range(MOST_OTHERS + 1)  # the more they are, the nearer the line
        return bisect_left(counts, True, key=lambda count: self._met(bodies, inhabitants, count))

    def _met(self, bodies: tuple[Candidate, ...], inhabitants: int, others: int) -> bool:
        return is_met(self.rule, _joined(self.situation, bodies, inhabitants, others))

    def _needless(self, bodies: tuple[Candidate, ...], others: int) -> bool:
        """Whether one of these could be anyone: the set is then another core with one more of the others."""
        for left_out in range(len(bodies)):
            rest = bodies[:left_out] + bodies[left_out + 1 :]
            without = self._others(rest, self._together(rest))
            if without is not None and without <= others + 1:
                return True
        return False

    def _apart(self, bodies: tuple[Candidate, ...]) -> bool:
        outside = [each.mask & ~self.situation.mask for each in bodies]
        return all(not one & other for one, other in combinations(outside, 2))

    def _together(self, bodies: tuple[Candidate, ...]) -> int:
        return after(self.atlas, self.situation, bodies).inhabitants
