import json

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import close_session, signed_in_agent
from coconstruction.database import db
from coconstruction.privacy import erasure
from coconstruction.privacy.forms import ErasureForm
from coconstruction.privacy.retention import MEANINGS
from coconstruction.privacy.traces import traces
from coconstruction.web import access

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/donnees-personnelles")
@access.public
def notice() -> ResponseReturnValue:
    kept = current_app.extensions["settings"].retention
    rows = [(str(meaning), getattr(kept, name)) for name, meaning in MEANINGS.items()]
    return render_template("privacy/notice.html", rows=rows)


@blueprint.get("/compte/donnees")
@access.signed_in
def own() -> ResponseReturnValue:
    found = traces(db.session(), signed_in_agent())
    return render_template("privacy/own.html", counts={name: len(rows) for name, rows in found.items()})


@blueprint.get("/compte/donnees.json")
@access.signed_in
def export() -> ResponseReturnValue:
    agent = signed_in_agent()
    told = {"exported_at": clock.now().isoformat(), "data": traces(db.session(), agent)}
    body = json.dumps(told, ensure_ascii=False, indent=2)
    name = f"mes-donnees-{clock.now().date().isoformat()}.json"
    return Response(body, mimetype="application/json", headers={"Content-Disposition": f"attachment; filename={name}"})


@blueprint.route("/compte/suppression", methods=["GET", "POST"])
@access.signed_in
def erase() -> ResponseReturnValue:
    agent, form = signed_in_agent(), ErasureForm()
    if form.validate_on_submit():
        erasure.erase(db.session(), agent)
        close_session()
        flash(_("Votre compte est supprimé. Ce que vos organisations ont fait reste à leur nom."), "success")
        return redirect(url_for("home.index"), 303)
    refusal = erasure.refusal_to_erase(db.session(), agent)
    return render_template("privacy/erase.html", form=form, refusal=refusal), 422 if form.errors else 200
