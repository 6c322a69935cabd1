from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.territories.bodies import Body
from coconstruction.territories.referential import Referential, read_referential


class Undone(Exception):
    pass


@pytest.fixture(scope="session")
def referential() -> Referential:
    return read_referential()


@pytest.fixture(scope="session")
def bodies(referential: Referential) -> dict[str, Body]:
    return {body.reference: body for body in referential.bodies}


@pytest.fixture
def undone(app: Flask) -> Iterator[Session]:
    """A writing transaction taken back at the end: the referential is shared by the whole suite."""
    with app.app_context(), suppress(Undone), transaction() as session:
        yield session
        raise Undone
