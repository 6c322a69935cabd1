"""What is the same for everyone stays good until the journal's next line or a round's next phase (docs/decisions/0013):
whole pages for visitors, parts of pages for signed-in agents."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from coconstruction.database import db
from coconstruction.journal import last_line

MOST_PAGES, MOST_PARTS = 400, 4000
LARGEST_PAGE = 256 * 1024
KEPT_ENDPOINTS = frozenset(
    {
        "home.index",
        "needs.index",
        "discussions.show",
        "dossier.show",
        "solutions.index",
        "solutions.show",
        "organisations.index",
        "organisations.rights",
        "organisations.show",
        "rounds.show",
    }
)
# Where each reader's token goes in a part made for all. No text can hold it: it is drawn when the process starts.
PLACE_OF_TOKEN = secrets.token_urlsafe(24)
T = TypeVar("T")


class Page(NamedTuple):
    body: bytes
    etag: str


class Shelf(Generic[T]):
    """The things most lately asked for, by everything they depend on."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def put(self, key: Hashable, thing: T) -> None:
        with self._lock:
            self._things[key] = thing
            while len(self._things) > self._room:
                self._things.popitem(last=False)


def init_app(app: Flask, phases: Callable[[], Hashable]) -> None:
    """`phases` tells where every round stands: what is made in one phase is not shown in the next."""
    app.before_request(lambda: _note_state(phases))
    _keep_pages(app)
    _keep_parts(app)


def _note_state(phases: Callable[[], Hashable]) -> None:
    """Read before anything the page shows, so that a later line never passes for one that the page knew of."""
    g.pop("kept_under", None)  # several requests may share one context
    if request.method == "GET" and request.endpoint in KEPT_ENDPOINTS:
        g.kept_under = (str(get_locale()), last_line(db.session()), phases())


def _keep_pages(app: Flask) -> None:
    pages = Shelf[Page](MOST_PAGES)

    def offer() -> Response | None:
        if "kept_under" not in g or app.config["SESSION_COOKIE_NAME"] in request.cookies:
            return None
        g.page_key = (request.full_path, g.kept_under)
        kept = pages.get(g.page_key)
        return _response(kept) if kept else None

    def keep(response: Response) -> Response:
        key = g.pop("page_key", None)
        # A session just begun means that the page holds something of its reader, such as a token.
        if key is None or response.status_code != 200 or session.modified or "Set-Cookie" in response.headers:
            return response
        body = response.get_data()
        if len(body) > LARGEST_PAGE:
            return response
        page = Page(body, hashlib.sha256(body).hexdigest()[:32])
        pages.put(key, page)
        return _response(page)

    app.before_request(offer)
    app.after_request(keep)


def _keep_parts(app: Flask) -> None:
    parts = Shelf[str](MOST_PARTS)

    def part(template: str, of: Hashable, **shown: Any) -> Markup:
        """A template rendered with `shown` alone: it knows nobody. Where the page's state is known it is kept, by the
        plain values of `shown` and by `of`, which names the others."""
        if "kept_under" not in g:
            return Markup(_render(template, shown))  # noqa: S704 - what a template escaped
        plain = tuple((name, value) for name, value in shown.items() if isinstance(value, str | int | None))
        key = (template, of, plain, g.kept_under)
        html = parts.get(key)
        if html is None:
            html = _render(template, shown)
            parts.put(key, html)
        return Markup(html.replace(PLACE_OF_TOKEN, generate_csrf()) if PLACE_OF_TOKEN in html else html)  # noqa: S704

    def token() -> str:
        return PLACE_OF_TOKEN if g.get("making_part") else generate_csrf()

    def _render(template: str, shown: dict[str, Any]) -> str:
        g.making_part = "kept_under" in g
        try:
            return current_app.jinja_env.get_template(template).render(shown)
        finally:
            g.making_part = False

    app.jinja_env.globals.update(part=part, csrf_token=token)


def _response(page: Page) -> Response:
    response = Response(page.body, mimetype="text/html")
    response.set_etag(page.etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Cookie")
    return response.make_conditional(request)  # type: ignore[return-value]
