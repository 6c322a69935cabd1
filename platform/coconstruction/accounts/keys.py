"""Secret keys handed out once, of which only the digest is kept: who reads the database can sign in as nobody."""

import hashlib
import secrets


def new_key() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
