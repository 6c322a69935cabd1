"""The curators’ side of a round: its envelope, its dates, its candidates."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import signed_in_agent
from coconstruction.database import db
from coconstruction.rounds import actions, queries, refusals
from coconstruction.rounds.forms import CandidateForm, ContentForm, DatesForm, PriceForm, RoundForm
from coconstruction.rounds.presentation import shown, steps
from coconstruction.web import access

blueprint = Blueprint("preparation", __name__, url_prefix="/curation/tours")


@blueprint.get("")
@access.curator
def index() -> ResponseReturnValue:
    rounds = queries.summaries(db.session(), clock.now())[::-1]
    return render_template("rounds/curation_list.html", rounds=rounds)


@blueprint.route("/nouveau", methods=["GET", "POST"])
@access.curator
def create() -> ResponseReturnValue:
    form = RoundForm()
    if form.validate_on_submit():
        made = actions.create_round(db.session(), signed_in_agent(), form.content(), form.calendar())
        flash(_("Le tour est créé. Faites entrer les besoins présélectionnés, avec leur prix."), "success")
        return redirect(_address(made.id), 303)
    words = {"title": _("Créer un tour"), "action": _("Créer le tour"), "hint": _hint()}
    return _form_page(form, back=url_for("rounds.preparation.index"), **words)


@blueprint.get("/<key:round_id>")
@access.curator
def show(round_id: int) -> ResponseReturnValue:
    return _page(round_id, _candidate_form())


@blueprint.post("/<key:round_id>")
@access.curator
def enter(round_id: int) -> ResponseReturnValue:
    form = _candidate_form()
    if not form.validate():
        return _page(round_id, form), 422
    actions.enter_candidate(db.session(), signed_in_agent(), round_id, form.need_id(), form.cents())
    flash(_("Le besoin est candidat. L’ordre du tirage au sort a été refait avec lui."), "success")
    return redirect(_address(round_id), 303)


@blueprint.route("/<key:round_id>/modification", methods=["GET", "POST"])
@access.curator
def edit(round_id: int) -> ResponseReturnValue:
    round_ = queries.round_by_id(db.session(), round_id)
    calendar = queries.calendar_of(db.session(), round_.id)
    if refusal := refusals.refusal_to_edit(round_, calendar, clock.now()):
        raise refusal
    form = ContentForm.of(round_)
    if form.validate_on_submit():
        actions.edit_round(db.session(), signed_in_agent(), round_id, form.content(), form.seen.data)
        flash(_("Le tour est modifié."), "success")
        return redirect(_address(round_id), 303)
    return _form_page(form, title=_("Modifier le tour"), action=_("Enregistrer"), hint="", back=_address(round_id))


@blueprint.route("/<key:round_id>/calendrier", methods=["GET", "POST"])
@access.curator
def move(round_id: int) -> ResponseReturnValue:
    round_ = queries.round_by_id(db.session(), round_id)
    form = DatesForm.dated(queries.calendar_of(db.session(), round_.id))
    if form.validate_on_submit():
        actions.move_calendar(db.session(), signed_in_agent(), round_id, form.calendar(), form.seen.data)
        flash(_("Les dates sont changées. Les anciennes restent lisibles sur la page du tour."), "success")
        return redirect(_address(round_id), 303)
    words = {"title": _("Changer les dates"), "action": _("Publier ces dates"), "hint": _hint()}
    return _form_page(form, back=_address(round_id), **words)


@blueprint.post("/<key:round_id>/candidats/<key:candidate_id>/prix")
@access.curator
def price(round_id: int, candidate_id: int) -> ResponseReturnValue:
    form = PriceForm()
    if not form.validate():
        flash(" ".join(str(error) for error in form.price.errors), "error")
        return _page(round_id, _candidate_form(bound=False)), 422
    actions.change_price(db.session(), signed_in_agent(), round_id, candidate_id, form.cents())
    flash(_("Le prix est changé."), "success")
    return redirect(_address(round_id), 303)


def _candidate_form(*, bound: bool = True) -> CandidateForm:
    return CandidateForm.among(queries.shortlisted_needs(db.session()), bound=bound)


def _page(round_id: int, form: CandidateForm) -> str:
    round_ = queries.round_by_id(db.session(), round_id)
    summary = queries.summary(db.session(), round_)
    return render_template(
        "rounds/curation_round.html",
        round=round_,
        summary=summary,
        steps=steps(summary),
        moves=[shown(each) for each in queries.moves(db.session(), round_.id)],
        frozen=refusals.refusal_to_edit(round_, summary.calendar, clock.now()),
        form=form,
    )


def _form_page(form: Any, **more: Any) -> ResponseReturnValue:
    return render_template("rounds/curation_form.html", form=form, **more), 422 if form.errors else 200


def _hint() -> str:
    return _("Les heures sont celles de Paris. Chaque phase dure jusqu’au début de la suivante.")


def _address(round_id: int) -> str:
    return url_for("rounds.preparation.show", round_id=round_id)
