"""In whose name a person writes here: an organisation's, or the team's."""

from dataclasses import dataclass

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.discussions.models import Message
from coconstruction.journal import Actor, By


@dataclass(frozen=True)
class Voice:
    """`hat`: none for a curator, who speaks for the team, and for whoever acts for nobody."""

    agent: Agent
    hat: Affiliation | None = None

    @property
    def of_team(self) -> bool:
        return self.hat is None and self.agent.is_curator

    @property
    def by(self) -> Actor | By:
        return self.hat or By(agent_id=self.agent.id)

    def wrote(self, message: Message) -> bool:
        """This person, in this name: what they wrote under another hat is another organisation's."""
        same_name = message.affiliation_id == (self.hat.id if self.hat else None)
        return same_name and message.author_id == self.agent.id

    def answers_for(self, message: Message) -> bool:
        """Its author, or the référent of the organisation that it was written for."""
        theirs, mine = message.affiliation, self.hat
        if theirs is None or mine is None:
            return self.wrote(message)
        return self.wrote(message) or (mine.is_referent and mine.organisation_id == theirs.organisation_id)
