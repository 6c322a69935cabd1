"""What remains to pay, shared among the members of a coalition to the cent. Arithmetic alone: no site, no database."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction

from coconstruction.territories.coverage import Atlas


class Method(StrEnum):
    POPULATION = "population"
    EQUAL = "equal"
    PLEDGE = "pledge"


def split(cents: int, weights: Mapping[str, Fraction | int]) -> dict[str, int]:
    """Whole cents by code, in proportion of the weights, equal when all weigh nothing. They add up to `cents`: what
    rounding down leaves goes, a cent each, to the largest remainders, then to the first codes."""
    if cents < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("nothing is shared below zero")
    whole = sum(weights.values())
    exact = {code: _part(cents, weights[code], whole, len(weights)) for code in sorted(weights)}
    shares = {code: part.numerator // part.denominator for code, part in exact.items()}
    left = cents - sum(shares.values()) if shares else 0
    for code in sorted(exact, key=lambda code: (shares[code] - exact[code], code))[:left]:
        shares[code] += 1
    return shares


def attributed(atlas: Atlas, keys: Iterable[int]) -> dict[int, Fraction]:
    """Inhabitants by organisation: each commune counts once, in equal parts among those of `keys` that cover it.
    Together, they are the population of the union."""
    masks = {key: atlas.mask(key) for key in keys}
    cells = _by_times_covered(masks.values())
    return {
        key: sum((Fraction(atlas.population(mask & cell), times) for times, cell in cells.items()), Fraction())
        for key, mask in masks.items()
    }


def _part(cents: int, weight: Fraction | int, whole: Fraction | int, members: int) -> Fraction:
    return Fraction(cents) * weight / whole if whole else Fraction(cents, members)


def _by_times_covered(masks: Iterable[int]) -> dict[int, int]:
    """The communes that one of the masks covers, by how many of them do. Plane k of the count holds the communes
    whose number has bit k, as in the atlas: two thousand members are added in eleven planes."""
    planes: list[int] = []
    for mask in masks:
        carried = mask
        for k, plane in enumerate(planes):
            planes[k], carried = plane ^ carried, plane & carried
        if carried:
            planes.append(carried)
    cells = {0: _union(planes)}
    for k, plane in enumerate(planes):
        cells = {
            times + extra: part
            for times, cell in cells.items()
            for extra, part in ((0, cell & ~plane), (1 << k, cell & plane))
            if part
        }
    return {times: cell for times, cell in cells.items() if times}


def _union(planes: Iterable[int]) -> int:
    whole = 0
    for plane in planes:
        whole |= plane
    return whole
