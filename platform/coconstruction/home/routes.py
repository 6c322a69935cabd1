from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coconstruction.accounts.current import acting_or_none
from coconstruction.database import db
from coconstruction.home import queries
from coconstruction.needs.queries import drafts_of
from coconstruction.outreach.queries import waiting_for
from coconstruction.web import access

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access.public
def index() -> ResponseReturnValue:
    session, hat = db.session(), acting_or_none()
    return render_template(
        "home/index.html",
        totals=queries.figures(session),
        close=queries.closest_to_threshold(session),
        latest=queries.latest_needs(session),
        solutions=queries.latest_solutions(session),
        drafts=drafts_of(session, hat.organisation_id) if hat else [],
        invitations=waiting_for(session, hat.organisation_id, 3) if hat else [],
    )
