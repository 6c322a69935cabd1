"""Hashes handed to voters: of the round's setting before the vote, and of each ballot."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from coconstruction.rounds.counting.greedy import sha256


def setup_hash(setting: Mapping[str, Any]) -> str:
    """Of everything that the first ballot freezes. Dates are not in it: they may move, and say so."""
    return sha256(setting)


def receipt(
    *, slug: str, organisation: str, version: int, choices: Sequence[int], cast_at: datetime, setup: str, salt: str
) -> str:
    """Of one ballot. Whoever holds it can find it again in the published ballots; until they are, the secret `salt`
    keeps anyone from trying every set of choices."""
    content = {
        "round": slug,
        "organisation": organisation,
        "version": version,
        "choices": sorted(choices),
        "cast_at": cast_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "setup": setup,
        "salt": salt,
    }
    return sha256(content)
