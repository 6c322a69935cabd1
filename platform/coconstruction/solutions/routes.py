from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import signed_in_agent
from coconstruction.database import db
from coconstruction.journal import By
from coconstruction.needs.themes import THEMES
from coconstruction.solutions import actions, queries
from coconstruction.solutions.forms import SolutionForm
from coconstruction.solutions.lifecycle import LIFECYCLES, lifecycle_label
from coconstruction.web import access
from coconstruction.web.addresses import page_number

blueprint = Blueprint("solutions", __name__)
blueprint.add_app_template_filter(lifecycle_label)


@blueprint.get("/solutions")
@access.public
def index() -> ResponseReturnValue:
    theme, lifecycle = request.args.get("theme", ""), request.args.get("etape", "")
    theme, lifecycle = theme if theme in THEMES else "", lifecycle if lifecycle in LIFECYCLES else ""
    page = queries.page(db.session(), theme, lifecycle, page_number())
    counts = queries.lifecycles(db.session(), theme)
    chosen = {"theme": theme, "etape": lifecycle}
    names = {"themes": THEMES, "lifecycles": LIFECYCLES}
    return render_template("solutions/index.html", page=page, counts=counts, chosen=chosen, **names)


@blueprint.get("/solutions/<key:solution_id>-<slug>")
@blueprint.get("/solutions/<key:solution_id>", endpoint="show_by_number")
@access.public
def show(solution_id: int, slug: str = "") -> ResponseReturnValue:
    solution = queries.solution(db.session(), solution_id)
    if request.path != solution.path:
        return redirect(solution.path, 301)
    return render_template("solutions/show.html", solution=solution, themes=THEMES, lifecycles=LIFECYCLES)


@blueprint.route("/solutions/nouvelle", methods=["GET", "POST"])
@access.curator
def new() -> ResponseReturnValue:
    form = SolutionForm()
    if form.validate_on_submit():
        solution = actions.enter(db.session(), By(agent_id=signed_in_agent().id), form.content())
        flash(_("La solution est au catalogue."), "success")
        return redirect(solution.path, 303)
    return render_template("solutions/edit.html", form=form, solution=None), 422 if form.errors else 200


@blueprint.route("/solutions/<key:solution_id>/modification", methods=["GET", "POST"])
@access.curator
def edit(solution_id: int) -> ResponseReturnValue:
    solution = queries.solution(db.session(), solution_id)
    form = SolutionForm(obj=solution, seen=solution.saved_mark)
    if form.validate_on_submit():
        solution = actions.edit(
            db.session(), By(agent_id=signed_in_agent().id), solution_id, form.content(), form.seen.data
        )
        flash(_("La fiche est à jour."), "success")
        return redirect(solution.path, 303)
    return render_template("solutions/edit.html", form=form, solution=solution), 422 if form.errors else 200
