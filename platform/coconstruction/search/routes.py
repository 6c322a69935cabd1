from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from coconstruction.database import db
from coconstruction.search.choices import FACETS, facets_of
from coconstruction.search.index import Answer, Question
from coconstruction.search.results import Results, results
from coconstruction.territories.queries import departement_names
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number, whole_number

blueprint = Blueprint("search", __name__)
PER_PAGE = 20
LONGEST_QUERY = 300


@blueprint.get("/recherche")
@access.public
@limits.autocomplete
def index() -> ResponseReturnValue:
    question = Question(
        text=request.args.get("q", "")[:LONGEST_QUERY],
        kinds=tuple(request.args.getlist("type")),
        filters={name: tuple(request.args.getlist(name)) for name in FACETS if request.args.get(name)},
        page=page_number(),
        per_page=PER_PAGE,
    )
    found = answer(question) if question.text.strip() else None
    facets = facets_of(found, question, departement_names(db.session())) if found else []
    return render_template("search/index.html", question=question, found=found, facets=facets)


@blueprint.get("/besoins/proches")
@access.public
@limits.autocomplete
def similar() -> ResponseReturnValue:
    """Needs and solutions that resemble what is being typed; never in the way of posting."""
    title, but = request.args.get("title", "")[:LONGEST_QUERY], whole_number(request.args.get("sauf"))
    near = None
    if len(title.strip()) >= 3:
        near = answer(Question(title, kinds=("need", "solution"), filters={}, page=1, per_page=6), but=but)
    return render_template("search/similar.html", title=title, near=near, but=but)


def answer(question: Question, but: int | None = None) -> Results:
    """`but`: the number of the need that asks what resembles it."""
    found: Answer = current_app.extensions["search"].search(question)
    return results(db.session(), found, question, but=("need", but) if but else None)
