"""Words that several papers share."""

from collections.abc import Sequence

from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import Member
from coconstruction.coalitions.wording import condition_sentence, pledge_line, stage_label
from coconstruction.needs.models import Need
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import Organisation
from coconstruction.web.filters import date

DOTS = "………………………………"


def address_of(need: Need, base_url: str) -> str:
    """By its number, which never changes; the site leads on to the current title."""
    return f"{base_url.rstrip('/')}/besoins/{need.id}"


def pledges_of(member: Member) -> Sequence[str]:
    """Each with how far it has come, and the condition that it waits for."""
    told = (
        (pledge_line(each), stage_label(member.stages[each.id]), condition_sentence(each)) for each in member.pledges
    )
    return [", ".join(part for part in parts if part) for parts in told]


def standing(membership: Membership) -> str:
    if membership.firm_at is not None:
        return f"engagement ferme depuis le {date(membership.firm_at)}"
    return f"intention depuis le {date(membership.joined_at)}"


def nature_of(organisation: Organisation) -> str:
    return organisation.nature or kind_label(organisation.kind)


def departement_of(organisation: Organisation) -> str:
    named = (organisation.departement_code, organisation.departement_name)
    return " ".join(part for part in named if part)
