"""What a territory holds of each département."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.territories.departements import departements, region_names, shares
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import atlas
from tests import cast

pytestmark = pytest.mark.referential


def held(session: Session, *references: str) -> dict[str, tuple[int, int]]:
    ids = [cast.organisation(session, reference).id for reference in references]
    return {each.departement.code: (each.communes, each.population) for each in shares(session, ids)}


def test_each_commune_is_in_one_departement(session: Session) -> None:
    every = departements(session)
    assert {code for code in every if len(code) == 2} >= {"01", "2A", "35", "95"}
    communes = select(Organisation.id).where(Organisation.insee_code.is_not(None), Organisation.active)
    assert sum(each.communes for each in every.values()) == len(session.scalars(communes).all())
    assert sum(each.mask.bit_count() for each in every.values()) == len(atlas(session).places)


def test_a_region_holds_its_departements_whole(session: Session) -> None:
    every = departements(session)
    assert held(session, cast.BRETAGNE) == {
        code: (every[code].communes, every[code].population) for code in ("22", "29", "35", "56")
    }


def test_no_inhabitant_counts_twice(session: Session) -> None:
    alone = held(session, cast.RENNES_METROPOLE)
    assert alone == {"35": (43, cast.organisation(session, cast.RENNES_METROPOLE).population)}
    assert held(session, cast.RENNES_METROPOLE, cast.VERN) == alone


def test_an_epci_over_three_departements_is_in_each(session: Session) -> None:
    found = held(session, "epci:243500741")
    assert found.keys() == {"35", "44", "56"}
    assert sum(people for _, people in found.values()) == cast.organisation(session, "epci:243500741").population


def test_the_metropole_de_lyon_is_in_the_rhone_of_the_files(session: Session) -> None:
    assert held(session, "collectivite:69M").keys() == {"69"}


def test_regions_are_in_the_order_of_their_names(session: Session) -> None:
    names = list(region_names(departements(session)).values())
    assert names.index("Auvergne-Rhône-Alpes") < names.index("Bretagne") < names.index("Île-de-France")
