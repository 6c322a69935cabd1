"""Where the campaign stands, for everyone, and the same as spreadsheets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coconstruction.board import queries
from coconstruction.board.tallies import Place, Step, Tally, columns
from coconstruction.board.wording import COLUMNS, PLACES, SIZES, STEPS, TABLES
from coconstruction.clock import PARIS
from coconstruction.database import db
from coconstruction.needs.themes import THEMES
from coconstruction.needs.wording import STATES
from coconstruction.territories.kinds import kind_label
from coconstruction.territories.queries import departement_names
from coconstruction.web import access
from coconstruction.web.filters import number
from coconstruction.web.spreadsheets import Cell, csv_file, csv_stream, ods_file

NEEDS = (
    "Numéro", "Besoin", "État", "Depuis le", "Publié le", "Thème", "Code du porteur", "Porteur", "Nature",
    "Département", "Habitants du porteur", "Soutiens", "Collectivités engagées", "Habitants couverts",
    "Coût estimé (€)", "Page",
)  # fmt: skip

blueprint = Blueprint("board", __name__)


@blueprint.get("/campagne")
@access.public
def index() -> ResponseReturnValue:
    found = queries.campaign(db.session())
    page = {"whole": found.whole, "funnel": _funnel(found.whole), "tables": _tables(found), "columns": COLUMNS}
    return render_template("board/index.html", **page, labels=TABLES)


@blueprint.get("/campagne/tableaux.csv")
@access.public
def tables_csv() -> ResponseReturnValue:
    return csv_file("campagne.csv", _table_header(), _table_rows())


@blueprint.get("/campagne/tableaux.ods")
@access.public
def tables_ods() -> ResponseReturnValue:
    return ods_file("campagne.ods", "Campagne", _table_header(), _table_rows())


@blueprint.get("/campagne/besoins.csv")
@access.public
def needs_csv() -> ResponseReturnValue:
    return csv_stream("besoins.csv", NEEDS, _need_rows())


@blueprint.get("/campagne/besoins.ods")
@access.public
def needs_ods() -> ResponseReturnValue:
    return ods_file("besoins.ods", "Besoins", NEEDS, _need_rows())


def _funnel(whole: Tally) -> Sequence[Mapping[str, Any]]:
    """As `components/data.html` draws bars."""
    states = {Place.GROUPED: "grouped", Place.REDIRECTED: "redirected", Place.DECLINED: "declined"}
    rows = [_bar(_("Contributions"), whole.contributions, kept=True)]
    rows += [
        _bar(PLACES[place], whole.places[place], url_for("needs.index", etat=state)) for place, state in states.items()
    ]
    rows.append(_bar(PLACES[Place.WITHDRAWN], whole.places[Place.WITHDRAWN], url_for("needs.index", etat="withdrawn")))
    rows.append(_bar(_("Propositions, besoins communs compris"), whole.propositions, kept=True))
    return rows + [_bar(STEPS[step], whole.steps[step], kept=step is Step.SELECTED) for step in Step]


def _bar(label: Any, value: int, url: str = "", *, kept: bool = False) -> Mapping[str, Any]:
    return {"label": label, "value": value, "text": number(value), "kept": kept, "url": url}


def _tables(found: queries.Campaign) -> Mapping[str, Sequence[tuple[str, str, Sequence[int]]]]:
    """By table: what each row is called, the list it leads to, its figures."""
    leads = {"theme": "theme", "departement": "departement"}
    return {
        table: [
            (
                _name(table, key),
                _list_of(leads[table], key) if table in leads and key else "",
                columns(row),
            )
            for key, row in rows.items()
        ]
        for table, rows in found.tables.items()
    }


def _list_of(parameter: str, value: str) -> str:
    asked: Mapping[str, Any] = {parameter: value}
    return url_for("needs.index", **asked)


def _name(table: str, key: str) -> str:
    names: Mapping[str, Any] = {"theme": THEMES, "departement": departement_names(db.session()), "size": SIZES}.get(
        table, {}
    )
    if table == "kind":
        return kind_label(key)
    return str(names.get(key, key or _("Non renseigné")))


def _table_header() -> Sequence[str]:
    return ("Tableau", "Ligne", *(str(each) for each in COLUMNS))


def _table_rows() -> Iterator[Sequence[Cell]]:
    found = queries.campaign(db.session())
    yield ("Ensemble", "", *columns(found.whole))
    for table, rows in found.tables.items():
        for key, row in rows.items():
            yield (str(TABLES[table]), _name(table, key), *columns(row))


def _need_rows() -> Iterator[Sequence[Cell]]:
    for rows in queries.every_need(db.session()):
        for need, body in rows:
            yield (
                need.id,
                need.title,
                str(STATES[need.state]),
                need.state_at.astimezone(PARIS).date(),
                need.posted_at.astimezone(PARIS).date() if need.posted_at else "",
                str(THEMES.get(need.theme, "")),
                body.code,
                body.name,
                kind_label(body.kind),
                need.departement_code or "",
                body.population,
                need.supports_count,
                need.members_count,
                need.covered_population,
                need.estimated_cost or "",
                need.path,
            )
