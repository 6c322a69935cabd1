from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from coconstruction.accounts import actions as accounts
from coconstruction.accounts import queries as affiliations
from coconstruction.accounts.current import signed_in_agent
from coconstruction.accounts.domains import refuse_domain, verify_domain
from coconstruction.accounts.forms import upload_of
from coconstruction.accounts.mandating import Terms, grant_mandate, refuse_mandate, wished_terms
from coconstruction.assistance.queries import contested
from coconstruction.curation import actions, duplicates, policy, queries
from coconstruction.curation.forms import ApprovalForm, DuplicateForm, MotiveForm, VerificationForm
from coconstruction.database import db
from coconstruction.discussions.queries import reported
from coconstruction.errors import NotFound
from coconstruction.funding.queries import lines_today
from coconstruction.needs.queries import public_need
from coconstruction.territories.models import Organisation
from coconstruction.territories.queries import organisation_by_code, suggest
from coconstruction.web import access
from coconstruction.web.addresses import page_number, whole_number
from coconstruction.web.fields import clean

LONGEST_SEARCH = 100

blueprint = Blueprint("curation", __name__, url_prefix="/curation")


@blueprint.get("")
@access.curator
def index() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "curation/index.html",
        qualified=queries.to_shortlist(session),
        shortlisted=queries.shortlisted(session),
        affiliations=affiliations.pending_affiliations(session),
        mandates=affiliations.pending_mandates(session),
        domains=affiliations.pending_domains(session),
        without_referent=affiliations.without_referent(session),
        contested=contested(session),
        reported=reported(session),
    )


@blueprint.route("/besoins/<key:need_id>/preselection", methods=["GET", "POST"])
@access.curator
def shortlist(need_id: int) -> ResponseReturnValue:
    need, form = public_need(db.session(), need_id, None), MotiveForm()
    if refusal := policy.refusal_to_shortlist(need):
        raise refusal
    if form.validate_on_submit():
        actions.shortlist(db.session(), signed_in_agent(), need_id, form.motive.data or "")
        flash(
            _("Le besoin est présélectionné. Les collectivités concernées en reçoivent la nouvelle et les raisons."),
            "success",
        )
        return redirect(url_for("curation.index"), 303)
    page = {"need": need, "form": form, "undo": False, "lines": lines_today(db.session(), need)}
    return render_template("curation/decide.html", **page), 422 if form.errors else 200


@blueprint.route("/besoins/<key:need_id>/preselection/annulation", methods=["GET", "POST"])
@access.curator
def unshortlist(need_id: int) -> ResponseReturnValue:
    need, form = public_need(db.session(), need_id, None), MotiveForm()
    if refusal := policy.refusal_to_unshortlist(need):
        raise refusal
    if form.validate_on_submit():
        actions.unshortlist(db.session(), signed_in_agent(), need_id, form.motive.data or "")
        flash(_("La présélection est annulée."), "success")
        return redirect(url_for("curation.index"), 303)
    page = {"need": need, "form": form, "undo": True, "lines": []}
    return render_template("curation/decide.html", **page), 422 if form.errors else 200


@blueprint.route("/rattachements/<key:affiliation_id>", methods=["GET", "POST"])
@access.curator
def affiliation(affiliation_id: int) -> ResponseReturnValue:
    form = ApprovalForm()
    form.document_needed = not affiliations.documents_of(db.session(), affiliation_id)
    if form.validate_on_submit():
        _decide_on_affiliation(affiliation_id, form)
        return redirect(url_for("curation.index"), 303)
    return _asked_page(affiliation_id, form, _("Vérifier un rattachement"))


@blueprint.route("/mandats/<key:affiliation_id>", methods=["GET", "POST"])
@access.curator
def mandate(affiliation_id: int) -> ResponseReturnValue:
    form = VerificationForm()
    if form.validate_on_submit():
        _decide_on_mandate(affiliation_id, form)
        return redirect(url_for("curation.index"), 303)
    return _asked_page(affiliation_id, form, _("Vérifier un mandat"))


@blueprint.route("/domaines/<code>/<domain>", methods=["GET", "POST"])
@access.curator
def domain(code: str, domain: str) -> ResponseReturnValue:
    session, form = db.session(), VerificationForm()
    organisation = organisation_by_code(session, code)
    known = affiliations.organisation_domain(session, domain, organisation.id) if organisation else None
    if organisation is None or known is None:
        raise NotFound
    if form.validate_on_submit():
        decide = refuse_domain if request.form.get("decision") == "refuser" else verify_domain
        concerned = decide(session, known.domain, organisation.id, signed_in_agent(), form.motive.data or "")
        flash(ngettext("%(num)s personne concernée.", "%(num)s personnes concernées.", concerned), "success")
        return redirect(url_for("curation.index"), 303)
    people = affiliations.people_at_domain(session, known.domain, organisation.id)
    page = {"form": form, "known": known, "organisation": organisation, "people": people}
    return render_template("curation/domain.html", **page), 422 if form.errors else 200


