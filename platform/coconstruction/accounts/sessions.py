"""One's open sessions and second factor: seen, ended, added, verified."""

from base64 import b64encode
from io import BytesIO

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction import clock
from coconstruction.accounts import proconnect, queries, second_factor, sign_in
from coconstruction.accounts.current import renew_session, signed_in_agent
from coconstruction.accounts.forms import FactorForm
from coconstruction.accounts.keys import digest
from coconstruction.database import db
from coconstruction.web import access, limits
from coconstruction.web.paths import local_path

blueprint = Blueprint("sessions", __name__, url_prefix="/compte")


@blueprint.get("/sessions")
@access.signed_in
def index() -> ResponseReturnValue:
    agent = signed_in_agent()
    opened = queries.sessions_of(db.session(), agent.id, clock.now())
    rows = [(each, sign_in.public_number(each), each.key_hash == digest(agent.session_key)) for each in opened]
    return render_template("accounts/sessions.html", rows=rows)


@blueprint.post("/sessions/<number>/fin")
@access.signed_in
def end(number: str) -> ResponseReturnValue:
    sign_in.end_own_session(db.session(), signed_in_agent(), number)
    flash(_("La session est fermée : ce navigateur devra se connecter de nouveau."), "success")
    return redirect(url_for("sessions.index"), 303)


@blueprint.post("/sessions/autres/fin")
@access.signed_in
def end_others() -> ResponseReturnValue:
    ended = sign_in.end_other_sessions(db.session(), signed_in_agent())
    flash(ngettext("%(num)s autre session est fermée.", "%(num)s autres sessions sont fermées.", ended), "success")
    return redirect(url_for("sessions.index"), 303)


@blueprint.get("/second-facteur")
@access.signed_in
def factor() -> ResponseReturnValue:
    agent = signed_in_agent()
    known = second_factor.of(db.session(), agent.id)
    left = second_factor.unused_codes(db.session(), agent.id)
    page = {"factor": known, "left": left, "next_path": _next(), "by_proconnect": proconnect.configured()}
    return render_template("accounts/second_factor.html", **page)


@blueprint.post("/second-facteur")
@access.signed_in
def begin() -> ResponseReturnValue:
    second_factor.begin(db.session(), signed_in_agent(), _site_key())
    return redirect(url_for("sessions.confirm", next=_next() or None), 303)


@blueprint.route("/second-facteur/ajout", methods=["GET", "POST"])
@access.signed_in
@limits.codes
def confirm() -> ResponseReturnValue:
    agent, form = signed_in_agent(), FactorForm(next=_next())
    known = second_factor.of(db.session(), agent.id)
    if known is None or known.confirmed_at is not None:
        return redirect(url_for("sessions.factor"), 303)
    if form.validate_on_submit():
        attempt = second_factor.confirm(db.session(), agent, _site_key(), form.code.data or "")
        return _new_codes(attempt, form) if attempt.right else _try_again("sessions.confirm", attempt)
    address = second_factor.address(known, agent, _site_key())
    page = {"form": form, "secret": second_factor.opened(known, _site_key()), "picture": _picture(address)}
    return render_template("accounts/add_factor.html", **page), 422 if form.errors else 200


@blueprint.route("/second-facteur/verification", methods=["GET", "POST"])
@access.signed_in
@limits.codes
def verify() -> ResponseReturnValue:
    agent, form = signed_in_agent(), FactorForm(next=_next())
    if not second_factor.in_place(db.session(), agent.id):
        return redirect(url_for("sessions.factor", next=_next() or None), 303)
    if form.validate_on_submit():
        attempt = second_factor.verify(db.session(), agent, _site_key(), form.code.data or "")
        if not attempt.right:
            return _try_again("sessions.verify", attempt)
        renew_session(agent)
        flash(_("C’est vérifié, jusqu’à la fin de cette session."), "success")
        return redirect(form.next_path("/compte"), 303)
    page = {"form": form, "next_path": _next(), "by_proconnect": proconnect.configured()}
    return render_template("accounts/verify_factor.html", **page), 422 if form.errors else 200


@blueprint.route("/second-facteur/codes", methods=["GET", "POST"])
@access.signed_in
@limits.codes
def renew() -> ResponseReturnValue:
    form = FactorForm(next=url_for("sessions.factor"))
    if not second_factor.in_place(db.session(), signed_in_agent().id):
        return redirect(url_for("sessions.factor"), 303)
    if form.validate_on_submit():
        attempt = second_factor.renew_codes(db.session(), signed_in_agent(), _site_key(), form.code.data or "")
        return _new_codes(attempt, form) if attempt.right else _try_again("sessions.renew", attempt)
    return render_template("accounts/renew_codes.html", form=form), 422 if form.errors else 200


@blueprint.route("/second-facteur/retrait", methods=["GET", "POST"])
@access.signed_in
@limits.codes
def remove() -> ResponseReturnValue:
    form = FactorForm()
    if not second_factor.in_place(db.session(), signed_in_agent().id):
        return redirect(url_for("sessions.factor"), 303)
    if form.validate_on_submit():
        attempt = second_factor.remove(db.session(), signed_in_agent(), _site_key(), form.code.data or "")
        if not attempt.right:
            return _try_again("sessions.remove", attempt)
        renew_session(signed_in_agent())
        flash(_("Votre second facteur est retiré."), "success")
        return redirect(url_for("sessions.factor"), 303)
    return render_template("accounts/remove_factor.html", form=form), 422 if form.errors else 200


def _new_codes(attempt: second_factor.Attempt, form: FactorForm) -> ResponseReturnValue:
    """Told on the answer itself: nothing keeps them for a page to come."""
    renew_session(signed_in_agent())
    next_path = form.next_path("/compte")
    return render_template("accounts/recovery_codes.html", codes=attempt.codes, next_path=next_path)


def _try_again(endpoint: str, attempt: second_factor.Attempt) -> ResponseReturnValue:
    """A redirection, since a page of error would undo the counting of this attempt."""
    flash(_wrong(attempt.left), "error")
    return redirect(url_for(endpoint, next=_next() or None), 303)


def _site_key() -> str:
    return str(current_app.extensions["settings"].secret_key)


def _picture(address: str) -> str:
    """A QR code as an address of data, which the site's policy lets a picture have."""
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return "data:image/svg+xml;base64," + b64encode(out.getvalue()).decode()


def _next() -> str:
    return local_path(request.values.get("next"), "")


def _wrong(left: int) -> str:
    if not left:
        return _("Ce n’est pas le bon code, ou il a déjà servi. Attendez un quart d’heure avant d’en donner un autre.")
    return ngettext(
        "Ce n’est pas le bon code, ou il a déjà servi. Il vous reste %(num)s essai.",
        "Ce n’est pas le bon code, ou il a déjà servi. Il vous reste %(num)s essais.",
        left,
    )
