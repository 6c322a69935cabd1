"""The official addresses of organisations, from the public export of the State's directory (annuaire de
l'administration, DILA, dataset api-lannuaire-administration, in JSON or CSV)."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.emails import domain_of, is_free, normalised_email
from coconstruction.accounts.models import DomainState, OrganisationDomain
from coconstruction.database import Base
from coconstruction.journal import SYSTEM, record
from coconstruction.territories.models import OfficialContact, Organisation
from coconstruction.territories.names import name_key

# What the directory calls the seat of a commune, an intercommunalité, a département, a région. Annexes, town halls of
# communes déléguées and municipal services have other names and other mailboxes.
SEATS = frozenset({"mairie", "epci", "cg", "cr"})
# Of a name, the words by which a mailbox or a domain is recognised as its own.
LEAST_TELLING = 4
TELL_NOTHING = frozenset({"saint", "sainte", "communaute", "communes", "agglomeration", "metropole", "departement"})
COLUMNS = ("adresse_courriel", "pivot")
TABLES = Base.metadata.tables


class ContactsError(Exception):
    """The file is refused whole, with a sentence in French."""


@dataclass
class Report:
    """`ignored`: how many entries, by reason."""

    contacts: int = 0
    added: int = 0
    removed: int = 0
    domains: int = 0
    ignored: Counter[str] = field(default_factory=Counter)


def load_contacts(session: Session, path: Path) -> Report:
    """Make the official addresses those of the file. Loading it again changes nothing."""
    report = Report()
    wanted = set(_contacts(session, _entries(path), report))
    table = TABLES[OfficialContact.__tablename__]
    present = {tuple(row) for row in session.execute(select(table.c.organisation_id, table.c.email))}
    gone, new = sorted(present - wanted), sorted(wanted - present)
    for organisation_id, email in gone:
        session.execute(delete(table).where(table.c.organisation_id == organisation_id, table.c.email == email))
    if new:
        session.execute(insert(table), [{"organisation_id": key, "email": email} for key, email in new])
    report.contacts, report.added, report.removed = len(wanted), len(new), len(gone)
    report.domains = _note_official_domains(session, wanted)
    if new or gone or report.domains:
        counts = {"contacts": len(wanted), "added": len(new), "removed": len(gone), "domains": report.domains}
        record(session, "contacts.imported", ("referential", 1), by=SYSTEM, payload=counts)
    return report


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        listed = text.lstrip().startswith("[")
        entries: Any = json.loads(text) if listed else list(csv.DictReader(io.StringIO(text), delimiter=";"))
    except (OSError, ValueError, csv.Error) as error:
        raise ContactsError(f"{path.name} ne peut pas être lu : {error}.") from error
    if not entries or not isinstance(entries[0], dict):
        raise ContactsError(f"{path.name} : une liste de services est attendue.")
    if missing := [name for name in COLUMNS if name not in entries[0]]:
        raise ContactsError(f"{path.name} : il y manque {', '.join(missing)}.")
    yield from entries


def _contacts(session: Session, entries: Iterator[Mapping[str, Any]], report: Report) -> Iterator[tuple[int, str]]:
    by_siren, by_insee = _organisations(session)
    for entry in entries:
        seats, communes = _pivot(entry)
        if not seats & SEATS:
            report.ignored["autre service"] += 1
            continue
        siren = re.sub(r"\s", "", str(entry.get("siren") or entry.get("siret") or ""))[:9]
        found = by_siren.get(siren) or (by_insee.get(communes[0]) if "mairie" in seats and len(communes) == 1 else None)
        emails = {normalised_email(each) for each in re.split(r"[;,\s]+", str(entry["adresse_courriel"] or "")) if each}
        if found is None:
            report.ignored["organisation inconnue"] += 1
        elif not emails - {None}:
            report.ignored["sans adresse"] += 1
        for email in sorted(filter(None, emails)) if found else ():
            yield found or 0, email


def _pivot(entry: Mapping[str, Any]) -> tuple[set[str], list[str]]:
    """What kind of service it is, and of which communes; the column is JSON within the file."""
    value = entry.get("pivot") or "[]"
    try:
        pivots = json.loads(value) if isinstance(value, str) else value
        kinds = {str(each.get("type_service_local")) for each in pivots}
        return kinds, [str(code) for each in pivots for code in each.get("code_insee_commune") or []]
    except (ValueError, AttributeError, TypeError):
        return set(), []


def _organisations(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    columns = (Organisation.id, Organisation.siren, Organisation.insee_code)
    rows = session.execute(select(*columns).where(Organisation.active)).all()
    return {row.siren: row.id for row in rows if row.siren}, {row.insee_code: row.id for row in rows if row.insee_code}


def _note_official_domains(session: Session, contacts: set[tuple[int, str]]) -> int:
    """A domain is an organisation's own when no other writes from it: several town halls share their
    intercommunalité's. What the team decided stays. Tells how many changed."""
    names = {row.id: row.name_key for row in session.execute(select(Organisation.id, Organisation.name_key))}
    owners: dict[str, set[int]] = {}
    for organisation_id, email in contacts:
        owners.setdefault(domain_of(email), set()).add(organisation_id)
    open_to_all = {domain_of(email) for key, email in contacts if _at_a_provider(email, names[key])}
    alone = {(domain, min(ids)) for domain, ids in owners.items() if len(ids) == 1}
    own = {(domain, key) for domain, key in alone if domain not in open_to_all and not is_free(domain)}
    table, now = TABLES[OrganisationDomain.__tablename__], clock.now()
    rows = session.execute(select(table.c.domain, table.c.organisation_id, table.c.state)).all()
    known = {(row.domain, row.organisation_id): row.state for row in rows}
    changes = {key: DomainState.OFFICIAL for key in own if known.get(key) == DomainState.PENDING}
    former = {key for key, state in known.items() if state == DomainState.OFFICIAL and key not in own}
    changes |= dict.fromkeys(former, DomainState.PENDING)
    for (domain, organisation_id), state in sorted(changes.items()):
        here = table.c.domain == domain, table.c.organisation_id == organisation_id
        session.execute(update(table).where(*here).values(state=state, state_at=now))
    blank = {"state": DomainState.OFFICIAL, "state_at": now, "motive": ""}
    new = [{"domain": domain, "organisation_id": key, **blank} for domain, key in sorted(own - known.keys())]
    if new:
        session.execute(insert(table), new)
    return len(changes) + len(new)


def _at_a_provider(email: str, name: str) -> bool:
    """A mailbox that bears the name of a town, at a domain that does not: the list of free providers lacks some."""
    mailbox, _, domain = email.rpartition("@")
    telling = [word for word in name.split() if len(word) >= LEAST_TELLING and word not in TELL_NOTHING]
    borne = [word in name_key(mailbox) for word in telling]
    return any(borne) and not any(word in name_key(domain) for word in telling)
