"""A need as it enters a round: its text, its coalition and what that coalition covers, copied once and for all."""

from typing import Any

from sqlalchemy.orm import Session

from coconstruction.coalitions import queries as coalitions
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import vintage

Snapshot = dict[str, Any]


def snapshot(session: Session, need: Need) -> Snapshot:
    """`covered_population` in inhabitants, of the `vintage` named beside it."""
    return {
        **NeedContent.of(need).as_json(),
        "path": need.path,
        "version": need.version,
        "bearer": portrait(need.organisation),
        "members": [
            {**portrait(each.organisation), "role": each.role} for each in coalitions.members(session, need.id)
        ],
        "supports_count": need.supports_count,
        "covered_population": need.covered_population,
        "vintage": vintage(session),
    }


def portrait(body: Organisation) -> dict[str, Any]:
    """An organisation as a reader elsewhere needs it: its public code, and its département to tell homonyms apart."""
    return {
        "code": body.code,
        "name": body.name,
        "kind": body.kind,
        "departement": body.departement_code,
        "departement_name": body.departement_name,
    }
