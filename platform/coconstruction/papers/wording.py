"""Words that several papers share."""

from collections.abc import Sequence

from coconstruction.coalitions.models import Membership
from coconstruction.coalitions.queries import Member
from coconstruction.coalitions.wording import pledge_line
from coconstruction.needs.models import Need
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import Organisation
from coconstruction.web.filters import date

DOTS = "………………………………"


def address_of(need: Need, base_url: str) -> str:
    """By its number, which never changes; the site leads on to the current title."""
    return f"{base_url.rstrip('/')}/besoins/{need.id}"


def pledges_of(member: Member) -> Sequence[str]:
    return [pledge_line(each) for each in member.pledges]


def standing(membership: Membership) -> str:
    if membership.firm_at is not None:
        return f"engagement ferme depuis le {date(membership.firm_at)}"
    return f"intention depuis le {date(membership.joined_at)}"


def nature_of(organisation: Organisation) -> str:
    return organisation.nature or kind_label(organisation.kind)


def departement_of(organisation: Organisation) -> str:
    named = (organisation.departement_code, organisation.departement_name)
    return " ".join(part for part in named if part)
