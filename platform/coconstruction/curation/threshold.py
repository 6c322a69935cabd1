"""The page where the team writes another threshold, and sees first what it would change."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts.current import signed_in_agent
from coconstruction.coalitions import queries, ruling
from coconstruction.coalitions.forms import RuleForm, written
from coconstruction.coalitions.presets import PRESETS
from coconstruction.database import db
from coconstruction.web import access

blueprint = Blueprint("threshold", __name__, url_prefix="/curation/seuils")


@blueprint.get("")
@access.curator
def write() -> ResponseReturnValue:
    """Begins with the rule in force, or with a preset."""
    in_force = queries.rule_versions(db.session())[0]
    _label, tree = PRESETS.get(request.args.get("modele", ""), ("", in_force.tree))
    return _page(written(tree, in_force.version), 200)


@blueprint.post("")
@access.curator
def publish() -> ResponseReturnValue:
    form = RuleForm()
    valid, tree = form.validate(), form.tree()
    if valid and tree is None:
        form.form_errors.append(_("Donnez au moins une condition."))
    elif valid and request.form.get("step") == "publish":
        if form.motive.data:
            return _published(form)
        form.motive.errors = [_("Dites pourquoi ce seuil change : c’est public.")]
    return _page(form, 422 if form.errors else 200)


def _published(form: RuleForm) -> ResponseReturnValue:
    crossed = ruling.publish_rule(
        db.session(), signed_in_agent(), form.tree() or {}, form.motive.data or "", form.seen_version()
    )
    count = ngettext("%(num)s besoin le franchit.", "%(num)s besoins le franchissent.", len(crossed))
    told = count if crossed else _("Aucun besoin ne le franchit pour l’instant.")
    flash(_("Le nouveau seuil est publié.") + " " + told, "success")
    return redirect("/seuils", 303)


def _page(form: RuleForm, status: int) -> ResponseReturnValue:
    tree = form.tree() if not form.errors else None
    page = {
        "form": form,
        "presets": PRESETS,
        "tree": tree,
        "effect": ruling.effect_of(db.session(), tree) if tree else None,
        "in_force": queries.rule_versions(db.session())[0],
    }
    return render_template("curation/threshold.html", **page), status
