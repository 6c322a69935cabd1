"""The public face of one organisation."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coconstruction.accounts.current import acting_or_none
from coconstruction.accounts.eligibility import ACTIONS, may, right_label
from coconstruction.coalitions import queries as coalitions
from coconstruction.database import db
from coconstruction.errors import NotFound
from coconstruction.needs import queries as needs
from coconstruction.rounds.queries import published_ballots_of
from coconstruction.territories import queries
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.models import KINDS
from coconstruction.web import access

blueprint = Blueprint("organisations", __name__)
blueprint.add_app_template_filter(kind_label)
blueprint.add_app_template_filter(right_label)


@blueprint.get("/organisations/<code>")
@access.public
def show(code: str) -> ResponseReturnValue:
    organisation = queries.organisation_by_code(db.session(), code)
    if organisation is None:
        raise NotFound
    hat = acting_or_none()
    ours = hat is not None and hat.organisation_id == organisation.id
    return render_template(
        "dossier/organisation.html",
        organisation=organisation,
        parents=queries.bodies_around(db.session(), organisation),
        borne=needs.borne_by(db.session(), organisation.id),
        memberships=coalitions.joined_by(db.session(), organisation.id),
        supported=needs.supported_by(db.session(), organisation.id),
        ballots=published_ballots_of(db.session(), organisation.id),
        drafts=needs.drafts_of(db.session(), organisation.id) if ours else [],
        ours=ours,
        rights=[action for action in ACTIONS if may(organisation.kind, action)],
    )


@blueprint.get("/qui-peut-faire-quoi")
@access.public
def rights() -> ResponseReturnValue:
    rows = {kind: [may(kind, action) for action in ACTIONS] for kind in KINDS}
    return render_template("dossier/rights.html", table_rows=rows, actions=ACTIONS)