@blueprint.get("/pieces/<key:document_id>")
@access.curator
def document(document_id: int) -> ResponseReturnValue:
    """Downloaded, never shown by the browser inside the site."""
    found = affiliations.document(db.session(), document_id)
    return send_file(
        BytesIO(found.content), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )


@blueprint.route("/organisations/<code>/doublon", methods=["GET", "POST"])
@access.curator
def duplicate(code: str) -> ResponseReturnValue:
    session, form = db.session(), DuplicateForm()
    body = _organisation(code)
    if (declared := duplicates.declaration(session, body.id)) is None and (
        refusal := policy.refusal_to_call_duplicate(body)
    ):
        raise refusal
    asked = clean(request.values.get("original", ""))
    original = _organisation(asked) if asked else None
    if original is not None and form.validate_on_submit():
        duplicates.declare_duplicate(session, signed_in_agent(), body.id, original.id, form.motive.data or "")
        flash(_("Le doublon est déclaré. Ses agents en reçoivent la nouvelle et les raisons."), "success")
        return redirect(url_for("organisations.show", code=body.code), 303)
    typed = clean(request.args.get("q", ""))[:LONGEST_SEARCH]
    page = {"organisation": body, "form": form, "declared": declared, "original": original, "typed": typed}
    found = [each for each in suggest(session, typed) if each.organisation.id != body.id]
    return render_template("curation/duplicate.html", **page, found=found), 422 if form.errors else 200


@blueprint.post("/organisations/<code>/doublon/annulation")
@access.curator
def restore(code: str) -> ResponseReturnValue:
    body, form = _organisation(code), DuplicateForm()
    declared = duplicates.declaration(db.session(), body.id)
    if refusal := policy.refusal_to_restore(declared, body):
        raise refusal
    if form.validate_on_submit():
        duplicates.restore(db.session(), signed_in_agent(), body.id, form.motive.data or "")
        flash(_("Ce n’est plus un doublon : l’organisation peut de nouveau agir."), "success")
        return redirect(url_for("organisations.show", code=body.code), 303)
    page = {"organisation": body, "form": form, "declared": declared, "original": None, "typed": "", "found": []}
    return render_template("curation/duplicate.html", **page), 422


@blueprint.get("/journal")
@access.curator
def journal() -> ResponseReturnValue:
    kind, number = clean(request.args.get("sujet", ""))[:30], whole_number(request.args.get("numero"))
    subject = (kind, number) if kind and number else None
    lines, total = queries.journal_page(db.session(), page_number(), subject)
    last = max(1, -(-total // queries.LINES_A_PAGE))
    page = {"lines": lines, "total": total, "number": page_number(), "last": last, "subject": subject}
    return render_template("curation/journal.html", **page)


def _organisation(code: str) -> Organisation:
    found = organisation_by_code(db.session(), code)
    if found is None:
        raise NotFound
    return found


def _asked_page(affiliation_id: int, form: VerificationForm, title: str) -> ResponseReturnValue:
    asked = affiliations.affiliation(db.session(), affiliation_id)
    page = {
        "affiliation": asked,
        "form": form,
        "title": title,
        "facts": affiliations.facts_about(db.session(), asked),
        "documents": affiliations.documents_of(db.session(), asked.id),
    }
    return render_template("curation/affiliation.html", **page), 422 if form.errors else 200


def _decide_on_affiliation(affiliation_id: int, form: ApprovalForm) -> None:
    session, curator, motive = db.session(), signed_in_agent(), form.motive.data or ""
    if request.form.get("decision") == "refuser":
        accounts.refuse_affiliation(session, affiliation_id, curator, motive)
        flash(_("Le rattachement est refusé. La personne en reçoit les raisons."), "success")
    else:
        accounts.approve_affiliation(
            session,
            affiliation_id,
            curator,
            motive,
            terms=Terms() if form.with_mandate.data else None,
            upload=upload_of(form.document),
            vouches_for_domain=bool(form.vouches_for_domain.data),
        )
        flash(_("Le rattachement est accordé. La personne en est prévenue."), "success")


def _decide_on_mandate(affiliation_id: int, form: VerificationForm) -> None:
    session, curator, motive = db.session(), signed_in_agent(), form.motive.data or ""
    if request.form.get("decision") == "refuser":
        refuse_mandate(session, affiliation_id, curator, motive)
        flash(_("Le mandat est refusé. La personne en reçoit les raisons."), "success")
    else:
        grant_mandate(session, affiliation_id, curator, wished_terms(session, affiliation_id), motive)
        flash(_("Le mandat est accordé. La personne en est prévenue."), "success")
