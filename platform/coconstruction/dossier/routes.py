"""The page of one need, where its coalition, its round, its history and what resembles it meet; and its writing."""

from itertools import pairwise

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import acting, acting_or_none, current_agent
from coconstruction.accounts.eligibility import may
from coconstruction.coalitions import queries as coalitions
from coconstruction.coalitions.policy import refusal_to_join
from coconstruction.database import db
from coconstruction.dossier.reading import Dossier
from coconstruction.following.agreements import astray
from coconstruction.following.policy import refusal_to_tell
from coconstruction.following.queries import follows
from coconstruction.grouping.queries import is_involved, is_out
from coconstruction.needs import actions, policy, queries
from coconstruction.needs.changes import changes
from coconstruction.needs.content import NeedContent
from coconstruction.needs.forms import EditForm, NeedForm, WithdrawForm
from coconstruction.needs.models import State
from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import NEXT_STEPS
from coconstruction.outreach.policy import refusal_to_invite
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number

blueprint = Blueprint("dossier", __name__)


@blueprint.get("/besoins/<key:need_id>-<slug>")
@blueprint.get("/besoins/<key:need_id>", endpoint="show_by_number")
@access.public
def show(need_id: int, slug: str = "") -> ResponseReturnValue:
    hat = acting_or_none()
    need = queries.public_need(db.session(), need_id, hat)
    if need.state == State.DRAFT:
        return redirect(url_for("dossier.draft", need_id=need.id))
    if request.path != need.path:
        return redirect(need.path, 301)
    ours = coalitions.membership_of(db.session(), need.id, hat.organisation_id) if hat else None
    person = current_agent()
    grouped_hat = hat if need.common_id is not None else None
    return render_template(
        "dossier/show.html",
        need=need,
        theme=THEMES.get(need.theme, ""),
        next_step=NEXT_STEPS[State(need.state)],
        dossier=Dossier(db.session(), need),
        ours=ours,
        astray=astray(db.session(), need, [ours] if ours else []),
        follows=follows(db.session(), need.id, person.id) if person else False,
        relay=coalitions.lead_offer(db.session(), need.id) if hat else None,
        voice=queries.voice_of(db.session(), need.id, hat.organisation_id) if hat else None,
        refusals={
            "support": policy.refusal_to_support(need, hat),
            "join": refusal_to_join(need, hat),
            "invite": refusal_to_invite(need, hat, member=ours is not None),
            "tell": refusal_to_tell(need, hat, ours),
            "edit": policy.refusal_to_edit(need, hat),
            "withdraw": policy.refusal_to_withdraw(need, hat),
            "reopen": policy.refusal_to_reopen(need, hat),
        },
        bears=policy.owns(need, hat),
        counts_in_common=grouped_hat is not None and is_involved(db.session(), need.id, grouped_hat.organisation_id),
        stepped_out=grouped_hat is not None and is_out(db.session(), need.id, grouped_hat.organisation_id),
    )


@blueprint.get("/besoins/<key:need_id>/coalition")
@access.public
def members(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting_or_none())
    dossier = Dossier(db.session(), need)
    number = min(page_number(), dossier.members_pages)
    return render_template("dossier/members.html", need=need, dossier=dossier, number=number)


@blueprint.get("/besoins/<key:need_id>/versions")
@access.public
def versions(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting_or_none())
    versions = queries.versions(db.session(), need.id)
    differences = [changes(old.content, new.content) for new, old in pairwise(versions)]
    return render_template("dossier/versions.html", need=need, versions=versions, differences=[*differences, []])


@blueprint.route("/besoins/nouveau", methods=["GET", "POST"])
@access.acting
@limits.posting
def new() -> ResponseReturnValue:
    form = NeedForm()
    if request.method == "GET":
        form.title.data = request.args.get("titre", "")[:140]
    elif form.validate():
        need = actions.post(db.session(), acting(), form.draft_id(), form.content(), form.seen.data)
        flash(
            _("Votre besoin est publié. Les collectivités peuvent maintenant le soutenir et le rejoindre."), "success"
        )
        return redirect(need.path, 303)
    return _writing_page(form, 422 if form.errors else 200)


@blueprint.post("/besoins/brouillons")
@access.acting
def save() -> ResponseReturnValue:
    """Called by the page as one types, and by the « Enregistrer le brouillon » button."""
    form = NeedForm()
    need = actions.save_draft(db.session(), acting(), form.draft_id(), form.unfinished(), form.seen.data)
    return redirect(url_for("dossier.draft", need_id=need.id), 303)


@blueprint.get("/besoins/brouillons/<key:need_id>")
@access.acting
def draft(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting())
    if need.state != State.DRAFT:
        return redirect(need.path)
    form = NeedForm(data={**NeedContent.of(need).as_json(), "draft": need.id})
    return _writing_page(form, 200, saved=need)


@blueprint.post("/besoins/brouillons/<key:need_id>/suppression")
@access.acting
def discard(need_id: int) -> ResponseReturnValue:
    actions.discard_draft(db.session(), acting(), need_id)
    flash(_("Le brouillon est supprimé."), "success")
    return redirect(url_for("needs.index"), 303)


@blueprint.route("/besoins/<key:need_id>/modification", methods=["GET", "POST"])
@access.acting
def edit(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting())
    if refusal := policy.refusal_to_edit(need, acting()):
        raise refusal
    form = EditForm(data={**NeedContent.of(need).as_json(), "version": need.version})
    if form.validate_on_submit():
        need = actions.edit(db.session(), acting(), need_id, form.content(), form.version_number())
        flash(_("La nouvelle version est publiée. Les précédentes restent lisibles."), "success")
        return redirect(need.path, 303)
    return render_template("dossier/edit.html", form=form, need=need), 422 if form.errors else 200


@blueprint.route("/besoins/<key:need_id>/retrait", methods=["GET", "POST"])
@access.acting
def withdraw(need_id: int) -> ResponseReturnValue:
    need = queries.public_need(db.session(), need_id, acting())
    if refusal := policy.refusal_to_withdraw(need, acting()):
        raise refusal
    form = WithdrawForm()
    if form.validate_on_submit():
        actions.withdraw(db.session(), acting(), need_id, form.motive.data or "")
        flash(_("Le besoin est retiré. Sa page et son histoire restent publiques ; vous pouvez le rouvrir."), "success")
        return redirect(need.path, 303)
    return render_template("dossier/withdraw.html", form=form, need=need), 422 if form.errors else 200


@blueprint.post("/besoins/<key:need_id>/reouverture")
@access.acting
def reopen(need_id: int) -> ResponseReturnValue:
    need = actions.reopen(db.session(), acting(), need_id)
    flash(_("Le besoin est rouvert."), "success")
    return redirect(need.path, 303)


def _writing_page(form: NeedForm, status: int, saved: object = None) -> ResponseReturnValue:
    drafts = queries.drafts_of(db.session(), acting().organisation_id)
    page = {"form": form, "saved": saved, "drafts": drafts, "supports": may(acting().organisation.kind, "support")}
    return render_template("dossier/write.html", **page), status
