from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import acting, acting_or_none
from coconstruction.database import db
from coconstruction.needs import actions, queries
from coconstruction.needs.models import Need
from coconstruction.needs.policy import refusal_to_support
from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import FILTERS, SORTS, STATES
from coconstruction.territories.queries import departement_names
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number
from coconstruction.web.paths import local_path

LISTED = 100

blueprint = Blueprint("needs", __name__)
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@blueprint.get("/besoins")
@access.public
def index() -> ResponseReturnValue:
    filters = asked_filters()
    facets = queries.facets(db.session(), filters)
    page = queries.page(db.session(), filters, page_number(), facets.total)
    shown = {"page": page, "filters": filters, "facets": facets, "voices": _voices(page.needs)}
    names = {"themes": THEMES, "states": STATES, "sorts": SORTS, "departements": departement_names(db.session())}
    return render_template("needs/index.html", **shown, **names)


@blueprint.post("/besoins/<key:need_id>/soutien")
@access.acting
@limits.posting
def support(need_id: int) -> ResponseReturnValue:
    need = actions.support(db.session(), acting(), need_id)
    flash(_("C’est noté : votre collectivité soutient ce besoin. Cela ne l’engage à rien."), "success")
    return redirect(local_path(request.form.get("next"), need.path), 303)


@blueprint.get("/besoins/<key:need_id>/soutiens")
@access.public
def supporters(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting_or_none())
    number = page_number()
    rows = queries.supporters(db.session(), need_id, limit=LISTED, offset=(number - 1) * LISTED)
    last = max(1, -(-need.supports_count // LISTED))
    return render_template("needs/supporters.html", need=need, supports=rows, number=number, last=last)


def _voices(needs: Sequence[Need]) -> dict[int, str]:
    """For whoever acts: the needs its organisation supports already, and those it may support in one click."""
    hat = acting_or_none()
    if hat is None:
        return {}
    given = queries.supported_among(db.session(), hat.organisation_id, [need.id for need in needs])
    possible = {need.id: "possible" for need in needs if refusal_to_support(need, hat) is None}
    return possible | dict.fromkeys(given, "given")


def asked_filters() -> queries.Filters:
    """What the address asks for; a value that does not exist counts as none."""
    ask = request.args.get
    theme, state, sort = ask("theme", ""), ask("etat", ""), ask("tri", "")
    place = ask("departement", "")
    return queries.Filters(
        theme=theme if theme in THEMES else "",
        state=state if state in queries.PUBLIC_STATES else "",
        departement=place if place.isalnum() and len(place) <= 3 else "",
        sort=sort if sort in queries.SORTS else "recent",
    )
