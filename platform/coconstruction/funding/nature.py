"""What the money would buy, read from a need's words; whoever asks may say otherwise."""

import unicodedata
from collections.abc import Mapping, Sequence

from coconstruction.funding.desks import Nature

SIGNS: Mapping[Nature, Sequence[str]] = {
    Nature.FRANCECONNECT: ("franceconnect", "france connect"),
    Nature.CYBERSECURITY: ("cybersecurite", "cyberattaque", "rancongiciel", "hameconnage", "securite informatique"),
}


def nature_of(text: str) -> Nature:
    """A service, unless the words name one of the others."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return next((nature for nature, signs in SIGNS.items() if any(sign in plain for sign in signs)), Nature.SERVICE)
