"""Which rungs an agent may climb to prove belonging to an organisation: facts in, rungs out, nothing read
(docs/decisions/0017). After ProConnect Identité's rules, with two differences: it sends its code in communes alone, to
free mailboxes alone, and shuts out whoever writes from a refused domain, official address included."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from coconstruction.accounts.emails import domain_of
from coconstruction.accounts.models import PROVING, DomainState, Proof


class Mailbox(StrEnum):
    """What an agent's address is to an organisation."""

    OFFICIAL = "official"
    PROVING = "proving"
    PENDING = "pending"
    REFUSED = "refused"
    FREE = "free"


# Bodies so small that their mailbox is read by who runs them: a code sent there reaches somebody who knows the agent.
# Elsewhere the official address is a front desk, which would hand a code to whoever asks for it.
READ_ITS_OWN_MAIL = frozenset({"commune", "cc", "syndicat_mixte", "ccas"})


@dataclass(frozen=True)
class Facts:
    """`contacts`: the organisation's official addresses. `domain_state`: of the address's domain, for this
    organisation. `has_referent`: one who may approve. `revoked`: somebody ended this tie before."""

    address: str
    kind: str
    contacts: Collection[str]
    domain_state: DomainState | None
    free: bool
    has_referent: bool
    revoked: bool

    @property
    def mailbox(self) -> Mailbox:
        if self.address in self.contacts:
            return Mailbox.OFFICIAL
        if self.free:  # whatever anyone once said of gmail.com
            return Mailbox.FREE
        if self.domain_state in PROVING:
            return Mailbox.PROVING
        return Mailbox.REFUSED if self.domain_state == DomainState.REFUSED else Mailbox.PENDING


def proven_at_once(facts: Facts) -> tuple[Proof, str] | None:
    """By the address alone: the rung and its evidence."""
    if facts.revoked:
        return None
    if facts.mailbox == Mailbox.OFFICIAL:
        return Proof.OFFICIAL_ADDRESS, facts.address
    if facts.mailbox == Mailbox.PROVING:
        return Proof.EMAIL_DOMAIN, domain_of(facts.address)
    return None


def ways(facts: Facts) -> tuple[Proof, ...]:
    """The rungs still open to someone whose address proves nothing, the quickest first. The team is always one."""
    by_code = facts.contacts and facts.kind in READ_ITS_OWN_MAIL and not facts.revoked
    found = (Proof.OFFICIAL_CODE if by_code else None, Proof.REFERENT if facts.has_referent else None, Proof.CURATOR)
    return tuple(each for each in found if each)
