"""Someone who counts a published round again, as the page and docs/counting.md tell, with nothing of the product."""

import hashlib
import json
from typing import Any


def recount(document: dict[str, Any]) -> tuple[list[int], int]:
    """The candidates selected, and what they cost in cents."""
    voices = {each["id"]: 0 for each in document["candidates"]}
    for ballot in document["ballots"]:
        for choice in ballot["choices"]:
            voices[choice] += 1
    prices = {each["id"]: each["price"] for each in document["candidates"]}
    order = sorted(voices, key=lambda each: (-voices[each], prices[each], document["lot_order"].index(each)))
    left, kept = document["envelope"], []
    for each in order:
        if voices[each] > 0 and prices[each] <= left:
            kept.append(each)
            left -= prices[each]
    return kept, document["envelope"] - left


def fingerprint(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
