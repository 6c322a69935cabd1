from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import acting
from coconstruction.accounts.mandates import serving_mandate
from coconstruction.accounts.models import Scope
from coconstruction.coalitions import actions, queries
from coconstruction.coalitions.forms import JoinForm, filled
from coconstruction.coalitions.policy import refusal_to_join
from coconstruction.coalitions.preview import preview
from coconstruction.coalitions.wording import FILTERS
from coconstruction.database import db
from coconstruction.needs.queries import public_need
from coconstruction.web import access, limits
from coconstruction.web.paths import local_path

blueprint = Blueprint("coalitions", __name__)
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@blueprint.route("/besoins/<key:need_id>/rejoindre", methods=["GET", "POST"])
@access.acting
@limits.posting
def join(need_id: int) -> ResponseReturnValue:
    hat = acting()
    need = public_need(db.session(), need_id, hat)
    if refusal := refusal_to_join(need, hat):
        raise refusal
    coalition = queries.coalition(db.session(), need)
    member = coalition.member(hat.organisation_id)
    form = filled(member.membership.role, member.pledges) if member and request.method == "GET" else JoinForm()
    if form.validate_on_submit():
        actions.join(db.session(), hat, need_id, form.role.data, form.offers())
        flash(
            _("Votre collectivité fait partie de la coalition. Vous pouvez changer vos engagements ou la quitter."),
            "success",
        )
        return redirect(need.path, 303)
    effect = preview(db.session(), need, coalition, hat.organisation)
    mandate = serving_mandate(hat, Scope.NEED, need.id, clock.now())
    page = {"form": form, "need": need, "coalition": coalition, "member": member, "effect": effect, "mandate": mandate}
    return render_template("coalitions/join.html", **page), 422 if form.errors else 200


@blueprint.route("/besoins/<key:need_id>/quitter", methods=["GET", "POST"])
@access.acting
def leave(need_id: int) -> ResponseReturnValue:
    need = public_need(db.session(), need_id, acting())
    if request.method == "POST":
        actions.leave(db.session(), acting(), need_id)
        flash(
            _("Votre collectivité a quitté la coalition. Elle peut la rejoindre de nouveau quand elle veut."), "success"
        )
        return redirect(need.path, 303)
    if refusal := refusal_to_join(need, acting()):
        raise refusal
    return render_template("coalitions/leave.html", need=need)


@blueprint.post("/besoins/<key:need_id>/soutien/retrait")
@access.acting
def unsupport(need_id: int) -> ResponseReturnValue:
    need = actions.unsupport(db.session(), acting(), need_id)
    flash(_("Le soutien de votre collectivité est retiré. Vous pouvez le redonner quand vous voulez."), "success")
    return redirect(local_path(request.form.get("next"), need.path), 303)
