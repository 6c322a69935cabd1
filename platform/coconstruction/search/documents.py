"""What can be searched: needs, solutions and organisations, as documents the engines do not have to understand."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from coconstruction.needs.models import Need
from coconstruction.needs.queries import LISTED_STATES
from coconstruction.search.index import Document
from coconstruction.solutions.models import Solution
from coconstruction.territories.models import Organisation, PlaceName

KINDS = ("need", "solution", "organisation")
CHUNK = 2000
PLACES = 0.5  # « usager » seldom means Marigny-les-Usages; a name typed whole still comes first


def documents(session: Session, keys: Collection[tuple[str, int]]) -> list[Document]:
    """The documents of these (kind, id) that the public may see."""
    ids = {kind: [key for each, key in keys if each == kind] for kind in KINDS}
    return [
        *(of_need(each) for each in session.scalars(_needs().where(Need.id.in_(ids["need"])))),
        *(of_solution(each) for each in session.scalars(select(Solution).where(Solution.id.in_(ids["solution"])))),
        *_organisations(session, ids["organisation"]),
    ]


def all_documents(session: Session) -> Iterator[Document]:
    for need in session.scalars(_needs().execution_options(yield_per=CHUNK)):
        yield of_need(need)
    for solution in session.scalars(select(Solution)):
        yield of_solution(solution)
    ids = session.scalars(select(Organisation.id).where(Organisation.active).order_by(Organisation.id)).all()
    for start in range(0, len(ids), CHUNK):
        yield from _organisations(session, ids[start : start + CHUNK])


def count_documents(session: Session) -> int:
    needs = select(func.count()).select_from(Need).where(Need.state.in_(LISTED_STATES)).scalar_subquery()
    solutions = select(func.count()).select_from(Solution).scalar_subquery()
    organisations = select(func.count()).select_from(Organisation).where(Organisation.active).scalar_subquery()
    return session.scalar(select(needs + solutions + organisations)) or 0


def of_need(need: Need) -> Document:
    place = need.organisation
    return Document(
        kind="need",
        id=need.id,
        title=need.title,
        body=" ".join((need.problem, need.audience, need.expected_effect, need.workaround)),
        keywords=f"{place.name} {place.departement_name or ''}",
        facets={
            "theme": (need.theme,),
            "state": (need.state,),
            "departement": (place.departement_code,) if place.departement_code else (),
        },
        weight=need.supports_count,
    )


def of_solution(solution: Solution) -> Document:
    return Document(
        kind="solution",
        id=solution.id,
        title=solution.name,
        body=f"{solution.summary} {solution.description} {solution.audience}",
        keywords=solution.bearer,
        facets={"theme": tuple(solution.themes), "lifecycle": (solution.lifecycle,)},
        weight=0,
    )


def of_organisation(organisation: Organisation, former_names: str) -> Document:
    codes = (organisation.siren, organisation.insee_code, organisation.departement_code, organisation.postal_codes)
    return Document(
        kind="organisation",
        id=organisation.id,
        title=organisation.name,
        body=organisation.departement_name or organisation.region_name or "",
        keywords=" ".join([*(code for code in codes if code), former_names]),
        facets={
            "organisation_kind": (organisation.kind,),
            "departement": (organisation.departement_code,) if organisation.departement_code else (),
        },
        weight=organisation.population,
        standing=PLACES,
    )


def _needs() -> Select[Any]:
    wanted = select(Need).join(Need.organisation).options(contains_eager(Need.organisation))
    return wanted.where(Need.state.in_(LISTED_STATES))


def _organisations(session: Session, ids: Collection[int]) -> Iterator[Document]:
    if not ids:
        return
    names: dict[int, list[str]] = {}
    for place in session.scalars(select(PlaceName).where(PlaceName.organisation_id.in_(ids))):
        names.setdefault(place.organisation_id, []).append(place.name)
    for each in session.scalars(select(Organisation).where(Organisation.id.in_(ids), Organisation.active)):
        yield of_organisation(each, " ".join(names.get(each.id, [])))
