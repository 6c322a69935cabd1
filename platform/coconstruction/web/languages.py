"""The reader’s language: the one chosen in the footer, else French, the source."""

from gettext import NullTranslations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_translations

from coconstruction.settings import ROOT

LANGUAGES = ("fr", "en")


def init_app(app: Flask) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "platform" / "coconstruction" / "translations"),
    )
    Babel(app, locale_selector=chosen_language)
    # A page asks for a hundred sentences: the catalogue is looked up once for all of them.
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def chosen_language() -> str:
    if not has_request_context():  # a command, the worker
        return LANGUAGES[0]
    cookie = request.cookies.get("langue")
    return cookie if cookie in LANGUAGES else LANGUAGES[0]


def _gettext(text: str) -> str:
    return _catalogue().gettext(text)


def _ngettext(one: str, many: str, number: int) -> str:
    return _catalogue().ngettext(one, many, number)


def _catalogue() -> NullTranslations:
    kept: NullTranslations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept
