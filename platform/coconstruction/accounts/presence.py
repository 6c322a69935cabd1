"""Who belongs to an organisation, as anyone may read it: how many by profile, and their functions. Never a name, never
an address."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Proof, Role
from coconstruction.accounts.queries import LIVE

MOST_FUNCTIONS = 12
NOT_A_FUNCTION = "@"  # an address typed where a function was asked


@dataclass(frozen=True)
class Presence:
    """`counts` by profile, in the order of `Role`; `functions` as written, the most held first."""

    counts: Sequence[tuple[Role, int]]
    functions: Sequence[str]


def presence(session: Session, organisation_id: int) -> Presence:
    held = func.count().label("held")
    wanted = (
        select(Affiliation.role, Affiliation.function, held)
        .where(Affiliation.organisation_id == organisation_id, LIVE, Affiliation.proof != Proof.ASSISTED)
        .group_by(Affiliation.role, Affiliation.function)
        .order_by(held.desc(), Affiliation.function)
    )
    rows = [(Role(role), function.strip(), number) for role, function, number in session.execute(wanted)]
    counts = [(role, sum(number for each, _, number in rows if each == role)) for role in Role]
    functions = dict.fromkeys(function for _, function, _ in rows if function and NOT_A_FUNCTION not in function)
    return Presence([(role, number) for role, number in counts if number], list(functions)[:MOST_FUNCTIONS])
