"""What each curator has to do: theirs to write, waiting for a second one, to discuss, done. Nothing here tells a
curator who has still to write what the others think: neither a list, nor its order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from coconstruction.accounts.models import Agent
from coconstruction.needs.models import Need
from coconstruction.scoring import queries
from coconstruction.scoring.panel import Panel
from coconstruction.scoring.score import Summary


@dataclass(frozen=True)
class Row:
    need: Need
    panel: Panel
    summary: Summary | None


@dataclass
class Lists:
    to_write: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    to_discuss: list[Row] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)
    recused: list[Row] = field(default_factory=list)
    cut: bool = False


def lists_for(session: Session, curator: Agent) -> Lists:
    """Those that waited longest first. Nine statements, however many needs."""
    needs: Sequence[Need] = queries.needs_to_review(session)
    panels = {key: panel for key, (panel, _) in queries.panels(session, curator, needs).items()}
    summaries = queries.summaries(session, panels)
    lists = Lists(cut=len(needs) == queries.MOST_NEEDS)
    for need in needs:
        row = Row(need, panels[need.id], summaries.get(need.id))
        _place(lists, row).append(row)
    return lists


def _place(lists: Lists, row: Row) -> list[Row]:
    if row.panel.recused:
        return lists.recused
    if row.panel.writable:
        return lists.to_write
    if row.summary is None:
        return lists.waiting
    return lists.to_discuss if row.summary.to_discuss else lists.done
