"""What a coalition covers, on the real referential: ten thousand of them, against communes added up one by one."""

from collections import defaultdict
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.territories.models import Organisation, Territory
from coconstruction.territories.queries import atlas

pytestmark = pytest.mark.referential
CASES, SEED = 10_000, 2026
# Where one commune, département or body is another's too; each is in every fifth coalition.
ODD = (
    "commune:75056",  # Paris: a commune and a département
    "collectivite:75C",
    "collectivite:69M",  # Lyon left the Rhône
    "departement:69",
    "collectivite:6AE",  # Alsace: two départements
    "collectivite:20R",  # Corse
    "epci:200054781",  # Grand Paris, and its EPT
    "ept:200057867",
    "departement:93",
    "region:11",
)


def test_ten_thousand_coalitions_cover_the_union_of_their_communes(session: Session) -> None:
    rows = session.execute(select(Organisation.id, Organisation.reference, Organisation.kind, Organisation.population))
    bodies = {row.id: row for row in rows}
    communes: dict[int, set[int]] = defaultdict(set)
    for body, commune in session.execute(select(Territory.organisation_id, Territory.commune_id)):
        communes[body].add(commune)
    across = _across(session, communes)
    odd = [key for key, row in bodies.items() if row.reference in ODD]
    assert len(odd) >= len(ODD) - 1  # Paris has one row under two names
    assert len(across) >= 80
    chance = Random(SEED)  # noqa: S311 - the same coalitions each time
    everyone, large = list(bodies), list(communes)
    known = atlas(session)
    for number in range(CASES):
        coalition = chance.choices(everyone, k=chance.randint(0, 30)) + chance.choices(large, k=chance.randint(0, 6))
        coalition += chance.sample(odd, 3) if number % 5 == 0 else []
        coalition += chance.sample(across, 2) if number % 5 == 1 else []
        covered = set().union(*(communes.get(key) or {key} for key in coalition))
        found = known.coverage(coalition)
        assert found.communes == len(covered), coalition
        assert found.population == sum(bodies[key].population for key in covered), coalition


def _across(session: Session, communes: dict[int, set[int]]) -> list[int]:
    """EPCI over several départements."""
    departement = {
        row.id: row.departement_code for row in session.execute(select(Organisation.id, Organisation.departement_code))
    }
    epci = session.scalars(select(Organisation.id).where(Organisation.reference.startswith("epci:")))
    return [key for key in epci if len({departement[commune] for commune in communes[key]}) > 1]
