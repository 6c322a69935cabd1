from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import acting, acting_or_none, signed_in_agent
from coconstruction.accounts.mandates import serving_mandate
from coconstruction.accounts.models import Affiliation, Scope
from coconstruction.coalitions import actions, leading, policy, queries
from coconstruction.coalitions.forms import EngageForm, HandOverForm, JoinForm, filled
from coconstruction.coalitions.policy import refusal_to_join
from coconstruction.coalitions.preview import preview, without
from coconstruction.coalitions.wording import FILTERS
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.needs.models import Need
from coconstruction.needs.queries import public_need
from coconstruction.needs.wording import place_name
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
    form = filled(member.membership.role, member.changeable) if member and request.method == "GET" else JoinForm()
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


@blueprint.route("/besoins/<key:need_id>/engagement", methods=["GET", "POST"])
@access.acting
@limits.posting
def engage(need_id: int) -> ResponseReturnValue:
    hat, form = acting(), EngageForm()
    need = public_need(db.session(), need_id, hat)
    member = _own(need, hat)
    if form.validate_on_submit():
        actions.engage(db.session(), hat, need_id, form.decision())
        flash(_("L’engagement de votre collectivité est ferme, et ce qu’elle met en commun est confirmé."), "success")
        return redirect(need.path, 303)
    deliberation = queries.deliberation(db.session(), member.membership.id)
    page = {"form": form, "need": need, "member": member, "deliberation": deliberation}
    return render_template("coalitions/engage.html", **page), 422 if form.errors else 200


@blueprint.post("/besoins/<key:need_id>/engagements/<key:pledge_id>/tenu")
@access.acting
def honour(need_id: int, pledge_id: int) -> ResponseReturnValue:
    actions.honour(db.session(), acting(), need_id, pledge_id)
    flash(_("C’est noté : cet engagement est tenu."), "success")
    return redirect(f"/besoins/{need_id}/engagement", 303)


@blueprint.get("/besoins/<key:need_id>/deliberations/<key:membership_id>")
@access.signed_in
def deliberation(need_id: int, membership_id: int) -> ResponseReturnValue:
    """Downloaded, never shown by the browser inside the site."""
    session, hat = db.session(), acting_or_none()
    coalition = queries.coalition(session, public_need(session, need_id, hat))
    inside = hat is not None and coalition.member(hat.organisation_id) is not None
    curator = signed_in_agent().is_curator
    if refusal := policy.refusal_to_read_deliberation(hat, is_curator=curator, member=inside):
        raise refusal
    found = queries.deliberation(session, membership_id)
    if found is None or all(each.membership.id != membership_id for each in coalition.members):
        raise NotFound
    return send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )


@blueprint.route("/besoins/<key:need_id>/relais", methods=["GET", "POST"])
@access.acting
@limits.posting
def hand_over(need_id: int) -> ResponseReturnValue:
    session, hat, form = db.session(), acting(), HandOverForm()
    need = public_need(session, need_id, hat)
    coalition = queries.coalition(session, need)
    others = [each.membership for each in coalition.members if each.membership is not coalition.lead]
    if refusal := policy.refusal_to_offer_lead(need, hat, coalition.lead):
        raise refusal
    form.to.choices = [(str(each.organisation_id), place_name(each.organisation)) for each in others]
    if form.validate_on_submit():
        leading.offer_lead(session, hat, need_id, int(form.to.data))
        flash(_("Le relais est proposé. Vous restez chef de file jusqu’à son accord."), "success")
        return redirect(need.path, 303)
    page = {"form": form, "need": need, "offer": queries.lead_offer(session, need.id)}
    return render_template("coalitions/hand_over.html", **page), 422 if form.errors else 200


@blueprint.post("/besoins/<key:need_id>/relais/reponse")
@access.acting
def answer_lead(need_id: int) -> ResponseReturnValue:
    accepts = request.form.get("reponse") == "accepter"
    need = leading.answer_lead(db.session(), acting(), need_id, accepts=accepts)
    if accepts:
        flash(_("Votre collectivité est maintenant chef de file de cette coalition."), "success")
    else:
        flash(_("Le relais n’est pas passé : rien ne change."), "success")
    return redirect(need.path, 303)


@blueprint.route("/besoins/<key:need_id>/quitter", methods=["GET", "POST"])
@access.acting
def leave(need_id: int) -> ResponseReturnValue:
    session, hat = db.session(), acting()
    need = public_need(session, need_id, hat)
    if request.method == "POST":
        actions.leave(session, hat, need_id)
        flash(
            _("Votre collectivité a quitté la coalition. Elle peut la rejoindre de nouveau quand elle veut."), "success"
        )
        return redirect(need.path, 303)
    member = _own(need, hat)
    effect = without(session, need, queries.coalition(session, need), member)
    return render_template("coalitions/leave.html", need=need, member=member, effect=effect)


@blueprint.post("/besoins/<key:need_id>/soutien/retrait")
@access.acting
def unsupport(need_id: int) -> ResponseReturnValue:
    need = actions.unsupport(db.session(), acting(), need_id)
    flash(_("Le soutien de votre collectivité est retiré. Vous pouvez le redonner quand vous voulez."), "success")
    return redirect(local_path(request.form.get("next"), need.path), 303)


@blueprint.get("/seuils")
@access.public
def rules() -> ResponseReturnValue:
    return render_template("coalitions/rules.html", versions=queries.rule_versions(db.session()))


def _own(need: Need, hat: Affiliation) -> queries.Member:
    if refusal := refusal_to_join(need, hat):
        raise refusal
    found = queries.coalition(db.session(), need).member(hat.organisation_id)
    if found is None:
        raise policy.not_a_member(need)
    return found
