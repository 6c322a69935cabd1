"""The SIREN of départements, régions and overseas collectivités, which the referential does not give: without it nobody
proves by ProConnect to belong there, and a syndicat does not find them among its members."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.database import insert_once
from coconstruction.territories.changes import Change, Changes
from coconstruction.territories.models import Alias, NameWord, Organisation
from coconstruction.territories.queries import resolve


@dataclass(frozen=True)
class Identity:
    """`reference`: the body a legal unit is, by the place of its seat and its legal form."""

    siren: str
    reference: str
    name: str
    line: int


def learn_sirens(session: Session, identities: Iterable[Identity], changes: Changes) -> None:
    """A body that two units could be stays without a SIREN."""
    listed = list(identities)
    found = resolve(session, {each.reference for each in listed})
    known = set(session.scalars(select(Organisation.siren).where(Organisation.siren.is_not(None))))
    unknown = [each for each in listed if each.reference in found and each.siren not in known]
    claims = Counter(found[each.reference] for each in unknown)
    for each in unknown:
        body = session.get_one(Organisation, found[each.reference])
        if body.siren is not None or claims[body.id] > 1:
            reason = "le SIREN de cette collectivité reste à départager"
            changes.note(Change.IGNORED, each.siren, each.name, reason, each.line)
            continue
        body.siren = each.siren
        insert_once(session, NameWord, word=each.siren, organisation_id=body.id)
        insert_once(session, Alias, reference=each.siren, organisation_id=body.id)
        changes.note(Change.OTHER, body.code, body.name, f"SIREN {each.siren}", each.line)
        changes.updated += 1
    session.flush()
