"""One writing for each e-mail address, so that a person has one account however they type it; and whose domains."""

import re
from functools import cache

from email_validator import EmailNotValidError, validate_email

from coconstruction.settings import ROOT

FREE_DOMAINS = ROOT / "node_modules" / "free-email-domains-list" / "build" / "src" / "constants.js"


def normalised_email(typed: str) -> str | None:
    """Lower case, its domain in ASCII; None when this is no address."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return (found.ascii_email or found.normalized).lower()


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def is_free(domain: str) -> bool:
    """Whether anyone can open a mailbox there: its addresses prove nothing of whoever holds them."""
    return domain in _free_domains()


@cache
def _free_domains() -> frozenset[str]:
    """Published as a script that holds one list, a name a line."""
    return frozenset(re.findall(r'^\s*"([^"\s]+)",?$', FREE_DOMAINS.read_text(encoding="utf-8"), re.MULTILINE))
