from collections.abc import Mapping, Sequence
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import (
    acting,
    acting_or_none,
    current_agent,
    require_second_factor,
    signed_in_agent,
)
from coconstruction.accounts.models import Agent
from coconstruction.database import db
from coconstruction.discussions import actions, policy, queries
from coconstruction.discussions.forms import DecisionForm, MessageForm, ReportForm, TextForm
from coconstruction.discussions.models import Message
from coconstruction.discussions.voices import Voice
from coconstruction.discussions.wording import FILTERS
from coconstruction.errors import NotFound
from coconstruction.needs.models import Need, State
from coconstruction.needs.queries import public_need
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import organisations_coded, suggest
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number, whole_number

SUGGESTIONS = 8
DISCUSSION = "/besoins/<key:need_id>/discussion"
MESSAGE = f"{DISCUSSION}/<key:message_id>"

blueprint = Blueprint("discussions", __name__)
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@blueprint.get(DISCUSSION)
@access.public
def show(need_id: int) -> ResponseReturnValue:
    """A visitor's page holds no form: it is kept for all."""
    return _discussion(_need(need_id), MessageForm() if current_agent() else None)


@blueprint.post(DISCUSSION)
@access.signed_in
@limits.posting
def post(need_id: int) -> ResponseReturnValue:
    need, form, voice = _need(need_id), MessageForm(), _writing_voice()
    if refusal := policy.refusal_to_post(need, voice):
        raise refusal
    if not form.searching() and form.validate():
        message = actions.say(db.session(), voice, need.id, form.words(_picked(form)))
        flash(_("Votre message est publié. Vous pouvez le modifier pendant quinze minutes."), "success")
        return redirect(message.path, 303)
    _offer(form)
    return _discussion(need, form)


@blueprint.route(f"{MESSAGE}/reponse", methods=["GET", "POST"])
@access.signed_in
@limits.posting
def answer(need_id: int, message_id: int) -> ResponseReturnValue:
    need, form, voice = _need(need_id), MessageForm(), _writing_voice()
    thread = queries.thread(db.session(), need.id, message_id)
    if refusal := policy.refusal_to_answer(need, thread.first.message, voice, len(thread.answers)):
        raise refusal
    if request.method == "POST" and not form.searching() and form.validate():
        message = actions.say(db.session(), voice, need.id, form.words(_picked(form)), message_id)
        flash(_("Votre réponse est publiée. Vous pouvez la modifier pendant quinze minutes."), "success")
        return redirect(message.path, 303)
    _offer(form)
    page = {"need": need, "form": form, "thread": thread, "voice": voice}
    return render_template("discussions/answer.html", **page), 422 if form.errors else 200


@blueprint.route(f"{MESSAGE}/modification", methods=["GET", "POST"])
@access.signed_in
@limits.posting
def edit(need_id: int, message_id: int) -> ResponseReturnValue:
    message, voice = _message(need_id, message_id), _writing_voice()
    if refusal := policy.refusal_to_edit(message, voice):
        raise refusal
    form = TextForm(data={"text": message.text})
    if form.validate_on_submit():
        actions.edit(db.session(), voice, message, form.text.data or "")
        flash(_("Le message est modifié."), "success")
        return redirect(message.path, 303)
    page = {"need": _need(need_id), "message": message, "form": form}
    return render_template("discussions/edit.html", **page), 422 if form.errors else 200


@blueprint.route(f"{MESSAGE}/retrait", methods=["GET", "POST"])
@access.signed_in
def remove(need_id: int, message_id: int) -> ResponseReturnValue:
    message, voice = _message(need_id, message_id), _writing_voice()
    if refusal := policy.refusal_to_remove(message, voice):
        raise refusal
    if request.method == "POST":
        actions.remove(db.session(), voice, message)
        flash(_("Le message est retiré. Sa place reste, pour les réponses."), "success")
        return redirect(message.path, 303)
    return render_template("discussions/remove.html", **_one(need_id, message))


@blueprint.route(f"{MESSAGE}/signalement", methods=["GET", "POST"])
@access.signed_in
@limits.posting
def report(need_id: int, message_id: int) -> ResponseReturnValue:
    message, form = _message(need_id, message_id), ReportForm()
    if refusal := policy.refusal_to_report(message):
        raise refusal
    if form.validate_on_submit():
        actions.report(db.session(), signed_in_agent(), message, form.reason.data or "")
        flash(_("Merci : l’équipe de l’Incubateur va examiner ce message."), "success")
        return redirect(message.path, 303)
    return render_template("discussions/report.html", form=form, **_one(need_id, message)), 422 if form.errors else 200


