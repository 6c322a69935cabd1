from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from coconstruction import clock
from coconstruction.accounts.current import acting, acting_or_none, signed_in_agent
from coconstruction.coalitions.queries import membership_of
from coconstruction.database import db
from coconstruction.errors import Link, NotFound, Refused
from coconstruction.following import actions, policy, queries
from coconstruction.following.agreements import astray
from coconstruction.following.forms import NewsForm
from coconstruction.following.wording import news_text
from coconstruction.needs.changes import changes
from coconstruction.needs.content import NeedContent
from coconstruction.needs.models import Need, State
from coconstruction.needs.queries import public_need
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number
from coconstruction.web.paths import local_path

NEWS = "/besoins/<key:need_id>/nouvelles"

blueprint = Blueprint("following", __name__)
blueprint.add_app_template_filter(news_text)


@blueprint.app_template_filter()
def stop_path(stop: dict[str, int]) -> str:
    """Where whoever reads a letter stops the next ones, without signing in."""
    return f"/suivis/{_signer(current_app).dumps([stop['need'], stop['agent']])}"


@blueprint.post("/besoins/<key:need_id>/suivi")
@access.signed_in
def follow(need_id: int) -> ResponseReturnValue:
    wanted = request.form.get("choix") != "arreter"
    actions.follow(db.session(), signed_in_agent().id, need_id, wanted=wanted)
    if wanted:
        flash(_("Vous recevrez les nouvelles de ce besoin."), "success")
    else:
        flash(_("Vous ne recevrez plus de nouvelles de ce besoin."), "success")
    return redirect(local_path(request.form.get("next"), f"/besoins/{need_id}"), 303)


@blueprint.get("/compte/suivis")
@access.signed_in
def followed() -> ResponseReturnValue:
    return render_template("following/followed.html", needs=queries.followed_by(db.session(), signed_in_agent().id))


@blueprint.route("/suivis/<token>", methods=["GET", "POST"])
@access.public
@limits.posting
def stop(token: str) -> ResponseReturnValue:
    """The link in a letter: opening it changes nothing."""
    need_id, agent_id = _read(token)
    need = _need(need_id)
    if request.method == "POST":
        actions.follow(db.session(), agent_id, need.id, wanted=False)
        flash(_("Vous ne recevrez plus de nouvelles de ce besoin."), "success")
        return redirect(need.path, 303)
    return render_template("following/stop.html", need=need)


@blueprint.get(NEWS)
@access.public
def news(need_id: int) -> ResponseReturnValue:
    session, need, number = db.session(), _need(need_id), page_number()
    page = queries.page(session, need.id, number)
    if number > 1 and not page.news:
        raise NotFound
    hat = acting_or_none()
    own = membership_of(session, need.id, hat.organisation_id) if hat else None
    refusal = policy.refusal_to_tell(need, hat, own)
    return render_template("following/news.html", need=need, page=page, number=number, refusal=refusal)


@blueprint.route(f"{NEWS}/ecrire", methods=["GET", "POST"])
@access.acting
@limits.posting
def tell(need_id: int) -> ResponseReturnValue:
    session, hat, need, form = db.session(), acting(), _need(need_id), NewsForm()
    if refusal := policy.refusal_to_tell(need, hat, membership_of(session, need.id, hat.organisation_id)):
        raise refusal
    if form.validate_on_submit():
        actions.tell(session, hat, need.id, form.title.data or "", form.text.data or "")
        flash(_("La nouvelle est publiée."), "success")
        return redirect(url_for("following.news", need_id=need.id), 303)
    leaves = queries.next_letter(session, need.id, clock.now())
    count = len(queries.readers(session, need.id))
    page = {"need": need, "form": form, "leaves": leaves, "count": count}
    return render_template("following/tell.html", **page), 422 if form.errors else 200


@blueprint.route(f"{NEWS}/<key:news_id>/retrait", methods=["GET", "POST"])
@access.acting
def take_back(need_id: int, news_id: int) -> ResponseReturnValue:
    need = _need(need_id)
    found = queries.news(db.session(), need.id, news_id)
    if refusal := policy.refusal_to_take_back(found, acting()):
        raise refusal
    if request.method == "POST":
        actions.take_back(db.session(), acting(), need.id, news_id)
        flash(_("La nouvelle est retirée."), "success")
        return redirect(url_for("following.news", need_id=need.id), 303)
    return render_template("following/take_back.html", need=need, news=found)


@blueprint.route("/besoins/<key:need_id>/accord", methods=["GET", "POST"])
@access.acting
def agree(need_id: int) -> ResponseReturnValue:
    session, hat, need = db.session(), acting(), _need(need_id)
    membership = membership_of(session, need.id, hat.organisation_id)
    if refusal := policy.refusal_to_agree(need, hat, membership):
        raise refusal
    if request.method == "POST":
        actions.agree(session, hat, need.id, request.form.get("version", 0, int))
        flash(_("C’est noté : votre collectivité confirme son engagement."), "success")
        return redirect(need.path, 303)
    versions = astray(session, need, [membership] if membership else [])
    agreed = next(iter(versions.values()), None)
    found = changes(agreed.content, NeedContent.of(need).as_json()) if agreed else []
    return render_template("following/agree.html", need=need, agreed=agreed, changes=found)


def _need(need_id: int) -> Need:
    """A draft has no news, even for its own organisation."""
    need = public_need(db.session(), need_id, None)
    if need.state == State.DRAFT:
        raise NotFound
    return need


def _signer(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(str(app.secret_key), salt="stop-following")


def _read(token: str) -> tuple[int, int]:
    try:
        need_id, agent_id = _signer(current_app).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Refused(
            "unknown_link",
            _("Ce lien n’est pas entier : copiez-le de nouveau, ou connectez-vous pour choisir ce que vous suivez."),
            Link(_("Voir ce que je suis"), "/compte/suivis"),
            status=410,
        ) from None
    return need_id, agent_id
