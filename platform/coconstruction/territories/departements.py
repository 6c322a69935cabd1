"""The départements: their names, and how much of each a territory holds, for maps and the tables beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.territories.models import LoadedReferential, Organisation
from coconstruction.territories.names import name_key
from coconstruction.territories.queries import atlas


@dataclass(frozen=True)
class Departement:
    """`mask`: its communes among the bits of the atlas. `population` in inhabitants."""

    code: str
    name: str
    region_code: str
    region_name: str
    mask: int
    population: int
    communes: int


@dataclass(frozen=True)
class Share:
    """What a territory holds of one département."""

    departement: Departement
    population: int
    communes: int

    @property
    def percent(self) -> float:
        return 100 * self.population / self.departement.population if self.departement.population else 0.0


_departements: dict[str, dict[str, Departement]] = {}


def departements(session: Session) -> Mapping[str, Departement]:
    """By code, in its order. Kept per process for each import, like the atlas it is cut from."""
    stamp = session.scalar(select(LoadedReferential.stamp)) or ""
    if stamp not in _departements:
        found = _read(session)
        _departements.clear()
        _departements[stamp] = found
    return _departements[stamp]


def region_names(every: Mapping[str, Departement]) -> Mapping[str, str]:
    """By code, in the order of the names."""
    named = {each.region_code: each.region_name for each in every.values() if each.region_code}
    return dict(sorted(named.items(), key=lambda item: name_key(item[1])))


def shares(session: Session, organisation_ids: Iterable[int]) -> Sequence[Share]:
    """Of each département that the union of these bodies' territories touches, by code."""
    every, whole = departements(session), atlas(session)
    covered = whole.union(organisation_ids)
    touched = ((each, covered & each.mask) for each in every.values())
    return [Share(each, whole.population(mask), whole.communes(mask)) for each, mask in touched if mask]


def _read(session: Session) -> dict[str, Departement]:
    names = (Organisation.departement_name, Organisation.region_code, Organisation.region_name)
    communes = select(Organisation.id, Organisation.departement_code, *names).where(
        Organisation.insee_code.is_not(None), Organisation.active
    )
    named: dict[str, tuple[str, str, str]] = {}
    held: dict[str, list[int]] = {}
    for key, code, name, region, region_name in session.execute(communes):
        if code is not None:
            named[code] = (name or code, region or "", region_name or "")
            held.setdefault(code, []).append(key)
    whole = atlas(session)
    masks = {code: whole.union(held[code]) for code in sorted(held)}
    return {
        code: Departement(code, *named[code], mask, whole.population(mask), whole.communes(mask))
        for code, mask in masks.items()
    }
