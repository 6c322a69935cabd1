"""The engine of search follows the database (docs/decisions/0006): PostgreSQL's own, or Whoosh beside SQLite."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from coconstruction.search.index import SearchIndex
from coconstruction.search.postgres_index import PostgresIndex
from coconstruction.search.whoosh_index import WhooshIndex


class SearchSettings(Protocol):
    @property
    def database_url(self) -> str: ...
    @property
    def search_index_dir(self) -> Path: ...


def open_index(settings: SearchSettings, engine: Engine) -> SearchIndex:
    """Opens nothing yet: neither the folder nor the tables need exist."""
    if settings.database_url.startswith("postgresql"):
        return PostgresIndex(engine)
    return WhooshIndex(settings.search_index_dir)
