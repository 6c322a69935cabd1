"""What the page of a need tells everyone, each thing read when the page comes to it: a kept part reads nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from coconstruction.assistance.queries import Act, acts_on_need
from coconstruction.coalitions import queries as coalitions
from coconstruction.coalitions.candidates import Missing, missing
from coconstruction.coalitions.crossing import GRACE
from coconstruction.discussions.queries import Latest, latest
from coconstruction.dossier.history import timeline
from coconstruction.following import queries as following
from coconstruction.following.agreements import astray
from coconstruction.grouping import queries as grouping
from coconstruction.needs import queries as needs
from coconstruction.needs.models import Need, NeedVersion, Support
from coconstruction.rounds import queries as rounds
from coconstruction.rounds.models import Candidate
from coconstruction.territories import queries as territories
from coconstruction.territories.departements import Share, departements, shares
from coconstruction.triage import queries as triage
from coconstruction.triage.models import Decision
from coconstruction.web.maps import Map, draw

SHOWN_SUPPORTERS, SHOWN_MEMBERS = 12, 100


@dataclass
class Dossier:
    session: Session
    need: Need

    @cached_property
    def coalition(self) -> coalitions.Coalition:
        return coalitions.coalition(self.session, self.need)

    @property
    def grace_ends(self) -> datetime | None:
        """Until when a coalition that fell back may return as if it had not."""
        crossing = self.coalition.crossing
        return crossing.fallen_at + GRACE if crossing and crossing.fallen_at else None

    @cached_property
    def missing(self) -> Sequence[Missing]:
        return missing(self.session, self.need, self.coalition)

    @property
    def members_pages(self) -> int:
        return max(1, -(-len(self.coalition.members) // SHOWN_MEMBERS))

    def members_of(self, page: int) -> Sequence[coalitions.Member]:
        """All five hundred of them would make a page too heavy for a phone, and to be kept."""
        return self.coalition.members[(page - 1) * SHOWN_MEMBERS : page * SHOWN_MEMBERS]

    @cached_property
    def shares(self) -> Sequence[Share]:
        return shares(self.session, [each.membership.organisation_id for each in self.coalition.members])

    @cached_property
    def seats(self) -> Mapping[str, int]:
        """Members by code of the département they sit in; a région sits in none."""
        codes = (each.membership.organisation.departement_code for each in self.coalition.members)
        return Counter(code for code in codes if code)

    @cached_property
    def map(self) -> Map:
        """Among the régions it touches."""
        touched = {each.departement.region_code for each in self.shares}
        around = [each.code for each in departements(self.session).values() if each.region_code in touched]
        return draw({each.departement.code: each.percent for each in self.shares}, around, marked=self.seats)

    @cached_property
    def vintage(self) -> str:
        """The year of the populations shown, which each yearly import changes."""
        return territories.vintage(self.session)

    @cached_property
    def supports(self) -> Sequence[Support]:
        return needs.supporters(self.session, self.need.id, SHOWN_SUPPORTERS)

    @cached_property
    def discussion(self) -> Latest:
        return latest(self.session, self.need.id)

    @cached_property
    def news(self) -> following.Latest:
        return following.latest(self.session, self.need.id)

    @cached_property
    def astray(self) -> Mapping[int, NeedVersion]:
        """By number of membership, those that have not confirmed since the text said something else."""
        return astray(self.session, self.need, [each.membership for each in self.coalition.members])

    @cached_property
    def answers(self) -> Sequence[Decision]:
        return triage.answers(self.session, self.need.id)

    @cached_property
    def common(self) -> Need | None:
        return grouping.common_of(self.session, self.need)

    @cached_property
    def grouped(self) -> Sequence[Need]:
        return needs.grouped_under(self.session, self.need.id) if self.need.groups else []

    @cached_property
    def events(self) -> Sequence[Mapping[str, str]]:
        return timeline(self.session, self.need)

    @cached_property
    def assisted(self) -> Sequence[Act]:
        return acts_on_need(self.session, self.need.id)

    @cached_property
    def candidacies(self) -> Sequence[Candidate]:
        return rounds.candidacies(self.session, self.need)
