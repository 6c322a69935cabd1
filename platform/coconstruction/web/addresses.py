"""Keys in addresses: whole numbers both engines can hold, anything else is no page."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter

LARGEST_KEY = 2**31 - 1


class Key(IntegerConverter):
    regex = "[0-9]+"  # other scripts' digits would make a second address of the same page

    def __init__(self, map: object) -> None:
        super().__init__(map, max=LARGEST_KEY, min=1)  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    app.url_map.converters["key"] = Key


def page_number() -> int:
    """The page asked for, 1 when the address says nothing sensible."""
    asked = request.args.get("page", "1")
    return (
        min(int(asked), LARGEST_KEY) if asked.isascii() and asked.isdecimal() and len(asked) < 10 and int(asked) else 1
    )
