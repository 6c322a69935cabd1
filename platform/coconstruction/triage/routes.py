"""The curators' inbox: the needs one by one, each with its place among those the filters keep."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import signed_in_agent
from coconstruction.database import db
from coconstruction.needs.models import Need
from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import STATES
from coconstruction.solutions.models import Solution
from coconstruction.solutions.queries import every_name, find
from coconstruction.territories.programmes import NAMES
from coconstruction.territories.queries import departement_names
from coconstruction.triage import actions, desk, policy, queries
from coconstruction.triage.filtering import asked_filters, curator_of, kept
from coconstruction.triage.forms import AnswerForm, NoteForm, ViewForm
from coconstruction.triage.models import Destination, Kind
from coconstruction.triage.wording import ACTS, AGES, FILTERS, STAGES
from coconstruction.web import access
from coconstruction.web.addresses import page_number, whole_number

blueprint = Blueprint("triage", __name__, url_prefix="/curation")
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@blueprint.get("/besoins")
@access.curator
def index() -> ResponseReturnValue:
    session, filters, me = db.session(), asked_filters(), signed_in_agent()
    number = page_number()
    rows, total = queries.inbox(session, filters, me.id, number)
    last = max(1, -(-total // queries.PER_PAGE))
    views = ViewForm(formdata=None, data={"query": request.query_string.decode()[:300]})
    page = {"rows": rows, "total": total, "number": number, "last": last, "views": views}
    many = {
        "acts": ACTS,
        "curators": {str(each.id): each.name or each.email for each in queries.curators(session)},
        "templates": {str(each.id): each.name for each in queries.templates(session)},
    }
    return render_template("triage/inbox.html", **page, **_around(filters), many=many)


@blueprint.get("/besoins/<key:need_id>")
@access.curator
def show(need_id: int) -> ResponseReturnValue:
    row = queries.row(db.session(), need_id)
    draft = row.draft
    data = {"kind": draft.kind, "destination": draft.destination, "motive": draft.motive} if draft else {}
    solution = {"solution": str(draft.solution_id)} if draft and draft.solution_id else {}
    return _page(row, _form(row.need, AnswerForm(formdata=None, data={**data, **solution})), 200)


@blueprint.post("/besoins/<key:need_id>/reponse")
@access.curator
def answer(need_id: int) -> ResponseReturnValue:
    """Keeps a draft, or publishes; what the page asks for as one chooses (`modele`, `apercu`) writes nothing."""
    session, me, row = db.session(), signed_in_agent(), queries.row(db.session(), need_id)
    form, gesture = _form(row.need, AnswerForm()), request.form.get("geste")
    if gesture == "modele":
        return _page(row, _begun(row.need), 200)
    if gesture == "apercu":
        return _page(row, form, 200)
    if not form.validate():
        return _page(row, form, 422)
    following = queries.walk(session, asked_filters(), me.id, row.need).next
    actions.draft(session, me, [need_id], form.answer())
    if gesture == "publier":
        actions.publish(session, me, [need_id])
        flash(_("La réponse est publiée. Les courriels partent dans dix minutes : d’ici là, elle s’annule."), "success")
    else:
        flash(_("La réponse est en brouillon : l’équipe seule la voit."), "success")
    return _on_to(following or row.need)


@blueprint.post("/besoins/<key:need_id>/reponse/retrait")
@access.curator
def discard(need_id: int) -> ResponseReturnValue:
    actions.discard(db.session(), need_id)
    flash(_("Le brouillon de réponse est jeté."), "success")
    return _on_to(queries.row(db.session(), need_id).need)


@blueprint.post("/besoins/<key:need_id>/attribution")
@access.curator
def assign(need_id: int) -> ResponseReturnValue:
    to = curator_of(request.form.get("a"))
    actions.assign(db.session(), signed_in_agent(), [need_id], to)
    flash(
        _("Le besoin est confié à %(name)s.", name=to.name or to.email) if to else _("Le besoin n’est plus à personne.")
    )
    return _on_to(queries.row(db.session(), need_id).need)


@blueprint.post("/besoins/<key:need_id>/notes")
@access.curator
def note(need_id: int) -> ResponseReturnValue:
    row, form = queries.row(db.session(), need_id), NoteForm()
    if not form.validate():
        return _page(row, _form(row.need, AnswerForm(formdata=None)), 422, note=form)
    desk.add_note(db.session(), signed_in_agent(), need_id, form.text.data or "")
    flash(_("La note est gardée."), "success")
    return _on_to(row.need)


@blueprint.post("/vues")
@access.curator
def save_view() -> ResponseReturnValue:
    form = ViewForm()
    if not form.validate():
        flash(_("Donnez un nom à cette vue."), "error")
        return redirect(url_for("triage.index"), 303)
    if request.form.get("geste") == "retirer":
        desk.drop_view(db.session(), signed_in_agent(), form.name.data or "")
        flash(_("La vue est retirée."), "success")
    else:
        desk.save_view(db.session(), signed_in_agent(), form.name.data or "", (form.query.data or "")[:300])
        flash(_("La vue est gardée : elle est en tête de la page."), "success")
    return redirect(f"{url_for('triage.index')}?{form.query.data or ''}", 303)


@blueprint.post("/gestes/<key:batch_id>/annulation")
@access.curator
def undo(batch_id: int) -> ResponseReturnValue:
    actions.undo(db.session(), signed_in_agent(), batch_id)
    flash(_("C’est annulé : tout est comme avant, et aucun courriel n’est parti."), "success")
    return redirect(url_for("triage.index", **kept(asked_filters())), 303)


def _form(need: Need, form: AnswerForm) -> AnswerForm:
    form.offer(policy.kinds_for(need), every_name(db.session()))
    return form


def _begun(need: Need) -> AnswerForm:
    """With the words of a template."""
    number = request.form.get("modele")
    found = next((each for each in queries.templates(db.session()) if str(each.id) == number), None)
    if found is None:
        return _form(need, AnswerForm())
    words = {"kind": found.kind, "destination": found.destination, "motive": found.text}
    return _form(need, AnswerForm(formdata=None, data=words))


def _page(row: queries.Row, form: AnswerForm, status: int, note: NoteForm | None = None) -> ResponseReturnValue:
    session, filters, me = db.session(), asked_filters(), signed_in_agent()
    kinds = policy.kinds_for(row.need)
    page = {
        "row": row,
        "need": row.need,
        "form": form,
        "note": note or NoteForm(formdata=None),
        "notes": queries.notes(session, row.need.id),
        "answers": queries.answers(session, row.need.id),
        "appeals": queries.appeals_on(session, row.need.id),
        "walk": queries.walk(session, filters, me.id, row.need),
        "templates": [each for each in queries.templates(session) if each.kind in kinds],
        "curators": queries.curators(session),
        "preview": _preview(form),
    }
    return render_template("triage/need.html", **page, **_around(filters)), status


@dataclass(frozen=True)
class Preview:
    """What is being written, as it would be read."""

    kind: str
    destination: str
    solution: Solution | None
    motive: str


def _preview(form: AnswerForm) -> Preview | None:
    """Nothing while it says too little to be read."""
    kind, to = form.kind.data, form.destination.data or ""
    if kind not in set(Kind) or (kind == Kind.REDIRECT and to not in set(Destination)):
        return None
    chosen = whole_number(form.solution.data) if to == Destination.SOLUTION else None
    solution = find(db.session(), chosen) if chosen else None
    return Preview(kind, to, solution, form.motive.data or "")


def _around(filters: queries.Filters) -> Mapping[str, object]:
    """What every page of the inbox shows beside its needs."""
    session, me = db.session(), signed_in_agent()
    return {
        "filters": filters,
        "kept": kept(filters),
        "counters": queries.counters(session, me.id),
        "saved": queries.views(session, me.id),
        "undoable": queries.undoable(session, me.id),
        "me": me,
        "names": {
            "themes": THEMES,
            "states": STATES,
            "departements": departement_names(session),
            "stages": STAGES,
            "programmes": NAMES,
        },
        "ages": AGES,
        "walked": queries.WALKED,
    }


def _on_to(need: Need) -> ResponseReturnValue:
    return redirect(url_for("triage.show", need_id=need.id, **kept(asked_filters())), 303)
