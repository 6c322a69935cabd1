"""How a refusal, a mistake or a breakdown is answered: a sentence, the right status, a next step, nothing lost."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from coconstruction.database import give_up
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.web import limits
from coconstruction.web.paths import local_path

KEPT_FIELDS = 60
TO_SEND_AGAIN = frozenset({"session_expired", "second_factor_required", "too_many_requests"})
SENTENCES = {
    400: _l("Cette demande est incomplète ou mal écrite. Revenez à la page précédente et recommencez."),
    403: _l("Vous n’avez pas accès à cette page."),
    404: _l("Cette page n’existe pas, ou n’existe plus à cette adresse."),
    405: _l("Cette adresse ne répond pas à ce type de demande."),
    410: _l("Ce lien ne sert plus."),
    413: _l("Le texte envoyé est trop long. Raccourcissez-le, puis envoyez-le de nouveau."),
    500: _l("Une erreur est survenue de notre côté. Rien n’a été enregistré. Réessayez dans un instant."),
    503: _l("Le service est très demandé. Rien n’a été enregistré. Réessayez dans quelques secondes."),
}
SESSION_ENDED = Refused(
    "session_ended",
    _l(
        "Votre page était ouverte depuis trop longtemps, ou vous avez depuis changé de session ou de collectivité. "
        "Ce que vous avez écrit est gardé ci-dessous : vérifiez-le et renvoyez-le."
    ),
    status=400,
)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotFound, lambda _error: _answer(404, "not_found"))
    app.register_error_handler(CSRFError, _expired_page)
    app.register_error_handler(RateLimitExceeded, lambda breach: _refused(limits.refusal(breach)))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(Exception, _breakdown)


def _refused(error: Refused) -> Response:
    return _page(error, error.status, typed=_typed(), to_send_again=error.code in TO_SEND_AGAIN)


def _expired_page(_error: CSRFError) -> Response:
    stale = _stale_page() if "HX-Request" in request.headers else SESSION_ENDED
    return _page(stale, 400, typed=_typed(), to_send_again=True)


def _stale_page() -> Refused:
    """Said on the page itself, which still shows whom one acted for: it must be opened anew."""
    here = request.headers.get("HX-Current-URL", "").removeprefix(request.host_url.rstrip("/"))
    sentence = _l(
        "Votre page était ouverte depuis trop longtemps, ou vous avez depuis changé de session ou de collectivité. "
        "Rien n’a été enregistré : copiez ce que vous avez écrit, puis ouvrez cette page de nouveau."
    )
    again = Link(str(_l("Ouvrir cette page de nouveau")), local_path(here, "/"))
    return Refused("session_ended", sentence, again, status=400)


def _typed() -> list[tuple[str, str]]:
    """What the person wrote. Only a form of this site is offered again: another site must not have its text sent
    in one click."""
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not same_site or not (request.referrer or "").startswith(request.host_url):
        return []
    fields = list(request.form.items(multi=True))[:KEPT_FIELDS]
    return [(name, value) for name, value in fields if name != "csrf_token"]


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    return _answer(error.code or 500, f"http_{error.code}")


def _database_busy(error: OperationalError) -> Response:
    _log(error)
    response = _answer(503, "busy")
    response.headers["Retry-After"] = "5"
    return response


def _breakdown(error: Exception) -> Response:
    _log(error)
    return _answer(500, "breakdown")


def _log(error: Exception) -> None:
    # The rule, not the path: some hold a key that opens something.
    place = request.url_rule.rule if request.url_rule else "an unknown address"
    current_app.logger.error("%s %s", request.method, place, exc_info=error)


def _answer(status: int, code: str) -> Response:
    sentence = SENTENCES.get(status, SENTENCES[400])
    refusal = Refused(code, sentence, Link(str(_l("Aller à l’accueil")), "/"), status=status)
    return _page(refusal, status, typed=_typed() if request.method == "POST" and status != 413 else ())


def _page(
    refusal: Refused, status: int, typed: Sequence[tuple[str, str]] = (), *, to_send_again: bool = False
) -> Response:
    """`typed`: what the refused form held, given back to be copied, or sent as it is."""
    give_up()
    render = _render_without_database if status >= 500 else render_template
    if request.headers.get("HX-Request"):
        response = make_response(render("errors/_refusal.html", refusal=refusal), status)
        response.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML", "HX-Reselect": "unset"})
    else:
        page = {"refusal": refusal, "to_send_again": to_send_again}
        texts = [(name, value) for name, value in typed if len(value.split()) > 1]
        rest = [each for each in typed if each not in texts]
        response = make_response(render("errors/refused.html", **page, texts=texts, rest=rest), status)
    response.vary.add("HX-Request")
    return response


def _render_without_database(template: str, **shown: Any) -> str:
    """As a visitor would see it: when the database does not answer, nobody can be told who they are."""
    nobody: dict[str, Any] = {"current_agent": None, "acting": None, "affiliations": [], "phase_line": None}
    nobody["second_factor_to_verify"] = False
    settings, locale = current_app.extensions["settings"], str(get_locale())
    return current_app.jinja_env.get_template(template).render(**nobody, settings=settings, locale=locale, **shown)
