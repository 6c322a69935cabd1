"""One's own ties to organisations: asked for, proven rung by rung, given mandates, ended."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction import clock
from coconstruction.accounts import actions, codes, mandating, policy, queries
from coconstruction.accounts.current import signed_in_agent
from coconstruction.accounts.documents import MOST_AT_ONCE, keep
from coconstruction.accounts.forms import AffiliationForm, CodeForm, DocumentForm, EndForm, MandateForm, upload_of
from coconstruction.accounts.ladder import proven_at_once, ways
from coconstruction.accounts.models import Affiliation, MandateRole, Role
from coconstruction.accounts.proofs import standing
from coconstruction.accounts.wording import FILTERS
from coconstruction.database import db, lock
from coconstruction.errors import NotFound
from coconstruction.territories.kinds import NAMES
from coconstruction.territories.queries import Suggestion, organisation_by_code, suggest
from coconstruction.web import access, limits
from coconstruction.web.fields import clean
from coconstruction.web.filters import number
from coconstruction.web.paths import local_path

blueprint = Blueprint("ties", __name__, url_prefix="/compte/organisations")
for sentence in FILTERS:
    blueprint.add_app_template_filter(sentence)
LONGEST_SEARCH = 100
SUGGESTIONS = 12


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@access.signed_in
@limits.autocomplete
def new() -> ResponseReturnValue:
    chosen = clean(request.values.get("organisation", ""))
    if not chosen:
        return _choose_organisation()
    body = organisation_by_code(db.session(), chosen)
    if body is None:
        raise NotFound
    if refusal := policy.refusal_to_ask_affiliation(body):
        raise refusal
    form = AffiliationForm(organisation=body.code, next=_next())
    if form.validate_on_submit():
        told = {"function": form.function.data or "", "motive": form.motive.data or ""}
        tie, outcome = actions.ask_affiliation(db.session(), signed_in_agent(), body, Role(form.role.data), **told)
        flash(_sentence(outcome, body.name), "success" if outcome is actions.Outcome.PROVEN else "info")
        if outcome in (actions.Outcome.PROVEN, actions.Outcome.ALREADY_LIVE):
            return redirect(form.next_path("/compte"), 303)
        return redirect(url_for("ties.proof", affiliation_id=tie.id, next=form.next_path("") or None), 303)
    page = {"form": form, "organisation": body, "facts": queries.facts_before(db.session(), signed_in_agent(), body)}
    return render_template("accounts/new_affiliation.html", **page), 422 if form.errors else 200


@blueprint.get("/<key:affiliation_id>/preuve")
@access.signed_in
def proof(affiliation_id: int) -> ResponseReturnValue:
    return _proof_page(_own(affiliation_id), CodeForm(), DocumentForm())


@blueprint.post("/<key:affiliation_id>/preuve/adresse")
@access.signed_in
def prove_by_address(affiliation_id: int) -> ResponseReturnValue:
    """The address has come to prove it since it was asked."""
    tie = _own(affiliation_id)
    told = {"function": tie.function, "motive": tie.motive}
    tie, outcome = actions.ask_affiliation(db.session(), signed_in_agent(), tie.organisation, Role(tie.role), **told)
    flash(_sentence(outcome, tie.organisation.name), "success" if outcome is actions.Outcome.PROVEN else "info")
    return redirect(_next() or "/compte", 303) if tie.live else _back_to_proof(affiliation_id)


@blueprint.post("/<key:affiliation_id>/preuve/envoi")
@access.signed_in
@limits.codes
def send_code(affiliation_id: int) -> ResponseReturnValue:
    address = codes.send_code(db.session(), signed_in_agent(), affiliation_id)
    flash(_("Un code part vers %(address)s. Il sert une seule fois, pendant un jour.", address=address), "success")
    return _back_to_proof(affiliation_id)


@blueprint.post("/<key:affiliation_id>/preuve/code")
@access.signed_in
@limits.codes
def type_code(affiliation_id: int) -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _proof_page(_own(affiliation_id), form, DocumentForm())
    attempt = codes.type_code(db.session(), signed_in_agent(), affiliation_id, form.code.data or "")
    if attempt.right:
        name = _own(affiliation_id).organisation.name
        flash(_("C’est le bon code : vous pouvez dès maintenant agir pour %(name)s.", name=name), "success")
        return redirect(_next() or "/compte", 303)
    # A redirection, since a page of error would undo the counting of this attempt.
    flash(_wrong_code(attempt.left), "error")
    return _back_to_proof(affiliation_id)


@blueprint.post("/<key:affiliation_id>/preuve/document")
@access.signed_in
def add_document(affiliation_id: int) -> ResponseReturnValue:
    tie, form = _own(affiliation_id), DocumentForm()
    if not form.validate():
        return _proof_page(tie, CodeForm(), form)
    held, upload = lock(db.session(), Affiliation, tie.id), upload_of(form.document)
    if len(queries.documents_of(db.session(), tie.id)) >= MOST_AT_ONCE:
        raise policy.too_many_documents(tie.id)
    if upload is not None:
        keep(db.session(), held, signed_in_agent(), upload)
        flash(_("La pièce est jointe à votre demande."), "success")
    return _back_to_proof(affiliation_id)


@blueprint.route("/<key:affiliation_id>/mandat", methods=["GET", "POST"])
@access.signed_in
def ask_mandate(affiliation_id: int) -> ResponseReturnValue:
    tie, form = _own(affiliation_id), MandateForm()
    if refusal := policy.refusal_to_ask_for_mandate(tie):
        raise refusal
    if form.validate_on_submit():
        told = (form.deliberation_number.data or "", form.deliberation_on.data)
        mandating.ask_mandate(db.session(), signed_in_agent(), affiliation_id, MandateRole(form.role.data), *told)
        flash(_("Votre demande de mandat est transmise. Vous recevrez la réponse par courriel."), "success")
        return redirect("/compte", 303)
    return render_template("accounts/ask_mandate.html", form=form, affiliation=tie), 422 if form.errors else 200


@blueprint.post("/<key:affiliation_id>/referent")
@access.signed_in
def become_referent(affiliation_id: int) -> ResponseReturnValue:
    mandate = mandating.become_referent(db.session(), signed_in_agent(), affiliation_id)
    body = mandate.affiliation.organisation
    flash(_("Vous êtes référent de %(name)s : vous veillez sur ses personnes.", name=body.name), "success")
    return redirect("/compte", 303)


@blueprint.route("/<key:affiliation_id>/fin", methods=["GET", "POST"])
@access.signed_in
def end(affiliation_id: int) -> ResponseReturnValue:
    affiliation = _own(affiliation_id)
    if refusal := policy.refusal_to_end(affiliation, signed_in_agent(), None, ""):
        raise refusal
    form = EndForm()
    if form.validate_on_submit():
        actions.end_affiliation(db.session(), affiliation_id, signed_in_agent(), form.motive.data or "")
        flash(_("Votre rattachement est terminé. Ce que vous avez fait pour cette organisation reste."), "success")
        return redirect("/compte", 303)
    return render_template(
        "accounts/end_affiliation.html", affiliation=affiliation, form=form
    ), 422 if form.errors else 200


def _own(affiliation_id: int) -> Affiliation:
    return queries.own_affiliation(db.session(), signed_in_agent().id, affiliation_id)


def _proof_page(tie: Affiliation, code_form: CodeForm, document_form: DocumentForm) -> ResponseReturnValue:
    session, facts = db.session(), queries.facts_about(db.session(), tie)
    page = {
        "tie": tie,
        "facts": facts,
        "ways": () if tie.live or tie.ended_at else ways(facts),
        "by_address": not tie.live and proven_at_once(facts) is not None,
        "proofs": standing(session, tie),
        "code": codes.usable_code(session, tie.id, clock.now()),
        "address": queries.official_contacts(session, tie.organisation_id)[:1],
        "documents": queries.documents_of(session, tie.id),
        "code_form": code_form,
        "document_form": document_form,
        "next_path": _next(),
    }
    status = 422 if code_form.errors or document_form.errors else 200
    return render_template("accounts/proof.html", **page), status


def _back_to_proof(affiliation_id: int) -> ResponseReturnValue:
    return redirect(url_for("ties.proof", affiliation_id=affiliation_id, next=_next() or None), 303)


def _choose_organisation() -> str:
    typed = clean(request.args.get("q", ""))[:LONGEST_SEARCH]
    found = [_choice(each) for each in suggest(db.session(), typed, SUGGESTIONS)]
    return render_template("accounts/choose_organisation.html", typed=typed, found=found, next_path=_next())


def _choice(suggestion: Suggestion) -> Mapping[str, str]:
    body = suggestion.organisation
    people = ngettext("%(people)s habitant", "%(people)s habitants", body.population, people=number(body.population))
    return {
        "name": suggestion.label,
        "detail": f"{NAMES[body.kind]} · {people}" if body.population else str(NAMES[body.kind]),
        "url": url_for("ties.new", organisation=body.code, next=_next() or None),
    }


def _next() -> str:
    return local_path(request.values.get("next"), "")


def _wrong_code(left: int) -> str:
    if not left:
        return _("Ce n’est pas le bon code, et il ne sert plus : demandez-en un autre.")
    return ngettext(
        "Ce n’est pas le bon code. Il vous reste %(num)s essai.",
        "Ce n’est pas le bon code. Il vous reste %(num)s essais.",
        left,
    )


def _sentence(outcome: actions.Outcome, name: str) -> str:
    sentences = {
        actions.Outcome.PROVEN: _(
            "Votre adresse électronique le prouve : vous pouvez dès maintenant agir pour %(organisation)s.",
            organisation=name,
        ),
        actions.Outcome.PENDING: _(
            "Votre demande pour %(organisation)s est enregistrée. Voici comment prouver que vous en faites partie.",
            organisation=name,
        ),
        actions.Outcome.ALREADY_LIVE: _(
            "Vous êtes déjà rattaché à %(organisation)s : rien n’a changé.", organisation=name
        ),
        actions.Outcome.ALREADY_ASKED: _(
            "Votre demande pour %(organisation)s attend déjà une réponse : rien n’a changé.", organisation=name
        ),
    }
    return sentences[outcome]
