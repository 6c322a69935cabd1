"""Every endpoint declares who may use it, or the application refuses to start (docs/decisions/0004)."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from flask import Flask, request

View = TypeVar("View", bound=Callable[..., object])


class Access(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ACTING = "acting"
    CURATOR = "curator"


class UndeclaredAccess(Exception):
    """Names the endpoints that say nothing of who may use them."""


def public(view: View) -> View:
    return _declare(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    return _declare(view, Access.SIGNED_IN)


def acting(view: View) -> View:
    """For an agent who acts for an organisation under a live affiliation."""
    return _declare(view, Access.ACTING)


def curator(view: View) -> View:
    return _declare(view, Access.CURATOR)


def protect(app: Flask, checks: Mapping[Access, Callable[[], None]]) -> None:
    """Run the declared check before each request. A check raises `Refused` to say no."""
    public(app.view_functions["static"])
    found = {endpoint: access_of(view) for endpoint, view in app.view_functions.items()}
    declared = {endpoint: access for endpoint, access in found.items() if access is not None}
    if silent := found.keys() - declared.keys():
        raise UndeclaredAccess(", ".join(sorted(silent)))

    def check() -> None:
        if request.endpoint is not None:
            checks[declared[request.endpoint]]()

    app.before_request(check)


def access_table(app: Flask) -> list[str]:
    """One line per address and method, for review: a change of access is a line in a diff."""
    return sorted(
        f"{method:6} {rule.rule:55} {access_of(app.view_functions[rule.endpoint])}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def access_of(view: Callable[..., object]) -> Access | None:
    return getattr(view, "access", None)


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
