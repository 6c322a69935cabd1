"""Paths of this site: where one may be sent back to, and how titles are written in addresses."""

import re
import unicodedata
from functools import lru_cache


def local_path(target: str | None, default: str) -> str:
    """`target` when it is a path of this site, else `default`: never another site, whatever the browser makes of it."""
    if not target or not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", target):
        return default
    return target


@lru_cache(maxsize=8192)
def slug(title: str) -> str:
    """Lower-case ASCII words joined by hyphens, 80 signs at most."""
    folded = unicodedata.normalize("NFD", title.lower().replace("œ", "oe").replace("æ", "ae"))
    ascii_only = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80].rstrip("-") or "sans-titre"
