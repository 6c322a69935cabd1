"""A visitor's page stays good until the journal's next line or the round's next phase (docs/decisions/0013).

Only visitors: a signed-in agent's pages depend on who they are and are made each time."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import NamedTuple

from flask import Flask, Response, g, request
from flask_babel import get_locale

from coconstruction.database import db
from coconstruction.journal import last_line

MOST_PAGES = 400
LARGEST_PAGE = 256 * 1024
KEPT_ENDPOINTS = frozenset(
    {
        "home.index",
        "needs.index",
        "dossier.show",
        "solutions.index",
        "solutions.show",
        "organisations.show",
        "rounds.show",
    }
)


class Kept(NamedTuple):
    body: bytes
    etag: str


class VisitorPages:
    """The pages most lately asked for, by everything they depend on."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Hashable, page: Kept) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def init_app(app: Flask, phases: Callable[[], Hashable]) -> None:
    """`phases` tells where every round stands: a page made in one phase is not shown in the next."""
    pages = VisitorPages()

    def offer() -> Response | None:
        if not _for_visitors(app):
            return None
        seq, chain = last_line(db.session())
        g.visitor_key = (request.full_path, str(get_locale()), seq, chain, phases())
        kept = pages.get(g.visitor_key)
        return _response(kept) if kept else None

    def keep(response: Response) -> Response:
        key = g.pop("visitor_key", None)
        if key is None or response.status_code != 200 or "Set-Cookie" in response.headers:
            return response
        body = response.get_data()
        if len(body) > LARGEST_PAGE:
            return response
        kept = Kept(body, hashlib.sha256(repr(key).encode()).hexdigest()[:32])
        pages.keep(key, kept)
        return _response(kept)

    app.before_request(offer)
    app.after_request(keep)


def _for_visitors(app: Flask) -> bool:
    session_cookie = app.config["SESSION_COOKIE_NAME"]
    return request.method == "GET" and request.endpoint in KEPT_ENDPOINTS and session_cookie not in request.cookies


def _response(kept: Kept) -> Response:
    response = Response(kept.body, mimetype="text/html")
    response.set_etag(kept.etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Cookie")
    return response.make_conditional(request)  # type: ignore[return-value]
