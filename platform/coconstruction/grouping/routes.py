"""The workspace where similar needs are put under a common one, and the way out for those concerned."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts.current import acting, signed_in_agent
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.grouping import actions, policy, queries
from coconstruction.grouping.forms import ANEW, GroupForm, UngroupForm, chosen_numbers
from coconstruction.needs.models import Need
from coconstruction.needs.queries import grouped_under, public_need
from coconstruction.search.analysis import question_words
from coconstruction.search.index import Question
from coconstruction.web import access, limits
from coconstruction.web.addresses import whole_number

LOOKED_AT, LONGEST_QUESTION, MOST_WORDS = 30, 300, 12

blueprint = Blueprint("grouping", __name__)


@blueprint.get("/curation/regroupement")
@access.curator
def workspace() -> ResponseReturnValue:
    chosen = queries.needs(db.session(), chosen_numbers())
    form = GroupForm(formdata=None, data=_begun(chosen))
    return _page(chosen, form, 200)


@blueprint.post("/curation/regroupement")
@access.curator
def group() -> ResponseReturnValue:
    session, me, form = db.session(), signed_in_agent(), GroupForm()
    chosen = queries.needs(session, chosen_numbers())
    form.offer(chosen)
    if not form.validate():
        return _page(chosen, form, 422)
    keys, motive = [each.id for each in chosen], form.motive.data or ""
    if form.is_new:
        common = actions.group_anew(session, me, keys, int(form.bearer.data), form.content(), motive)
    else:
        into = int(form.into.data)
        common = actions.group(session, me, [key for key in keys if key != into], into, motive)
    count = ngettext("%(num)s besoin y est réuni.", "%(num)s besoins y sont réunis.", common.groups)
    flash(_("Le besoin commun est en place.") + " " + count, "success")
    return redirect(common.path, 303)


@blueprint.post("/curation/regroupement/distincts")
@access.curator
def dismiss() -> ResponseReturnValue:
    one, other = (whole_number(request.form.get(name)) for name in ("besoin", "autre"))
    if not one or not other or one == other:
        raise NotFound
    actions.dismiss(db.session(), signed_in_agent(), one, other)
    flash(_("Ces deux besoins ne seront plus proposés ensemble, tant que leurs textes ne changent pas."), "success")
    return redirect(url_for("grouping.workspace", besoin=one), 303)


@blueprint.route("/curation/besoins/<key:need_id>/separation", methods=["GET", "POST"])
@access.curator
def ungroup(need_id: int) -> ResponseReturnValue:
    session, form = db.session(), UngroupForm()
    need = public_need(session, need_id, None)
    common = queries.common_of(session, need)
    if refusal := policy.refusal_to_ungroup(need, common):
        raise refusal
    if form.validate_on_submit():
        actions.ungroup(session, signed_in_agent(), need_id, form.motive.data or "")
        flash(_("Le besoin est de nouveau seul, dans l’état où il était."), "success")
        return redirect(need.path, 303)
    return render_template("grouping/ungroup.html", need=need, common=common, form=form), 422 if form.errors else 200


@blueprint.post("/besoins/<key:need_id>/besoin-commun")
@access.acting
@limits.posting
def step_out(need_id: int) -> ResponseReturnValue:
    out = request.form.get("choix") != "revenir"
    need = actions.step_out(db.session(), acting(), need_id, out=out)
    if out:
        flash(_("Votre collectivité ne compte plus dans le besoin commun. Ce qu’elle a fait ici reste."), "success")
    else:
        flash(_("Votre collectivité compte de nouveau dans le besoin commun."), "success")
    return redirect(need.path, 303)


def _begun(chosen: Sequence[Need]) -> dict[str, str]:
    """The common text begins with the words of the first."""
    if not chosen:
        return {"into": ANEW}
    first = chosen[0]
    words = {"title": first.title, "problem": first.problem, "audience": first.audience, "theme": first.theme}
    existing = next((str(each.id) for each in chosen if each.groups), ANEW)
    return {**words, "bearer": str(first.id), "into": existing}


def _page(chosen: Sequence[Need], form: GroupForm, status: int) -> ResponseReturnValue:
    session = db.session()
    form.offer(chosen)
    typed = request.args.get("q", "")[:LONGEST_QUESTION].strip()
    near = queries.suggestions(session, chosen[0], _near(chosen[0])) if chosen else []
    there = {each.id for each in chosen}
    page = {
        "form": form,
        "chosen": chosen,
        "suggestions": [each for each in near if each.need.id not in there],
        "typed": typed,
        "found": [each for each in queries.needs(session, _found(typed)) if each.id not in there] if typed else [],
        "effect": queries.effect(session, [*there, *_under(chosen)]) if len(chosen) > 1 else None,
    }
    return render_template("grouping/workspace.html", **page), status


def _under(chosen: Sequence[Need]) -> list[int]:
    return [each.id for common in chosen if common.groups for each in grouped_under(db.session(), common.id)]


def _near(need: Need) -> list[int]:
    """Those that share most words of its title. One question a word: a single one would keep what answers it whole."""
    asked = [word.folded for word in question_words(need.title)][:MOST_WORDS]
    hits = Counter(key for word in dict.fromkeys(asked) for key in _found(word))
    return [key for key, _count in hits.most_common(LOOKED_AT)]


def _found(text: str) -> list[int]:
    answer = current_app.extensions["search"].search(Question(text, kinds=("need",), per_page=LOOKED_AT))
    return [hit.id for hit in answer.hits]
