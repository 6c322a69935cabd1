from collections.abc import Mapping
from types import ModuleType

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from coconstruction.accounts.current import acting, acting_or_none, signed_in_agent
from coconstruction.coalitions import queries as coalitions
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.needs.models import Need, State
from coconstruction.needs.queries import public_need
from coconstruction.papers import lists, odt, pdf, queries
from coconstruction.papers.letter import Letter, letter
from coconstruction.papers.paper import LANGUAGE, Paper
from coconstruction.papers.policy import not_a_member
from coconstruction.papers.summary import summary
from coconstruction.settings import Settings
from coconstruction.territories.queries import vintage
from coconstruction.web import access, limits
from coconstruction.web.spreadsheets import csv_file

blueprint = Blueprint("papers", __name__)
WRITERS: Mapping[str, ModuleType] = {"pdf": pdf, "odt": odt}


@blueprint.get("/besoins/<key:need_id>/coalition.csv")
@access.public
@limits.papers
def members(need_id: int) -> ResponseReturnValue:
    joined = coalitions.coalition(db.session(), _published(need_id))
    with force_locale(LANGUAGE):
        return csv_file(f"coalition-besoin-{need_id}.csv", lists.MEMBERS, lists.members(joined))


@blueprint.get("/besoins/<key:need_id>/coalition-departements.csv")
@access.public
@limits.papers
def departements(need_id: int) -> ResponseReturnValue:
    facts = queries.facts(db.session(), _published(need_id))
    name = f"coalition-besoin-{need_id}-departements.csv"
    return csv_file(name, lists.DEPARTEMENTS, lists.departements(facts))


@blueprint.get("/besoins/<key:need_id>/coalition.pdf", defaults={"form": "pdf"})
@blueprint.get("/besoins/<key:need_id>/coalition.odt", defaults={"form": "odt"})
@access.public
@limits.papers
def coalition(need_id: int, form: str) -> ResponseReturnValue:
    facts = queries.facts(db.session(), _published(need_id))
    with force_locale(LANGUAGE):
        return _file(summary(facts, _base_url()), form)


@blueprint.get("/besoins/<key:need_id>/lettre-d-engagement.pdf", defaults={"form": "pdf"})
@blueprint.get("/besoins/<key:need_id>/lettre-d-engagement.odt", defaults={"form": "odt"})
@access.acting
@limits.papers
def commitment(need_id: int, form: str) -> ResponseReturnValue:
    """Of the organisation one acts for, whatever the address says."""
    need, hat = _published(need_id), acting()
    joined = coalitions.coalition(db.session(), need)
    member = joined.member(hat.organisation_id)
    if member is None:
        raise not_a_member(need)
    with force_locale(LANGUAGE):
        about = Letter(need, member, signed_in_agent(), vintage(db.session()))
        return _file(letter(about, _base_url()), form)


def _published(need_id: int) -> Need:
    need = public_need(db.session(), need_id, acting_or_none())
    if need.state == State.DRAFT:
        raise NotFound
    return need


def _file(paper: Paper, form: str) -> Response:
    """Downloaded: a PDF opened inside the site would be under its policy, which lets nothing in."""
    writer = WRITERS[form]
    named = {"Content-Disposition": f"attachment; filename={paper.name}.{form}"}
    return Response(writer.write(paper), mimetype=writer.MEDIA_TYPE, headers=named)


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url
