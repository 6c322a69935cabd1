"""The letters of accounts. Each takes what it says as plain values."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from coconstruction.accounts.models import Affiliation, Mandate
from coconstruction.notifications.actions import Mail

SECONDS_BETWEEN_LETTERS = 30


def sign_in(email: str, token: str, at: datetime) -> Mail:
    # Named after its half-minute: the uniqueness of letters lets one through, however many ask at once.
    half_minute = int(at.timestamp()) // SECONDS_BETWEEN_LETTERS
    return Mail(f"sign-in-{half_minute}", email, "sign_in", {"path": f"/connexion/{token}"})


def affiliation_asked(affiliation: Affiliation, referent: Affiliation) -> Mail:
    path = f"/organisations/{affiliation.organisation.code}/equipe"
    told = {"who": affiliation.agent.name or affiliation.agent.email, "function": affiliation.function, "path": path}
    return _news(affiliation, "affiliation_asked", affiliation.asked_at, referent.agent.email, told)


def affiliation_approved(affiliation: Affiliation, motive: str, *, mandate: bool) -> Mail:
    return _to_agent(affiliation, "affiliation_approved", affiliation.proven_at, motive=motive, mandate=mandate)


def affiliation_refused(affiliation: Affiliation, motive: str) -> Mail:
    return _to_agent(affiliation, "affiliation_refused", affiliation.asked_at, motive=motive)


def affiliation_ended(affiliation: Affiliation, motive: str) -> Mail:
    return _to_agent(affiliation, "affiliation_ended", affiliation.ended_at, motive=motive)


def affiliation_suspended(affiliation: Affiliation, motive: str) -> Mail:
    return _to_agent(affiliation, "affiliation_suspended", affiliation.suspended_at, motive=motive)


def domain_refused(affiliation: Affiliation, domain: str, motive: str) -> Mail:
    told: dict[str, Any] = {"domain": domain, "motive": motive, "live": affiliation.live, "number": affiliation.id}
    return _to_agent(affiliation, "domain_refused", affiliation.suspended_at or affiliation.proven_at, **told)


def official_code(affiliation: Affiliation, address: str, code: str, number: int) -> Mail:
    """To the organisation, not to the agent."""
    told = {
        "organisation": affiliation.organisation.name,
        "name": affiliation.agent.name,
        "email": affiliation.agent.email,
        "function": affiliation.function,
        "code": f"{code[:4]} {code[4:]}",
    }
    return Mail(f"official-code-{number}", address, "official_code", told)


def referent_named(affiliation: Affiliation, addresses: Iterable[str]) -> Iterator[Mail]:
    told = {"who": affiliation.agent.name or affiliation.agent.email, "function": affiliation.function}
    for address in addresses:
        yield _news(affiliation, "referent_named", affiliation.proven_at, address, told)


def mandate_asked(affiliation: Affiliation, referent: Affiliation) -> Mail:
    path = f"/organisations/{affiliation.organisation.code}/equipe"
    told = {"who": affiliation.agent.name or affiliation.agent.email, "function": affiliation.function, "path": path}
    request = affiliation.mandate_request
    return _news(affiliation, "mandate_asked", request.asked_at if request else None, referent.agent.email, told)


def mandate_granted(affiliation: Affiliation, mandate: Mandate) -> Mail:
    told: dict[str, Any] = {
        "motive": mandate.motive,
        "referent": mandate.role == "referent",
        "commits": mandate.commits,
    }
    return _to_agent(affiliation, "mandate_granted", mandate.granted_at, **told)


def mandate_refused(affiliation: Affiliation, asked_at: datetime, motive: str) -> Mail:
    return _to_agent(affiliation, "mandate_refused", asked_at, motive=motive)


def mandate_ended(affiliation: Affiliation, mandate: Mandate) -> Mail:
    told: dict[str, Any] = {"motive": mandate.ended_because, "referent": mandate.role == "referent"}
    return _to_agent(affiliation, "mandate_ended", mandate.ended_at, **told)


def _to_agent(affiliation: Affiliation, template: str, at: datetime | None, **told: Any) -> Mail:
    context = {"name": affiliation.agent.name, **told}
    return _news(affiliation, template, at, affiliation.agent.email, context)


def _news(affiliation: Affiliation, template: str, at: datetime | None, recipient: str, told: dict[str, Any]) -> Mail:
    # The same thing may happen again later: its date tells one news from the next.
    event = f"affiliation-{affiliation.id}-{template}-{at.isoformat() if at else ''}"
    return Mail(event, recipient, template, {"organisation": affiliation.organisation.name, **told})
