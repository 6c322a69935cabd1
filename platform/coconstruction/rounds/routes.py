"""The round as everyone sees it, and the ballot of one organisation."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction import clock
from coconstruction.accounts.current import acting, acting_or_none
from coconstruction.database import db
from coconstruction.errors import Refused
from coconstruction.rounds import actions, documents, hand, preparation, queries, refusals
from coconstruction.rounds.calendar import Phase
from coconstruction.rounds.counting.greedy import canonical_json, sha256
from coconstruction.rounds.forms import BallotForm
from coconstruction.rounds.models import Ballot, Candidate, Round
from coconstruction.rounds.presentation import round_sentence, shown, steps
from coconstruction.rounds.queries import RoundSummary
from coconstruction.rounds.results import Result, Verdict
from coconstruction.rounds.wording import moment
from coconstruction.territories.kinds import kind_label
from coconstruction.web import access
from coconstruction.web.addresses import page_number
from coconstruction.web.filters import cents
from coconstruction.web.filters import number as written

blueprint = Blueprint("rounds", __name__)
blueprint.register_blueprint(preparation.blueprint)
clock_blueprint = hand.blueprint
BALLOTS_A_PAGE = 100


blueprint.add_app_template_filter(round_sentence, "round_sentence")
blueprint.add_app_template_filter(moment, "moment")


def phase_line() -> str | None:
    """The line under the header of every page."""
    current = queries.current(_rounds())
    return round_sentence(current) if current else None


def phases() -> tuple[str | None, ...]:
    """Where every round stands now."""
    return tuple(each.phase for each in _rounds())


def _rounds() -> list[queries.RoundSummary]:
    """Read once a request: the page, its header and its place among kept pages ask for it."""
    if "rounds" not in g:
        g.rounds = queries.summaries(db.session(), clock.now())
    return list(g.rounds)


@blueprint.get("/tours")
@access.public
def index() -> ResponseReturnValue:
    rounds = queries.summaries(db.session(), clock.now())
    if len(rounds) == 1:
        return redirect(rounds[0].path, 303)
    return render_template("rounds/index.html", rounds=rounds[::-1])


@blueprint.get("/tours/<slug>")
@access.public
def show(slug: str) -> ResponseReturnValue:
    round_, summary = _round(slug)
    return render_template(
        "rounds/show.html",
        round=round_,
        summary=summary,
        steps=steps(summary),
        moves=[shown(each) for each in queries.moves(db.session(), round_.id)],
        refusal=refusals.refusal_to_vote(round_, summary.calendar, acting_or_none(), clock.now()),
        published=summary.is_published,
    )


@blueprint.get("/tours/<slug>/bulletin")
@access.public
def ballot(slug: str) -> ResponseReturnValue:
    round_, summary = _round(slug)
    cast = _own_ballot(round_)
    refusal = refusals.refusal_to_vote(round_, summary.calendar, acting_or_none(), clock.now())
    return _ballot_page(round_, summary, BallotForm.filled(cast), refusal=refusal, cast=cast)


@blueprint.post("/tours/<slug>/bulletin")
@access.acting
def cast(slug: str) -> ResponseReturnValue:
    """Three buttons of one form: work the cost out again, read the summary, deposit."""
    round_, summary = _round(slug)
    if refusal := refusals.refusal_to_vote(round_, summary.calendar, acting(), clock.now()):
        raise refusal
    form, step = BallotForm(), request.form.get("step", "")
    if not form.validate() or step not in ("review", "deposit"):
        return _ballot_page(round_, summary, form), 422 if form.errors else 200
    if refusal := refusals.refusal_of_choices(round_, [each.id for each in round_.candidates], form.approved()):
        raise refusal
    if step == "review":
        chosen = form.chosen(round_.candidates)
        return render_template("rounds/review.html", round=round_, form=form, chosen=chosen, cost=_cost(chosen))
    actions.cast_ballot(db.session(), round_.id, acting(), form.approved(), form.expected_version())
    flash(_("Votre bulletin est déposé. Vous pouvez le remplacer jusqu’à la clôture du vote."), "success")
    return redirect(url_for("rounds.receipt", slug=slug), 303)


@blueprint.get("/tours/<slug>/bulletin/recu")
@access.acting
def receipt(slug: str) -> ResponseReturnValue:
    round_, _summary = _round(slug)
    cast = _own_ballot(round_)
    return render_template("rounds/receipt.html", round=round_, cast=cast, cast_titles=_titles(round_, cast))


@blueprint.get("/tours/<slug>/resultats")
@access.public
def results(slug: str) -> ResponseReturnValue:
    round_, summary = _round(slug)
    if not summary.is_published:
        return render_template("rounds/sealed.html", round=round_, publication=summary.calendar.starts[Phase.PUBLISHED])
    document = documents.published(db.session(), round_)
    found = Result(document)
    last = max(1, -(-len(found.ballots) // BALLOTS_A_PAGE))
    number = min(page_number(), last)
    page = found.ballots[(number - 1) * BALLOTS_A_PAGE : number * BALLOTS_A_PAGE]
    return render_template(
        "rounds/results.html",
        round=round_,
        result=found,
        fingerprint=sha256(document),
        bar_rows=[_bar(each) for each in found.verdicts],
        kinds=[(kind_label(each.label), written(each.cast), written(each.called)) for each in found.turnout_by_kind],
        departements=[(each.label, written(each.cast), written(each.called)) for each in found.turnout_by_departement],
        shown=page,
        number=number,
        last=last,
    )


@blueprint.get("/tours/<slug>/resultats.json")
@access.public
def results_json(slug: str) -> ResponseReturnValue:
    """The same bytes for everyone, each time: canonical JSON, with its own fingerprint under « hash »."""
    round_, summary = _round(slug)
    if not summary.is_published:
        publication = summary.calendar.starts[Phase.PUBLISHED]
        told = {"error": "sealed", "published_at": publication.isoformat()}
        return Response(canonical_json(told), 403, mimetype="application/json")
    document = documents.published(db.session(), round_)
    return Response(canonical_json({**document, "hash": sha256(document)}), mimetype="application/json")


def _round(slug: str) -> tuple[Round, RoundSummary]:
    round_ = queries.round_by_slug(db.session(), slug)
    return round_, queries.summary(db.session(), round_)


def _own_ballot(round_: Round) -> Ballot | None:
    hat = acting_or_none()
    return queries.ballot_of(db.session(), round_.id, hat.organisation_id) if hat else None


def _ballot_page(
    round_: Round, summary: RoundSummary, form: BallotForm, refusal: Refused | None = None, cast: Ballot | None = None
) -> str:
    chosen = form.chosen(round_.candidates)
    return render_template(
        "rounds/ballot.html",
        round=round_,
        summary=summary,
        form=form,
        refusal=refusal,
        cast=cast,
        cast_titles=_titles(round_, cast),
        chosen={each.id for each in chosen},
        cost=_cost(chosen),
    )


def _titles(round_: Round, cast: Ballot | None) -> list[str]:
    return [each.snapshot["title"] for each in round_.candidates if cast and each.id in cast.choices]


def _cost(chosen: Sequence[Candidate]) -> int:
    return sum(each.price for each in chosen)


def _bar(verdict: Verdict) -> dict[str, Any]:
    """From nothing to what would have been spent with this candidate: past the line, it did not fit."""
    return {
        "label": verdict.title,
        "url": verdict.path,
        "value": verdict.spent_before + verdict.price,
        "text": cents(verdict.price),
        "kept": verdict.selected,
        "note": verdict.sentence,
    }
