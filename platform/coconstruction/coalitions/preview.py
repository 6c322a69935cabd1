"""What one organisation more, or one less, would change, said before it acts."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from coconstruction.coalitions import queries
from coconstruction.coalitions.models import PledgeKind
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
    falls: bool


def preview(session: Session, need: Need, coalition: queries.Coalition, newcomer: Organisation) -> Effect:
    there = [each.membership.organisation for each in coalition.members]
    together = {each.id: each for each in [*there, newcomer]}
    return _effect(session, need, coalition, list(together.values()), coalition.totals.get("euros", 0))


def without(session: Session, need: Need, coalition: queries.Coalition, leaver: queries.Member) -> Effect:
    """`gain` is then below zero or nothing. What it pledged goes with it."""
    left = [each.membership.organisation for each in coalition.members if each.membership is not leaver.membership]
    own = sum(each.amount for each in leaver.counted if each.kind == PledgeKind.EUROS)
    return _effect(session, need, coalition, left, coalition.totals.get("euros", 0) - own)


def _effect(
    session: Session, need: Need, coalition: queries.Coalition, organisations: list[Organisation], pledged_cents: int
) -> Effect:
    inhabitants = queries.coverage_of(session, [each.id for each in organisations]).population
    _, rule = queries.rule_in_force(session)
    progress = evaluate(rule, queries.figures(session, need, organisations, pledged_cents, inhabitants))
    return Effect(
        gain=inhabitants - need.covered_population,
        share_before=coalition.progress.share,
        share_after=progress.share,
        crosses=progress.met and not coalition.progress.met,
        falls=coalition.progress.met and not progress.met,
    )
