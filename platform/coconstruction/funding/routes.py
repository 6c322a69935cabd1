from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.accounts.current import acting, acting_or_none
from coconstruction.accounts.models import Affiliation
from coconstruction.coalitions.queries import coalition
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.funding import actions, queries
from coconstruction.funding.advice import Line, advise, best, in_force, standing
from coconstruction.funding.desks import Desk
from coconstruction.funding.forms import AdvisorForm, NeedAdviceForm, SplitForm
from coconstruction.funding.policy import refusal_to_choose_split
from coconstruction.funding.shares import Method
from coconstruction.funding.wording import FILTERS
from coconstruction.needs.models import Need, State
from coconstruction.needs.queries import public_need
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number

SHOWN = 100

blueprint = Blueprint("funding", __name__)
for words in FILTERS:
    blueprint.add_app_template_filter(words)


@dataclass(frozen=True)
class Bill:
    """In cents. `line`: whose aid is taken off, if any."""

    cost: int
    line: Line | None

    @property
    def aid(self) -> int:
        return min(self.cost, (self.line.amount_cents or 0) if self.line else 0)

    @property
    def rest(self) -> int:
        return self.cost - self.aid


@blueprint.get("/financements")
@access.public
def index() -> ResponseReturnValue:
    """Explains the desks; once asked about a need, also answers."""
    form = AdvisorForm(request.args)
    asked = "kind" in request.args
    valid = form.validate() if request.args else True
    rules = queries.rules(db.session())
    current = in_force(rules, form.as_of)
    lines = advise(form.situation, rules, form.as_of) if asked and valid else []
    page = {
        "form": form,
        "as_of": form.as_of,
        "lines": lines,
        "desks": [(rule, standing(rule, form.as_of)) for rule in current.values()],
        "rules": sorted(rules, key=lambda rule: list(Desk).index(rule.desk)),
        "current": current,
    }
    return render_template("funding/index.html", **page), 200 if valid else 422


@blueprint.get("/besoins/<key:need_id>/financements")
@access.public
def of_need(need_id: int) -> ResponseReturnValue:
    hat = acting_or_none()
    return _page(_published(need_id, hat), hat, SplitForm(formdata=None))


@blueprint.post("/besoins/<key:need_id>/financements")
@access.acting
@limits.posting
def choose_split(need_id: int) -> ResponseReturnValue:
    hat, form = acting(), SplitForm()
    need = _published(need_id, hat)
    if not form.validate():
        return _page(need, hat, form)
    actions.choose_split(db.session(), hat, need_id, Method(form.method.data))
    flash(_("Le partage est choisi. Les membres le voient ici, et l’histoire du besoin le dit."), "success")
    return redirect(f"/besoins/{need_id}/financements#parts", 303)


def _published(need_id: int, hat: Affiliation | None) -> Need:
    need = public_need(db.session(), need_id, hat)
    if need.state == State.DRAFT:
        raise NotFound
    return need


def _page(need: Need, hat: Affiliation | None, split_form: SplitForm) -> ResponseReturnValue:
    session, form = db.session(), NeedAdviceForm(request.args)
    valid = form.validate() if request.args else True
    joined = coalition(session, need)
    situation = queries.situation_of(session, need, joined, form.supposed_nature, form.supposed_cost)
    lines = advise(situation, queries.rules(session), form.as_of)
    chosen = queries.chosen_split(session, need.id)
    method = Method(chosen.method) if chosen else Method.POPULATION
    split_form.method.data = split_form.method.data or method.value
    bill = Bill(situation.cost_cents, _aid(form, lines)) if situation.cost_cents else None
    shares = queries.shares(session, joined.members, method, bill.rest) if bill else []
    last = max(1, -(-len(shares) // SHOWN))
    number = min(page_number(), last)
    page = {
        "need": need,
        "form": form,
        "as_of": form.as_of,
        "situation": situation,
        "lines": lines,
        "bill": bill,
        "method": method,
        "chosen": chosen,
        "coalition": joined,
        "shares": shares[(number - 1) * SHOWN : number * SHOWN],
        "number": number,
        "last": last,
        "ours": joined.member(hat.organisation_id) if hat else None,
        "split_form": split_form,
        "refusal": refusal_to_choose_split(need, hat, joined.lead),
    }
    return render_template("funding/need.html", **page), 422 if split_form.errors or not valid else 200


def _aid(form: NeedAdviceForm, lines: list[Line]) -> Line | None:
    """The desk asked for, whatever the day says of it; else the one that surely pays most."""
    if form.without_aid:
        return None
    return next((line for line in lines if line.rule.desk is form.desk), None) if form.desk else best(lines)
