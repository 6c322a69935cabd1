"""Real participatory budgets (Pabulib), counted again: the winners their cities published are the winners found here.

The elections are no part of this repository: the tests run where ../shared/data/pabulib holds them."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from coconstruction.rounds.counting.greedy import Candidate, Fate, Outcome, count, tally

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
ABSENT = pytest.param("", marks=pytest.mark.skip(reason=f"the Pabulib elections are not in {FOLDER}"))

Row = Mapping[str, str]


@dataclass(frozen=True)
class Election:
    """`points`: what each voter gave to whom; an approval is one point."""

    meta: Mapping[str, str]
    projects: Sequence[Row]
    votes: Sequence[Row]

    def points(self) -> Iterator[Mapping[str, int]]:
        for vote in self.votes:
            chosen = [each for each in vote["vote"].split(",") if each]
            yield dict(zip(chosen, self._worth(vote, len(chosen)), strict=True))

    def _worth(self, vote: Row, chosen: int) -> Sequence[int]:
        if self.meta["vote_type"] == "cumulative":
            return [int(each) for each in vote["points"].split(",") if each]
        if self.meta["vote_type"] == "ordinal":
            longest = int(self.meta["max_length"])
            return range(longest, longest - chosen, -1)
        return [1] * chosen

    def published_score(self, project: Row) -> int:
        return int(project["score"] if "score" in project else project["votes"])

    def published_winners(self) -> set[str]:
        """1: within the envelope. Other marks are money from elsewhere, as the comments of the files say."""
        return {each["project_id"] for each in self.projects if each["selected"] == "1"}


@cache
def read(name: str) -> Election:
    sections: dict[str, list[list[str]]] = {}
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter=";"):
            if len(row) == 1 and row[0] in ("META", "PROJECTS", "VOTES"):
                sections[row[0]] = []
            elif row:
                sections[list(sections)[-1]].append(row)
    projects, votes = (
        [dict(zip(sections[part][0], row, strict=False)) for row in sections[part][1:]]
        for part in ("PROJECTS", "VOTES")
    )
    return Election({row[0]: row[1] for row in sections["META"][1:]}, projects, votes)


def elections(*rules: str) -> list[object]:
    """Files of these rules whose published winners the manifest says to be those of « ties to the lower cost »."""
    if not FOLDER.exists():
        return [ABSENT]
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    kept = [row["file"] for row in rows if row["rule"] in rules and "lower cost" in row["greedy_reproduced_with"]]
    return [pytest.param(name, id=name.removesuffix(".pb")) for name in kept]


def cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def candidates_of(election: Election) -> dict[str, Candidate]:
    return {
        each["project_id"]: Candidate(rank, cents(each["cost"]), rank)
        for rank, each in enumerate(election.projects, start=1)
    }


def ballots_of(election: Election, known: Mapping[str, Candidate]) -> dict[tuple[int, int], list[int]]:
    """A voter who gives three points to a project is three voters who approve it."""
    ballots: dict[tuple[int, int], list[int]] = {}
    for voter, points in enumerate(election.points()):
        for project, worth in points.items():
            for each in range(worth):
                ballots.setdefault((voter, each), []).append(known[project].id)
    return ballots


def counted(election: Election) -> tuple[dict[int, str], Outcome]:
    """Under its own threshold of points, where it has one: a project below it stands as if nobody wanted it."""
    known = candidates_of(election)
    floor = int(election.meta.get("min_project_score_threshold", 0))
    ballots = ballots_of(election, known)
    approvals = tally(known.values(), ballots)
    standing = [each for each in known.values() if approvals[each.id] >= floor]
    kept = {each.id for each in standing}
    choices = {voter: [each for each in chosen if each in kept] for voter, chosen in ballots.items()}
    names = {each.id: project for project, each in known.items()}
    return names, count(standing, choices, cents(election.meta["budget"]))


@pytest.mark.parametrize("name", elections("greedy", "greedy-threshold"))
def test_the_winners_are_those_the_city_published(name: str) -> None:
    election = read(name)
    names, outcome = counted(election)
    assert {names[each] for each in outcome.selected} == election.published_winners()


@pytest.mark.parametrize("name", elections("greedy-no-skip"))
def test_a_city_that_stops_at_the_first_that_does_not_fit_published_the_head_of_the_count(name: str) -> None:
    election = read(name)
    names, outcome = counted(election)
    head = []
    for line in outcome.lines:
        if line.fate is not Fate.SELECTED:
            break
        head.append(names[line.id])
    assert set(head) == election.published_winners()


@pytest.mark.parametrize("name", elections("greedy", "greedy-threshold", "greedy-no-skip"))
def test_the_voices_counted_are_those_the_city_published(name: str) -> None:
    election = read(name)
    found: Counter[str] = Counter()
    for points in election.points():
        found.update(points)
    assert {each["project_id"]: found[each["project_id"]] for each in election.projects} == {
        each["project_id"]: election.published_score(each) for each in election.projects
    }
