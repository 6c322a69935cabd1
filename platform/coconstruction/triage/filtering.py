"""The filters of the inbox, as its address says them."""

from collections.abc import Mapping
from typing import Any

from flask import request

from coconstruction.accounts.models import Agent
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.needs.themes import THEMES
from coconstruction.territories.programmes import NAMES
from coconstruction.triage import queries
from coconstruction.triage.wording import AGES, STAGES
from coconstruction.web.addresses import whole_number


def asked_filters() -> queries.Filters:
    """What the address asks for; a value that does not exist counts as none."""
    ask = request.args.get
    stage, state, theme, place = ask("etape", ""), ask("etat", ""), ask("theme", ""), ask("departement", "")
    age, programme = whole_number(ask("age")), ask("programme", "")
    return queries.Filters(
        stage=stage if stage in STAGES else "",
        state=state if state in queries.WALKED else "",
        theme=theme if theme in THEMES else "",
        departement=place if place.isalnum() and len(place) <= 3 else "",
        age=age if age in AGES else 0,
        programme=programme if programme in NAMES else "",
        mine=ask("a") == "moi",
    )


def kept(filters: queries.Filters) -> Mapping[str, Any]:
    """The same, as the address says it."""
    said = {
        "etape": filters.stage,
        "etat": filters.state,
        "theme": filters.theme,
        "departement": filters.departement,
        "age": str(filters.age or ""),
        "programme": filters.programme,
        "a": "moi" if filters.mine else "",
    }
    return {name: value for name, value in said.items() if value}


def curator_of(typed: str | None) -> Agent | None:
    """The curator of this number; nobody for an empty one."""
    if not typed:
        return None
    found = next((each for each in queries.curators(db.session()) if str(each.id) == typed), None)
    if found is None:
        raise NotFound
    return found
