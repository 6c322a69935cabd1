from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from coconstruction.coalitions.queries import Coalition, coalition
from coconstruction.needs.models import Need
from coconstruction.territories.departements import Share, shares
from coconstruction.territories.queries import vintage


@dataclass(frozen=True)
class Facts:
    """What the papers of a need are made of. `vintage`: of the populations."""

    need: Need
    coalition: Coalition
    shares: Sequence[Share]
    vintage: str


def facts(session: Session, need: Need) -> Facts:
    """As many statements for two thousand members as for one."""
    joined = coalition(session, need)
    covered = shares(session, [each.membership.organisation_id for each in joined.members])
    return Facts(need, joined, covered, vintage(session))
