"""Properties are judged on what they find, not on how busy the machine is."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def in_french() -> Iterator[None]:
    """A reader, for the sentences: no site, no database."""
    reader = Flask(__name__)
    Babel(reader, default_locale="fr")
    with reader.test_request_context():
        yield
