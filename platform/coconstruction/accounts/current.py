"""Who is asking, and for whom: read from the session cookie once per request, at most two SQL statements, none
for a visitor who is not signed in."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, abort, current_app, g, has_request_context, redirect, request, session
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user, login_user, logout_user
from ua_parser import parse

from coconstruction import clock
from coconstruction.accounts import policy, queries, second_factor, sign_in
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import SAFE_METHODS, db, is_writing
from coconstruction.errors import Link, Refused
from coconstruction.web.access import Access, access_of
from coconstruction.web.fields import on_one_line
from coconstruction.web.paths import local_path

LONGEST_HEADER, LONGEST_NAME = 512, 80


def init_app(app: Flask) -> None:
    login = LoginManager()
    # The stored session is the protection: a changed network or browser version must not sign anyone out.
    login.session_protection = None
    login.user_loader(_agent_of_key)
    login.init_app(app, add_context_processor=False)
    app.before_request(_forget_identity)
    app.context_processor(_identity)


def current_agent() -> Agent | None:
    if not has_request_context() or "_user_id" not in session:
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def affiliations() -> list[Affiliation]:
    """The live ones, with their organisation, loaded once per request."""
    agent = current_agent()
    if agent is None:
        return []
    if "affiliations" not in g:
        # What is about to be done rests on them: none may end before it is done.
        g.affiliations = queries.live_affiliations(db.session(), agent.id, held=is_writing())
    return list(g.affiliations)


def acting_or_none() -> Affiliation | None:
    """The hat worn: the one chosen. At first, or once that one has ended, a page puts on the oldest; an act never
    changes hats by itself."""
    possible = affiliations()
    if not possible:
        return None
    chosen = session.get("acting")
    worn = next((each for each in possible if each.id == chosen), None)
    # A curator who writes for others puts that hat on by hand, each time.
    own = next((each for each in possible if not each.assisted), None)
    if worn is None and own is not None and (chosen is None or request.method in SAFE_METHODS):
        worn = own
        wear(worn)
    return worn


def acting() -> Affiliation:
    affiliation = acting_or_none()
    if affiliation is None:
        raise _no_longer_worn() or Refused(
            "no_affiliation",
            _l("Pour agir ici, il faut être rattaché à une collectivité, et que ce rattachement soit vérifié."),
            Link(str(_l("Choisir ma collectivité")), "/compte/organisations/nouvelle"),
            status=403,
        )
    return affiliation


def _no_longer_worn() -> Refused | None:
    """Why the hat chosen before may no longer be worn."""
    person, chosen = current_agent(), session.get("acting")
    if person is None or chosen is None:
        return None
    former = queries.own_affiliation(db.session(), person.id, chosen)
    return policy.refusal_to_wear(former) or policy.refusal_to_ask_affiliation(former.organisation)


def signed_in_agent() -> Agent:
    """The signed-in person, for a view that requires one."""
    person = current_agent()
    if person is None:
        raise _session_ended()
    return person


def open_session(person: Agent, key: str) -> None:
    """Nothing of the visitor's former session remains, its anti-forgery key included."""
    session.clear()
    session.permanent = True
    person.session_key = key
    login_user(person)


def renew_session(person: Agent) -> None:
    """A new key: whoever copied the former one has nothing."""
    person.session_key = sign_in.rotate_session(db.session(), person.session_key)
    session["_user_id"] = person.session_key


def browser_name() -> str:
    """« Firefox / Windows »: names that no language changes; the list of sessions makes words of them."""
    found = parse(request.headers.get("User-Agent", "")[:LONGEST_HEADER])
    names = [part.family for part in (found.user_agent, found.os) if part is not None]
    return str(on_one_line(" / ".join(names))[:LONGEST_NAME])


def close_session() -> None:
    logout_user()
    session.clear()


def wear(affiliation: Affiliation) -> None:
    """From another hat, forms opened under it no longer serve: each was filled for one organisation."""
    if session.get("acting") not in (None, affiliation.id):
        session.pop("csrf_token", None)
        g.pop("csrf_token", None)
    session["acting"] = affiliation.id


def sign_in_address(path: str) -> str:
    return "/connexion?" + urlencode({"next": path})


def _agent_of_key(key: str) -> Agent | None:
    person = queries.agent_of_session(db.session(), key, clock.now())
    if person is not None and is_writing():
        sign_in.note_use(db.session(), person)
    return person


def _forget_identity() -> None:
    # Several requests may share one application context, and `g` with it; identity never outlives its request.
    for name in ("_login_user", "affiliations"):
        g.pop(name, None)


def _identity() -> dict[str, Any]:
    person = current_agent()
    to_verify = person is not None and person.is_curator and person.second_factor_at is None and _for_curators()
    known = {"current_agent": person, "acting": acting_or_none(), "affiliations": affiliations()}
    return {**known, "second_factor_to_verify": to_verify}


def _for_curators() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and access_of(view) is Access.CURATOR


def _anyone() -> None:
    pass


def _require_agent() -> None:
    if current_agent() is not None:
        return
    if request.method in SAFE_METHODS and "HX-Request" not in request.headers:
        abort(redirect(sign_in_address(_asked_path())))
    raise _session_ended()


def _require_affiliation() -> None:
    _require_agent()
    acting()


def _require_curator() -> None:
    _require_agent()
    person = signed_in_agent()
    if not person.is_curator:
        raise Refused(
            "curators_only",
            _l("Cette page est réservée à l’équipe de l’Incubateur des territoires."),
            Link(str(_l("Voir les besoins")), "/besoins"),
            status=403,
        )
    if request.method not in SAFE_METHODS:
        require_second_factor(person)


def require_second_factor(person: Agent) -> None:
    """Before anything is written as a curator."""
    if person.second_factor_at is None:
        back = urlencode({"next": _page_left()})
        raise second_factor.required(f"/compte/second-facteur/verification?{back}")


def _asked_path() -> str:
    query = request.query_string.decode("ascii", "ignore")
    return quote(request.path, safe="/-._~") + (f"?{query}" if query else "")


def _page_left() -> str:
    """Where to come back after signing in: the page that held the form, never the form's own target."""
    here = request.headers.get("HX-Current-URL") or request.referrer or ""
    return local_path(here.removeprefix(request.host_url.rstrip("/")), "/")


def _session_ended() -> Refused:
    return Refused(
        "session_expired",
        _l("Votre session a pris fin ou n’a pas commencé. Connectez-vous, puis recommencez : rien n’a été enregistré."),
        Link(str(_l("Me connecter")), sign_in_address(_page_left())),
        status=403,
    )


CHECKS: Mapping[Access, Callable[[], None]] = {
    Access.PUBLIC: _anyone,
    Access.SIGNED_IN: _require_agent,
    Access.ACTING: _require_affiliation,
    Access.CURATOR: _require_curator,
}
