"""What one more organisation would change, said before it commits."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from coconstruction.coalitions import queries
from coconstruction.coalitions.thresholds import evaluate
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation


@dataclass(frozen=True)
class Effect:
    """`gain` in inhabitants; shares of the threshold in percent."""

    gain: int
    share_before: int
    share_after: int
    crosses: bool


def preview(session: Session, need: Need, coalition: queries.Coalition, newcomer: Organisation) -> Effect:
    there = [each.membership.organisation for each in coalition.members]
    together = {each.id: each for each in [*there, newcomer]}
    inhabitants = queries.coverage_of(session, together).population
    _, rule = queries.rule_in_force(session)
    after = queries.figures(session, need, list(together.values()), coalition.totals.get("euros", 0), inhabitants)
    progress = evaluate(rule, after)
    return Effect(
        gain=inhabitants - need.covered_population,
        share_before=coalition.progress.share,
        share_after=progress.share,
        crosses=progress.met and not coalition.progress.met,
    )
