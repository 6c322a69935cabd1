from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts.current import acting
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions.candidates import Body, missing
from coconstruction.coalitions.queries import coalition, membership_of
from coconstruction.database import db
from coconstruction.needs.models import Need
from coconstruction.needs.queries import public_need
from coconstruction.outreach import actions, policy, queries
from coconstruction.outreach.forms import InviteForm
from coconstruction.outreach.wording import hurdle_sentence
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import organisations_coded, suggest
from coconstruction.web import access, limits

SUGGESTIONS, SUPPORTERS = 8, 12

blueprint = Blueprint("outreach", __name__)
blueprint.add_app_template_filter(hurdle_sentence)


@blueprint.route("/besoins/<key:need_id>/inviter", methods=["GET", "POST"])
@access.acting
@limits.posting
def invite(need_id: int) -> ResponseReturnValue:
    session, hat, form = db.session(), acting(), InviteForm()
    need = public_need(session, need_id, hat)
    _refuse(need, hat)
    ticked = organisations_coded(session, form.ticked())
    if request.method == "POST" and not form.searching() and form.validate():
        if ticked:
            sent = actions.invite(session, hat, need.id, [each.id for each in ticked], form.word.data or "")
            _tell(sent, ticked)
            return redirect(f"/besoins/{need.id}/inviter", 303)
        form.picked.errors = [_("Cochez au moins une collectivité.")]
    return _page(need, form, ticked)


@blueprint.route("/rejoindre/<token>", methods=["GET", "POST"])
@access.public
@limits.posting
def answer(token: str) -> ResponseReturnValue:
    """The link in a letter: opening it does nothing."""
    session = db.session()
    if request.method == "POST":
        refuses = request.form.get("choix") != "recevoir"
        actions.refuse_by_letter(session, token, refuses=refuses)
        _tell_choice(refuses=refuses)
        return redirect(f"/rejoindre/{token}", 303)
    invitation = queries.by_token(session, token)
    if invitation is None:
        raise policy.nothing_to_answer()
    refused = queries.wants_none(session, invitation.organisation_id)
    return render_template("outreach/answer.html", invitation=invitation, refused=refused)


@blueprint.get("/compte/invitations")
@access.acting
def received() -> ResponseReturnValue:
    session, organisation = db.session(), acting().organisation
    return render_template(
        "outreach/received.html",
        waiting=queries.waiting_for(session, organisation.id),
        refused=queries.wants_none(session, organisation.id),
    )


@blueprint.post("/compte/invitations")
@access.acting
def choose() -> ResponseReturnValue:
    refuses = request.form.get("choix") != "recevoir"
    actions.refuse_all(db.session(), acting(), refuses=refuses)
    _tell_choice(refuses=refuses)
    return redirect("/compte/invitations", 303)


def _page(need: Need, form: InviteForm, ticked: Sequence[Organisation]) -> ResponseReturnValue:
    session = db.session()
    found = [each.organisation for each in suggest(session, form.search.data or "", SUGGESTIONS)]
    found = [each for each in found if each not in ticked] if form.searching() else []
    bodies = _proposed(need)
    outside = queries.supporters_outside(session, need, SUPPORTERS)
    offered = {each.id: each for each in (*ticked, *found, *(body.organisation for body in bodies), *outside)}
    hurdles = queries.hurdles(session, need, list(offered.values()))
    form.offer([each for each in offered.values() if each.id not in hurdles])
    page = {
        "form": form,
        "need": need,
        "bodies": {body.organisation.code: body for body in bodies},
        "supporters": {each.code for each in outside},
        "hurdles": [(each, hurdles[each.id]) for each in found if each.id in hurdles],
        "sent": queries.invitations_to(session, need.id),
    }
    return render_template("outreach/invite.html", **page), 422 if form.errors else 200


def _proposed(need: Need) -> Sequence[Body]:
    """Those of the proposals of the need's page, each once."""
    proposals = missing(db.session(), need, coalition(db.session(), need))
    bodies = [body for each in proposals for body in (*each.bodies, *each.examples)]
    return list({body.organisation.id: body for body in bodies}.values())


def _refuse(need: Need, hat: Affiliation) -> None:
    member = membership_of(db.session(), need.id, hat.organisation_id) is not None
    if refusal := policy.refusal_to_invite(need, hat, member=member):
        raise refusal


def _tell(sent: actions.Sent, ticked: Sequence[Organisation]) -> None:
    if count := len(sent.invited):
        flash(ngettext("L’invitation est partie.", "%(num)s invitations sont parties.", count), "success")
    for each in ticked:
        if each.id in sent.left_out:
            reason = hurdle_sentence(sent.left_out[each.id])
            flash(_("Pas de courriel à %(name)s : elle %(reason)s.", name=each.name, reason=reason), "info")


def _tell_choice(*, refuses: bool) -> None:
    if refuses:
        flash(_("C’est noté : votre organisation ne recevra plus d’invitation à rejoindre."), "success")
    else:
        flash(_("C’est noté : votre organisation recevra de nouveau les invitations à rejoindre."), "success")
