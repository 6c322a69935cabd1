"""What became of the bodies that vanished from the referential, told by its own files. Pure (docs/decisions/0016)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from coconstruction.territories.bodies import Body
from coconstruction.territories.models import Descent

Perimeters = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Tie:
    """Both by reference."""

    predecessor: str
    successor: str
    kind: Descent


@dataclass(frozen=True)
class Vintage:
    """What the new files say; `added`: the references that were not there before."""

    bodies: Collection[Body]
    aliases: Mapping[str, str]
    added: Collection[str]


def fates(vanished: Iterable[str], before: Perimeters, new: Vintage) -> Iterator[Tie]:
    """A commune, département or région follows its former code. An EPCI or EPT follows its communes: substitution to
    a body made for it (CGCT, art. L. 5211-41 and L. 5211-41-3); nothing when they went to bodies that were there."""
    holders = _holders(new.bodies)
    existing = {body.reference for body in new.bodies}
    for reference in vanished:
        if heir := new.aliases.get(reference):
            yield Tie(reference, heir, Descent.MERGED)
            continue
        kind = reference.partition(":")[0]
        left = {new.aliases.get(commune, commune) for commune in before.get(reference, ())} & existing
        yield from _fate(reference, left, holders.get(kind, {}), new.added)


def reborn(formerly: Mapping[str, str], new: Vintage) -> Iterator[Tie]:
    """Communes that exist again: `formerly` says which other body their reference led to."""
    for reference in sorted(set(new.added) & formerly.keys()):
        if formerly[reference] != reference:
            yield Tie(formerly[reference], reference, Descent.SPLIT)


def _holders(bodies: Iterable[Body]) -> dict[str, dict[str, frozenset[str]]]:
    """The bodies of each sort and their communes: the Métropole de Lyon is also an EPCI."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for body in bodies:
        for name in (body.reference, *body.aliases):
            if body.communes:
                found.setdefault(name.partition(":")[0], {})[body.reference] = frozenset(body.communes)
    return found


def _fate(
    reference: str, left: set[str], holders: Mapping[str, frozenset[str]], added: Collection[str]
) -> Iterator[Tie]:
    takers = sorted(taker for taker, communes in holders.items() if communes & left)
    if len(takers) == 1 and takers[0] in added and left <= holders[takers[0]]:
        same = left == holders[takers[0]]
        yield Tie(reference, takers[0], Descent.RENAMED if same else Descent.MERGED)
    else:
        yield from (Tie(reference, taker, Descent.SPLIT) for taker in takers)
