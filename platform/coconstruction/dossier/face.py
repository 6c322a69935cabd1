"""The public face of an organisation, each thing read when the page comes to it: a kept part reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from coconstruction.accounts.eligibility import ACTIONS, may
from coconstruction.accounts.presence import Presence, presence
from coconstruction.assistance.queries import Act, acts_for
from coconstruction.coalitions import queries as coalitions
from coconstruction.dossier.directory import Activity, activity
from coconstruction.needs import queries as needs
from coconstruction.needs.models import Need
from coconstruction.rounds.queries import PublishedBallot, published_ballots_of
from coconstruction.territories import queries
from coconstruction.territories.departements import Share, departements, shares
from coconstruction.territories.models import Lineage, Organisation
from coconstruction.territories.programmes import Belonging, belongings
from coconstruction.territories.queries import Suggestion
from coconstruction.web.maps import Map, draw


@dataclass
class Face:
    session: Session
    organisation: Organisation

    @cached_property
    def vintage(self) -> str:
        return queries.vintage(self.session)

    @cached_property
    def parents(self) -> Sequence[Organisation]:
        return queries.bodies_around(self.session, self.organisation)

    @cached_property
    def homonyms(self) -> Sequence[Suggestion]:
        return [Suggestion(each) for each in queries.homonyms(self.session, self.organisation)]

    @cached_property
    def successors(self) -> Sequence[Lineage]:
        return queries.successors(self.session, self.organisation.id)

    @cached_property
    def predecessors(self) -> Sequence[Lineage]:
        return queries.predecessors(self.session, self.organisation.id)

    @cached_property
    def shares(self) -> Sequence[Share]:
        return shares(self.session, [self.organisation.id])

    @cached_property
    def map(self) -> Map:
        """Within its région, or among all those it touches."""
        body, touched = self.organisation, {each.departement.region_code for each in self.shares}
        around = [each.code for each in departements(self.session).values() if each.region_code in touched]
        return draw({each.departement.code: each.percent for each in self.shares}, around, body.departement_code)

    @cached_property
    def programmes(self) -> Sequence[Belonging]:
        return belongings(self.session, [self.organisation.id])

    @cached_property
    def done(self) -> Activity:
        return activity(self.session, [self.organisation.id]).get(self.organisation.id, Activity())

    @cached_property
    def borne(self) -> Sequence[Need]:
        return needs.borne_by(self.session, self.organisation.id)

    @cached_property
    def supported(self) -> Sequence[Need]:
        return needs.supported_by(self.session, self.organisation.id)

    @cached_property
    def joined(self) -> Sequence[coalitions.Member]:
        return coalitions.joined_by(self.session, self.organisation.id)

    @cached_property
    def ballots(self) -> Sequence[PublishedBallot]:
        return published_ballots_of(self.session, self.organisation.id)

    @cached_property
    def presence(self) -> Presence:
        return presence(self.session, self.organisation.id)

    @cached_property
    def assisted(self) -> Sequence[Act]:
        return acts_for(self.session, self.organisation.id)

    @property
    def rights(self) -> Mapping[str, bool]:
        return {action: may(self.organisation.kind, action) for action in ACTIONS}
