"""Every row of the database that is tied to one person, found by the keys of the tables: a new table is in the export
the day it is made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import Base

# Columns without a foreign key that name a person all the same.
BY_NUMBER = {("journal_entry", "agent_id"): "agent", ("journal_entry", "affiliation_id"): "affiliation"}
BY_ADDRESS = frozenset({"email", "recipient", "sent_to"})
# Public addresses of organisations.
NOT_OF_A_PERSON = frozenset({("official_contact", "email"), ("official_code", "sent_to")})
# Keys that open something, kept as digests: of no use to the person, of use to a thief.
SECRETS = frozenset({"key_hash", "token_hash", "code_hash", "secret", "id_token", "content", "salt"})


def traces(session: Session, agent: Agent) -> dict[str, list[dict[str, Any]]]:
    """By table, what the site holds of the agent, in plain values."""
    ties = list(session.scalars(select(Affiliation.id).where(Affiliation.agent_id == agent.id)))
    found = {}
    for table in Base.metadata.sorted_tables:
        if links := list(_links(table)):
            rows = session.execute(select(*_shown(table)).where(or_(*_here(links, agent, ties)))).mappings()
            found[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def linked_tables() -> set[str]:
    return {table.name for table in Base.metadata.sorted_tables if list(_links(table))}


def _links(table: Table) -> Iterator[tuple[Column[Any], str]]:
    """The columns that tie a row to a person, and how."""
    for column in table.columns:
        place = (table.name, column.name)
        targets = {key.column.table.name for key in column.foreign_keys} & {"agent", "affiliation"}
        if table.name == "agent" and column.primary_key:
            yield column, "agent"
        elif targets:
            yield column, targets.pop()
        elif place in BY_NUMBER:
            yield column, BY_NUMBER[place]
        elif column.name in BY_ADDRESS and place not in NOT_OF_A_PERSON:
            yield column, "address"


def _here(links: Sequence[tuple[Column[Any], str]], agent: Agent, ties: Sequence[int]) -> Iterator[Any]:
    mine: Mapping[str, Sequence[Any]] = {"agent": [agent.id], "affiliation": ties, "address": [agent.email]}
    for column, how in links:
        yield column.in_(mine[how])


def _shown(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name not in SECRETS]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
