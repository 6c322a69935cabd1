"""The directory of organisations, the public face of each, and what each kind may do."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from coconstruction.accounts.current import acting_or_none
from coconstruction.accounts.eligibility import ACTIONS, may, right_label
from coconstruction.accounts.models import Role
from coconstruction.curation.policy import refusal_to_call_duplicate
from coconstruction.database import db
from coconstruction.dossier import directory
from coconstruction.dossier.face import Face
from coconstruction.dossier.rights import groups, instead, meaning, refusal_reason
from coconstruction.errors import NotFound
from coconstruction.needs import queries as needs
from coconstruction.territories import queries
from coconstruction.territories.departements import departements, region_names
from coconstruction.territories.kinds import NAMES, kind_label
from coconstruction.territories.models import KINDS
from coconstruction.web import access, limits
from coconstruction.web.addresses import page_number
from coconstruction.web.fields import on_one_line
from coconstruction.web.filters import number
from coconstruction.web.outlines import outlines

LONGEST_SEARCH = 100
SORTS: Mapping[str, str] = {
    directory.NEAREST: _l("Le nom le plus proche"),
    "nom": _l("De A à Z"),
    "population": _l("Les plus peuplées"),
}

blueprint = Blueprint("organisations", __name__)


@blueprint.get("/organisations")
@access.public
@limits.autocomplete
def index() -> ResponseReturnValue:
    session, filters = db.session(), asked_filters()
    facets = directory.found(session, filters)
    last = max(1, -(-facets.total // directory.PER_PAGE))
    number = min(page_number(), last)
    every = departements(session)
    return render_template(
        "dossier/organisations.html",
        listed=directory.page(session, filters, number),
        filters=filters,
        facets=facets,
        number=number,
        last=last,
        kinds=NAMES,
        departements={code: f"{code} {each.name}" for code, each in every.items()},
        regions=region_names(every),
        sorts={key: label for key, label in SORTS.items() if filters.text or key != directory.NEAREST},
    )


@blueprint.get("/organisations/<code>")
@access.public
def show(code: str) -> ResponseReturnValue:
    organisation = queries.organisation_by_code(db.session(), code)
    if organisation is None:
        raise NotFound
    if organisation.code != code:
        return redirect(url_for("organisations.show", code=organisation.code), 301)
    hat = acting_or_none()
    ours = hat is not None and hat.organisation_id == organisation.id
    return render_template(
        "dossier/organisation.html",
        organisation=organisation,
        face=Face(db.session(), organisation),
        ours=ours,
        drafts=needs.drafts_of(db.session(), organisation.id) if ours else [],
        may_be_duplicate=refusal_to_call_duplicate(organisation) is None,
    )


@blueprint.get("/qui-peut-faire-quoi")
@access.public
def rights() -> ResponseReturnValue:
    rows = {kind: [may(kind, action) for action in ACTIONS] for kind in KINDS}
    return render_template("dossier/rights.html", table_rows=rows, actions=ACTIONS, groups=groups(KINDS))


def asked_filters() -> directory.Filters:
    """What the address asks for; a value that does not exist counts as none."""
    ask = request.args.get
    kind, text, sort = ask("nature", ""), on_one_line(ask("q", ""))[:LONGEST_SEARCH], ask("tri", "")
    return directory.Filters(
        text=text,
        kind=kind if kind in NAMES else "",
        departement=_place_code("departement"),
        region=_place_code("region"),
        active_here=ask("actives") == directory.YES,
        gone=ask("disparues") == directory.YES,
        sort=sort if sort in SORTS and (text or sort != directory.NEAREST) else directory.NEAREST if text else "nom",
    )


@blueprint.record_once
def _read_outlines(_state: object) -> None:
    """A site whose maps cannot be drawn does not start."""
    outlines()


def _place_code(name: str) -> str:
    code = request.args.get(name, "")
    return code if code.isascii() and code.isalnum() and len(code) <= 3 else ""


def members(role: Role, count: int) -> str:
    """« 2 agents »."""
    phrases = {
        Role.AGENT: ngettext("%(n)s agent", "%(n)s agents", count, n=number(count)),
        Role.ELU: ngettext("%(n)s élu ou élue", "%(n)s élus ou élues", count, n=number(count)),
        Role.PARTENAIRE: ngettext("%(n)s partenaire", "%(n)s partenaires", count, n=number(count)),
    }
    return phrases[role]


for words in (kind_label, right_label, members, meaning, instead, refusal_reason):
    blueprint.add_app_template_filter(words)
