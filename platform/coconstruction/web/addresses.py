"""Keys in addresses: whole numbers both engines can hold, anything else is no page."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter

LARGEST_KEY = 2**31 - 1


class Key(IntegerConverter):
    regex = "[0-9]+"  # other scripts' digits would make a second address of the same page

    def __init__(self, map: object) -> None:
        super().__init__(map, max=LARGEST_KEY, min=1)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    app.url_map.converters["key"] = Key
    app.before_request(_refuse_null_sign)


def page_number() -> int:
    """The page asked for, 1 when the address says nothing sensible."""
    return whole_number(request.args.get("page")) or 1


def whole_number(typed: object) -> int | None:
    """What a person or a program typed, when it is a whole number that a key can be."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST_KEY)) else None


def _refuse_null_sign() -> None:
    if "\x00" in request.path:  # PostgreSQL takes it in no text
        abort(404)