@blueprint.get(f"{DISCUSSION}/pieces/<key:attachment_id>")
@access.public
def attachment(need_id: int, attachment_id: int) -> ResponseReturnValue:
    """Downloaded, never shown by the browser inside the site. Of a hidden message, for the team only."""
    found = queries.attachment(db.session(), _need(need_id).id, attachment_id)
    if found.message.hidden_at and not _is_curator(current_agent()):
        raise NotFound
    return send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )


@blueprint.route("/curation/messages/<key:message_id>", methods=["GET", "POST"])
@access.curator
def decide(message_id: int) -> ResponseReturnValue:
    said, form = queries.said(db.session(), message_id), DecisionForm()
    if form.validate_on_submit():
        _decide(said.message, form.motive.data or "")
        return redirect("/curation", 303)
    reports = queries.reports_on(db.session(), message_id)
    page = {"said": said, "need": said.message.need, "reports": reports, "form": form}
    return render_template("discussions/decide.html", **page), 422 if form.errors else 200


def _decide(message: Message, motive: str) -> None:
    session, curator, decision = db.session(), signed_in_agent(), request.form.get("decision")
    if decision == "retablir":
        actions.restore(session, curator, message, motive)
        flash(_("Le message est de nouveau lisible. Son auteur en reçoit les raisons."), "success")
    elif decision == "classer":
        actions.dismiss_reports(session, curator, message, motive)
        flash(_("Les signalements sont classés : le message reste lisible."), "success")
    else:
        actions.hide(session, curator, message, motive)
        flash(_("Le message est masqué. Son auteur en reçoit les raisons, qui sont publiques."), "success")


def _discussion(need: Need, form: MessageForm | None) -> ResponseReturnValue:
    session, voice = db.session(), _voice()
    page = queries.page(session, need.id, _asked_page(need.id))
    shown = {"need": need, "page": page, "form": form, "voice": voice, "may": _may(page, voice)}
    refusal = policy.refusal_to_post(need, voice) if voice else None
    return render_template("discussions/show.html", refusal=refusal, **shown), 422 if form and form.errors else 200


def _may(page: queries.Page, voice: Voice | None) -> Mapping[int, Sequence[str]]:
    """What this reader may do to each message, beside reading it."""
    messages = [each.message for thread in page.threads for each in (thread.first, *thread.answers)]
    return {each.id: _acts(each, voice) for each in messages} if voice else {}


def _acts(message: Message, voice: Voice) -> Sequence[str]:
    refusals = {
        "edit": policy.refusal_to_edit(message, voice),
        "remove": policy.refusal_to_remove(message, voice),
        "report": policy.refusal_to_report(message),
    }
    allowed = [name for name, refusal in refusals.items() if refusal is None]
    return [name for name in allowed if name != "report" or not voice.wrote(message)]


def _need(need_id: int) -> Need:
    """A draft has no discussion, even for its own organisation."""
    need = public_need(db.session(), need_id, None)
    if need.state == State.DRAFT:
        raise NotFound
    return need


def _message(need_id: int, message_id: int) -> Message:
    return queries.message(db.session(), _need(need_id).id, message_id)


def _one(need_id: int, message: Message) -> Mapping[str, object]:
    return {"need": _need(need_id), "said": queries.said_of(db.session(), message)}


def _asked_page(need_id: int) -> int:
    asked = whole_number(request.args.get("message"))
    if asked is None or "page" in request.args:
        return page_number()
    return queries.page_of(db.session(), need_id, asked)


def _voice() -> Voice | None:
    """A curator speaks for the team, unless they write for an organisation at its request."""
    agent, hat = current_agent(), acting_or_none()
    if agent is None:
        return None
    return Voice(agent) if agent.is_curator and not (hat and hat.assisted) else Voice(agent, hat)


def _writing_voice() -> Voice:
    voice = _voice() or Voice(signed_in_agent())
    if request.method != "POST":
        return voice
    if voice.of_team:
        require_second_factor(voice.agent)
    return voice if voice.of_team else Voice(voice.agent, acting())


def _is_curator(agent: Agent | None) -> bool:
    return agent is not None and agent.is_curator


def _picked(form: MessageForm) -> Sequence[Organisation]:
    return organisations_coded(db.session(), form.ticked())


def _offer(form: MessageForm) -> None:
    """Those ticked before, and those found now."""
    found = [each.organisation for each in suggest(db.session(), form.search.data or "", SUGGESTIONS)]
    ticked = _picked(form)
    form.offer([*ticked, *(each for each in found if form.searching() and each not in ticked)])
