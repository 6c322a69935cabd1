"""What curators do to many needs at once, the motives they begin with, and the appeals they answer."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts.current import signed_in_agent
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.triage import actions, appeals, desk, policy, queries
from coconstruction.triage.filtering import asked_filters, curator_of, kept
from coconstruction.triage.forms import AppealAnswerForm, ManyForm, TemplateForm
from coconstruction.triage.models import MotiveTemplate
from coconstruction.web import access

blueprint = Blueprint("bench", __name__, url_prefix="/curation")


@blueprint.post("/besoins/ensemble")
@access.curator
def many() -> ResponseReturnValue:
    """Shows what would change, then changes exactly that."""
    session, me, filters, form = db.session(), signed_in_agent(), asked_filters(), ManyForm()
    form.offer(queries.curators(session), queries.templates(session))
    keys = queries.every(session, filters, me.id) if form.every.data else form.chosen()
    rows = queries.rows(session, keys)
    if not rows or not form.validate():
        told = next(iter(form.errors.values()))[0] if form.errors else _("Cochez au moins un besoin.")
        flash(told, "error")
        return redirect(url_for("triage.index", **kept(filters)), 303)
    form.spare(_conflicted(form, rows))
    doable = [row for row in rows if form.does(row)]
    if request.form.get("geste") == "appliquer" and doable:
        return _applied(form, [row.need.id for row in doable])
    left = [row for row in rows if not form.does(row)]
    return render_template("triage/many.html", form=form, doable=doable, left=left, kept=kept(filters))


@blueprint.get("/reponses")
@access.curator
def drafts() -> ResponseReturnValue:
    """All that waits to be published, as it will be read."""
    return render_template("triage/drafts.html", drafts=queries.drafted(db.session()))


@blueprint.get("/modeles")
@access.curator
def templates() -> ResponseReturnValue:
    return render_template("triage/templates.html", templates=queries.templates(db.session(), active_only=False))


@blueprint.route("/modeles/nouveau", methods=["GET", "POST"], defaults={"template_id": None})
@blueprint.route("/modeles/<key:template_id>", methods=["GET", "POST"], endpoint="edit_template")
@access.curator
def new_template(template_id: int | None) -> ResponseReturnValue:
    known = _template(template_id) if template_id else None
    form = TemplateForm(obj=known) if known else TemplateForm(data={"active": True})
    if form.validate_on_submit():
        values = {name: form[name].data for name in ("name", "kind", "destination", "text", "active")}
        desk.write_template(db.session(), signed_in_agent(), template_id, values)
        flash(_("Le modèle est enregistré. Les réponses déjà écrites ne changent pas."), "success")
        return redirect(url_for("bench.templates"), 303)
    return render_template("triage/template.html", form=form, known=known), 422 if form.errors else 200


@blueprint.route("/recours/<key:decision_id>", methods=["GET", "POST"])
@access.curator
def appeal(decision_id: int) -> ResponseReturnValue:
    session, me, form = db.session(), signed_in_agent(), AppealAnswerForm()
    asked = queries.appeal(session, decision_id)
    if refusal := policy.refusal_to_answer_appeal(asked, me.id):
        raise refusal
    if form.validate_on_submit():
        upheld = request.form.get("geste") == "rouvrir"
        appeals.answer(session, me, decision_id, form.motive.data or "", upheld=upheld)
        flash(_("La réponse est publiée, et envoyée au porteur."), "success")
        return redirect(url_for("triage.index", etape="recours"), 303)
    return render_template("triage/answer_appeal.html", asked=asked, form=form), 422 if form.errors else 200


def _applied(form: ManyForm, keys: list[int]) -> ResponseReturnValue:
    session, me = db.session(), signed_in_agent()
    if form.act.data == "publier":
        actions.publish(session, me, keys)
    elif form.act.data == "confier":
        actions.assign(session, me, keys, curator_of(form.curator.data))
    else:
        actions.draft(session, me, keys, form.answer())
    flash(ngettext("C’est fait, pour %(num)s besoin.", "C’est fait, pour %(num)s besoins.", len(keys)), "success")
    return redirect(url_for("triage.index", **kept(asked_filters())), 303)


def _conflicted(form: ManyForm, rows: Sequence[queries.Row]) -> set[int]:
    """Needs that may not be given to whoever is chosen."""
    to = curator_of(form.curator.data) if form.act.data == "confier" else None
    return {each.id for each in queries.conflicted(db.session(), [row.need for row in rows], to)} if to else set()


def _template(template_id: int) -> MotiveTemplate:
    found = next((each for each in queries.templates(db.session(), active_only=False) if each.id == template_id), None)
    if found is None:
        raise NotFound
    return found
