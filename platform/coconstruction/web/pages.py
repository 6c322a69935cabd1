"""Pages that belong to no feature: legal texts, accessibility, language, health."""

from flask import Blueprint, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from coconstruction.database import db
from coconstruction.journal import last_line
from coconstruction.web.access import public
from coconstruction.web.paths import local_path

blueprint = Blueprint("pages", __name__)
LANGUAGES = {"fr": "Français", "en": "English"}


@blueprint.get("/accessibilite")
@public
def accessibility() -> str:
    return render_template("pages/accessibility.html")


@blueprint.get("/mentions-legales")
@public
def legal() -> str:
    return render_template("pages/legal.html")


@blueprint.get("/langue/<code>")
@public
def language(code: str) -> ResponseReturnValue:
    if code not in LANGUAGES:
        abort(404)
    response = redirect(local_path(request.args.get("next"), "/"), 303)
    response.set_cookie("langue", code, max_age=365 * 86400, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """How many lines of the journal the search has still to read; not how many there are, which would tell anybody
    that watches when ballots come in."""
    seq, _ = last_line(db.session())
    return {"status": "ok", "search_behind": seq - current_app.extensions["search"].watermark()}
