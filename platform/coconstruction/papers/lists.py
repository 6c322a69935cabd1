"""The members of a coalition and what it covers, as rows of a spreadsheet. Its words are in French, like the papers."""

from collections.abc import Iterator

from coconstruction.clock import PARIS
from coconstruction.coalitions.queries import Coalition
from coconstruction.coalitions.wording import member_role
from coconstruction.papers.queries import Facts
from coconstruction.papers.wording import departement_of, nature_of, pledges_of
from coconstruction.web.spreadsheets import Cell

MEMBERS = ("Code", "SIREN", "Nom", "Nature", "Département", "Place", "Habitants", "Engagements", "Membre depuis le")
DEPARTEMENTS = (
    "Code", "Département", "Région", "Communes couvertes", "Communes", "Habitants couverts", "Habitants", "Part (%)",
    "Populations",
)  # fmt: skip


def members(coalition: Coalition) -> Iterator[tuple[Cell, ...]]:
    for each in coalition.members:
        place, body = each.membership, each.membership.organisation
        yield (
            body.code,
            body.siren or "",
            body.name,
            nature_of(body),
            departement_of(body),
            member_role(place.role),
            body.population,
            " ; ".join(pledges_of(each)),
            place.joined_at.astimezone(PARIS).date().isoformat(),
        )


def departements(facts: Facts) -> Iterator[tuple[Cell, ...]]:
    for share in facts.shares:
        place = share.departement
        covered = (share.communes, place.communes, share.population, place.population)
        percent = f"{share.percent:.1f}".replace(".", ",")
        yield (place.code, place.name, place.region_name, *covered, percent, facts.vintage)
