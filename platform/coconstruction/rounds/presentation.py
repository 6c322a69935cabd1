"""What several pages of a round say alike: where it stands, its steps, the changes made to its dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.queries import Move, RoundSummary
from coconstruction.rounds.wording import PHASES, moment, sentence


@dataclass(frozen=True)
class Change:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class ShownMove:
    at: datetime
    changes: list[Change]


def round_sentence(summary: RoundSummary) -> str:
    return sentence(summary.phase, summary.title, summary.ends_at, clock.now())


def steps(summary: RoundSummary) -> list[dict[str, str]]:
    """The calendar as its component draws it."""
    reached = list(Phase).index(summary.phase) if summary.phase else -1
    return [
        {
            "label": str(PHASES[phase]),
            "when": _("depuis le %(date)s", date=moment(start)) if rank == reached else moment(start),
            "state": "current" if rank == reached else ("past" if rank < reached else "next"),
        }
        for rank, (phase, start) in enumerate(summary.calendar.starts.items())
    ]


def shown(move: Move) -> ShownMove:
    return ShownMove(
        move.at,
        [
            Change(PHASES[phase], moment(before), moment(move.after.starts[phase]))
            for phase, before in move.before.starts.items()
            if before != move.after.starts[phase]
        ],
    )
