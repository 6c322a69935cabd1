"""The phases of a round, worked out from dates and the clock: right with every scheduler stopped (DESIGN §2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from coconstruction.clock import PARIS


class Phase(StrEnum):
    COLLECTING = "collecting"
    SUPPORTING = "supporting"
    SHORTLISTING = "shortlisting"
    VOTING = "voting"
    COUNTING = "counting"
    PUBLISHED = "published"
    PILOTING = "piloting"


class BadCalendar(ValueError):
    """`phase` is the one that is missing or does not start after the one before it."""

    def __init__(self, phase: Phase) -> None:
        super().__init__(phase.value)
        self.phase = phase


@dataclass(frozen=True)
class Calendar:
    """When each phase starts (aware datetimes). A phase lasts until the next one starts: at that instant it is over."""

    starts: Mapping[Phase, datetime]

    def __post_init__(self) -> None:
        for phase in Phase:
            if phase not in self.starts:
                raise BadCalendar(phase)
        # In UTC: within one time zone, Python compares what the clocks show, and those go back an hour in autumn.
        object.__setattr__(self, "starts", {phase: _instant(self.starts[phase]) for phase in Phase})
        for before, after in zip(list(Phase)[:-1], list(Phase)[1:], strict=True):
            if self.starts[after] <= self.starts[before]:
                raise BadCalendar(after)

    def phase_at(self, moment: datetime) -> Phase | None:
        """None before the first phase."""
        begun = [phase for phase in Phase if self.starts[phase] <= moment]
        return begun[-1] if begun else None

    def ends_at(self, phase: Phase) -> datetime | None:
        """None for the last phase, which does not end."""
        following = _after(phase)
        return self.starts[following] if following else None

    def next_phase(self, moment: datetime) -> Phase | None:
        current = self.phase_at(moment)
        return Phase.COLLECTING if current is None else _after(current)

    def beginning(self, phase: Phase, moment: datetime) -> "Calendar":
        """The calendar moved so that `phase` starts at `moment`, each other phase keeping its length."""
        shift = moment - self.starts[phase]
        return Calendar({each: start + shift for each, start in self.starts.items()})


def from_paris(local: datetime) -> datetime:
    """The instant of a naive time read on a clock in Paris. An hour that the change to summer time skips is read as one
    hour later; of the hour that comes twice in autumn, the first is meant."""
    return local.replace(tzinfo=PARIS, fold=0).astimezone(UTC)


def to_paris(moment: datetime) -> datetime:
    """What the clock in Paris shows, naive, as a form field takes it."""
    return moment.astimezone(PARIS).replace(tzinfo=None)


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def _after(phase: Phase) -> Phase | None:
    phases = list(Phase)
    rank = phases.index(phase) + 1
    return phases[rank] if rank < len(phases) else None
