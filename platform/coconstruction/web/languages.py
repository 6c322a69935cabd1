"""The reader’s language: the one chosen in the footer, else French, the source."""

from flask import Flask, has_request_context, request
from flask_babel import Babel

from coconstruction.settings import ROOT

LANGUAGES = ("fr", "en")


def init_app(app: Flask) -> None:
    app.config.update(
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "platform" / "coconstruction" / "translations"),
    )
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def chosen_language() -> str:
    if not has_request_context():  # a command, the worker
        return LANGUAGES[0]
    cookie = request.cookies.get("langue")
    return cookie if cookie in LANGUAGES else LANGUAGES[0]
