from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from coconstruction.database import db
from tests.reading import PageClient

OPENING = ("PRAGMA", "BEGIN", "SET TRANSACTION")


@pytest.fixture
def count(app: Flask) -> Callable[[PageClient, str], int]:
    """The statements of one page, after a first visit has filled what is kept in memory."""

    def counted(client: PageClient, path: str) -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(OPENING):
                seen.append(statement)

        address = client.get(path, follow_redirects=True).request.full_path
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        response = client.get(address)
        event.remove(engine, "before_cursor_execute", note)
        assert response.status_code == 200, path
        return len(seen)

    return counted
