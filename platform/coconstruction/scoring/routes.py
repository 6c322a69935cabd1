"""The team's evaluations: each curator writes theirs without the others', then they are read together."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import signed_in_agent
from coconstruction.coalitions.queries import members
from coconstruction.database import db
from coconstruction.needs.models import Need
from coconstruction.scoring import actions, policy, queries
from coconstruction.scoring.forms import GridForm, InterestForm, ReviewForm, grid_form, hints, review_form
from coconstruction.scoring.lists import lists_for
from coconstruction.scoring.wording import FILTERS
from coconstruction.territories.programmes import belongings
from coconstruction.web import access
from coconstruction.web.addresses import whole_number

blueprint = Blueprint("scoring", __name__, url_prefix="/curation")
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@blueprint.get("/evaluations")
@access.curator
def index() -> ResponseReturnValue:
    return render_template("scoring/index.html", lists=lists_for(db.session(), signed_in_agent()))


@blueprint.get("/besoins/<key:need_id>/evaluation")
@access.curator
def review(need_id: int) -> ResponseReturnValue:
    return _page(queries.reviewed_need(db.session(), need_id))


@blueprint.post("/besoins/<key:need_id>/evaluation")
@access.curator
def write(need_id: int) -> ResponseReturnValue:
    """A draft, the review itself, or its correction: the button says which."""
    need = queries.reviewed_need(db.session(), need_id)
    step = request.form.get("step", "draft")
    form = _sent_form(need, correcting=step == "correct")
    if not form.validate() or not _answers(form, step):
        return _page(need, form=form)
    session, curator = db.session(), signed_in_agent()
    opinion = form.opinion(form.seen_version)
    if step == "correct":
        actions.correct(session, curator, need_id, opinion, form.motive.data or "")
        flash(_("Votre évaluation est corrigée. Ce qu’elle disait avant est gardé."), "success")
    elif step == "submit":
        actions.submit(session, curator, need_id, opinion)
        flash(_("Votre évaluation est rendue."), "success")
    else:
        actions.save_draft(session, curator, need_id, opinion)
        flash(_("Votre brouillon est enregistré. Vous seul le lisez."), "success")
    return redirect(url_for("scoring.review", need_id=need_id), 303)


@blueprint.post("/besoins/<key:need_id>/evaluation/abandon")
@access.curator
def discard(need_id: int) -> ResponseReturnValue:
    actions.discard_draft(db.session(), signed_in_agent(), need_id)
    flash(_("Votre brouillon est jeté."), "success")
    return redirect(url_for("scoring.review", need_id=need_id), 303)


@blueprint.post("/besoins/<key:need_id>/interet")
@access.curator
def declare(need_id: int) -> ResponseReturnValue:
    need, form = queries.reviewed_need(db.session(), need_id), InterestForm()
    if not form.validate():
        return _page(need, interest_form=form)
    actions.declare_interest(db.session(), signed_in_agent(), need_id, form.reason.data or "")
    flash(_("Vous vous déportez de ce besoin : vous ne l’évaluez pas, et n’en lisez pas l’évaluation."), "success")
    return redirect(url_for("scoring.review", need_id=need_id), 303)


@blueprint.post("/besoins/<key:need_id>/interet/retrait")
@access.curator
def withdraw(need_id: int) -> ResponseReturnValue:
    actions.withdraw_interest(db.session(), signed_in_agent(), need_id)
    flash(_("Votre déclaration d’intérêt est retirée."), "success")
    return redirect(url_for("scoring.review", need_id=need_id), 303)


@blueprint.get("/grille")
@access.curator
def grid() -> ResponseReturnValue:
    in_force = queries.grids(db.session())[0]
    asked = whole_number(request.args.get("version"))
    start = queries.grid(db.session(), asked) if asked else in_force
    return _grid_page(grid_form(in_force.version, start.read))


@blueprint.post("/grille")
@access.curator
def publish_grid() -> ResponseReturnValue:
    session, form = db.session(), GridForm()
    known = {each.code for each in queries.grids(session)[0].read}
    if not form.validate():
        return _grid_page(form)
    if not (criteria := form.criteria(known)):
        form.form_errors.append(_("Une grille a au moins un critère."))
        return _grid_page(form)
    version = actions.publish_grid(session, signed_in_agent(), criteria, form.motive.data or "", form.seen_version)
    flash(_("La grille %(version)s est en vigueur.", version=version), "success")
    return redirect(url_for("scoring.grid"), 303)


def _grid_page(form: GridForm) -> ResponseReturnValue:
    session = db.session()
    page = {"form": form, "grids": queries.grids(session), "standing": queries.submitted_by_grid(session)}
    return render_template("scoring/grid.html", **page), 422 if form.errors else 200


def _sent_form(need: Need, *, correcting: bool) -> ReviewForm:
    """On the grid that was before the curator's eyes; on today's for a first review, whose refusal comes later."""
    session, version = db.session(), whole_number(request.form.get("version"))
    panel, _found = queries.panel(session, signed_in_agent(), need)
    known = version if correcting and version else panel.version
    return review_form(queries.grid(session, known).read, known, None, blank=False)


def _answers(form: ReviewForm, step: str) -> bool:
    """A draft may be half-written."""
    if step == "correct":
        return form.complete() and form.motivated()
    return step != "submit" or form.complete()


def _page(need: Need, form: ReviewForm | None = None, interest_form: InterestForm | None = None) -> ResponseReturnValue:
    session, curator = db.session(), signed_in_agent()
    asked = whole_number(request.values.get("version" if form else "grille"))
    today, found = queries.panel(session, curator, need)
    grid = queries.grid(session, asked or today.version)
    panel = replace(today, version=grid.version)
    own = queries.own_review(session, panel)
    interests = found.get(curator.id, [])
    shown = form or review_form(grid.read, panel.version, own, blank=True)
    coalition = [each.organisation for each in members(session, need.id)] or [need.organisation]
    page = {
        "need": need,
        "panel": panel,
        "grid": grid,
        "former": panel.version != today.version,
        "own": own,
        "form": shown,
        "hints": {f"note_{each.code}": hints(each) for each in grid.read},
        "interests": interests,
        "declared": policy.declared(interests),
        "interest_form": interest_form or InterestForm(formdata=None),
        "refusal": policy.refusal_to_review(need, interests, panel),
        "correction_refusal": policy.refusal_to_correct(need, interests, panel),
        "reviews": queries.reviews_readable(session, [panel]),
        "summary": queries.summaries(session, {need.id: panel}).get(need.id),
        "belongings": belongings(session, [each.id for each in coalition]),
        "recused": queries.recused(session, need.id),
        "others": sorted({today.version, *(each.version for each in panel.sheets if each.submitted)} - {panel.version}),
    }
    wrong = shown.errors or (interest_form and interest_form.errors)
    return render_template("scoring/review.html", **page), 422 if wrong else 200
