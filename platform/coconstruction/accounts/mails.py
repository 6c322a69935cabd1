"""The letters of accounts. Each takes what it says as plain values."""

from datetime import datetime

from coconstruction.accounts.models import Affiliation
from coconstruction.notifications.actions import Mail

SECONDS_BETWEEN_LETTERS = 30


def sign_in(email: str, token: str, at: datetime) -> Mail:
    # Named after its half-minute: the uniqueness of letters lets one through, however many ask at once.
    half_minute = int(at.timestamp()) // SECONDS_BETWEEN_LETTERS
    return Mail(f"sign-in-{half_minute}", email, "sign_in", {"path": f"/connexion/{token}"})


def affiliation_approved(affiliation: Affiliation, motive: str) -> Mail:
    return _about(affiliation, "affiliation_approved", {"motive": motive, "mandate": affiliation.mandate})


def affiliation_refused(affiliation: Affiliation, motive: str) -> Mail:
    return _about(affiliation, "affiliation_refused", {"motive": motive})


def affiliation_ended(affiliation: Affiliation, motive: str) -> Mail:
    return _about(affiliation, "affiliation_ended", {"motive": motive})


def mandate_granted(affiliation: Affiliation, motive: str) -> Mail:
    return _about(affiliation, "mandate_granted", {"motive": motive})


def mandate_refused(affiliation: Affiliation, motive: str) -> Mail:
    return _about(affiliation, "mandate_refused", {"motive": motive})


def _about(affiliation: Affiliation, template: str, context: dict[str, str | bool]) -> Mail:
    # A request may be made again after a refusal: its date tells one news from the next.
    asked = max(filter(None, (affiliation.asked_at, affiliation.mandate_asked_at)))
    event = f"affiliation-{affiliation.id}-{template}-{asked.isoformat()}"
    named = {"organisation": affiliation.organisation.name, "name": affiliation.agent.name}
    return Mail(event, affiliation.agent.email, template, named | context)
