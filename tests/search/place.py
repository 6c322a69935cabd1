"""Where an index is, said so that another process can open it too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from coconstruction.search.engines import open_index
from coconstruction.search.index import SearchIndex


@dataclass(frozen=True)
class Place:
    database_url: str
    search_index_dir: Path

    @property
    def is_whoosh(self) -> bool:
        return self.database_url.startswith("sqlite")

    @contextmanager
    def opened(self) -> Iterator[SearchIndex]:
        index = open_index(self, create_engine(self.database_url, poolclass=NullPool))
        yield index
        index.close()
