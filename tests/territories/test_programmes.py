"""Which communes belong to a priority programme comes from the lists of the ANCT, never from a box ticked."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import journal
from coconstruction.coalitions.actions import join
from coconstruction.database import db, transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.territories.models import Organisation, OrganisationProgramme
from coconstruction.territories.programmes import belongings
from tests import cast
from tests.reading import PageClient
from tests.territories.registers import table

pytestmark = pytest.mark.referential

PVD = ("insee_com", "lib_com", "id_pvd", "date_signature")
VERN, ACIGNE, REDON, RENNES = "35352", "35001", "35236", "35238"
CHLOE = "chloe@incubateur.example"


def pvd(path: Path, *communes: str) -> Path:
    return table(path, PVD, [(code, "Nom", f"pvd-32-35-{code}", "2021-04-30") for code in communes], ",")


def load(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["territories", "import-programmes", *map(str, words)])


def loaded(app: Flask, *words: object) -> str:
    result = load(app, *words)
    assert result.exit_code == 0, result.output
    return result.output


def listed(session: Session) -> list[tuple[str, str]]:
    rows = select(OrganisationProgramme.programme, Organisation.insee_code)
    wanted = rows.join(Organisation, Organisation.id == OrganisationProgramme.organisation_id)
    return sorted((programme, code or "") for programme, code in session.execute(wanted))


def head(app: Flask) -> tuple[int, str]:
    with app.app_context():
        return journal.last_line(db.session())


def test_a_list_is_loaded_once_and_replaced_by_the_next(app: Flask, tmp_path: Path, session: Session) -> None:
    first = pvd(tmp_path / "a.csv", VERN, REDON)
    output = loaded(app, first, "--programme", "pvd")
    assert "Petites villes de demain : 2 communes nommées." in output
    assert "entre au programme : 2" in output
    assert listed(session) == [("pvd", REDON), ("pvd", VERN)]
    before = head(app)
    assert "entre au programme" not in loaded(app, first, "--programme", "pvd")
    assert head(app) == before, "the same list again writes nothing"

    loaded(app, table(tmp_path / "acv.csv", ("insee_com", "id_acv"), [(VERN, "acv-1")], ";"), "--programme", "acv")
    output = loaded(app, pvd(tmp_path / "b.csv", REDON, ACIGNE), "--programme", "pvd")
    assert "sort du programme : Vern-sur-Seiche" in output
    assert listed(session) == [("acv", VERN), ("pvd", ACIGNE), ("pvd", REDON)]
    lines = session.scalars(select(JournalEntry).where(JournalEntry.action == "territories.programmes_imported")).all()
    assert [line.payload["programmes"] for line in lines] == [{"pvd": 2}, {"acv": 1}, {"pvd": 2}]


def test_a_trial_writes_nothing_and_tells_the_same(app: Flask, tmp_path: Path, session: Session) -> None:
    before, path = head(app), pvd(tmp_path / "a.csv", VERN)
    output = loaded(app, path, "--programme", "pvd", "--dry-run")
    assert "entre au programme : 1" in output
    assert "Essai à blanc" in output
    assert (listed(session), head(app)) == ([], before)


def test_codes_are_read_as_spreadsheets_leave_them_and_lead_where_communes_went(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    """L'Abergement-Clémenciat lost its zero; Marseille has arrondissements, and QPV lists have a line a quartier."""
    rows = [("1001", "QN1"), ("01001.0", "QN2"), ("13215", "QN3"), ("13203", "QN4"), ("2a004", "QN5")]
    path = table(tmp_path / "qpv.csv", ("insee_com", "code_qp"), rows, ",")
    loaded(app, path, "--programme", "qpv")
    assert listed(session) == [("qpv", "01001"), ("qpv", "13055"), ("qpv", "2A004")]


def test_lines_left_aside_are_told_by_number(app: Flask, tmp_path: Path, session: Session) -> None:
    path, report = pvd(tmp_path / "a.csv", VERN, "35999", "ABCDE"), tmp_path / "r.csv"
    output = loaded(app, path, "--programme", "pvd", "--report", report)
    assert "ligne 3 : commune inconnue, « 35999 » Nom" in output
    assert "ligne 4 : code Insee illisible, « ABCDE » Nom" in output
    assert listed(session) == [("pvd", VERN)]
    with report.open(encoding="utf-8-sig", newline="") as file:
        told = [(row["ligne"], row["changement"]) for row in csv.DictReader(file, delimiter=";")]
    assert sorted(told) == [("2", "entre au programme"), ("3", "ignorée"), ("4", "ignorée")]


def test_one_file_may_hold_several_programmes(app: Flask, tmp_path: Path, session: Session) -> None:
    rows = [("pvd", VERN), ("Action cœur de ville", RENNES), ("PVD", REDON)]
    loaded(app, table(tmp_path / "all.csv", ("programme", "insee_com"), rows, ","))
    assert listed(session) == [("acv", RENNES), ("pvd", REDON), ("pvd", VERN)]
    loaded(app, table(tmp_path / "one.csv", ("programme", "insee_com"), [("pvd", VERN)], ","))
    assert listed(session) == [("acv", RENNES), ("pvd", VERN)], "what a file does not name stays"


@pytest.mark.parametrize(
    ("header", "rows", "options", "told"),
    [
        (("insee_com",), [(VERN,)], (), "ligne 2 : dites de quel programme"),
        (("lib_com",), [("Vern",)], ("--programme", "pvd"), "ligne 1 : il y manque la colonne « insee_com »"),
        (("programme", "insee_com"), [("pvd", VERN), ("xyz", VERN)], (), "ligne 3 : le programme « xyz » est inconnu"),
        (("programme", "insee_com"), [("acv", VERN)], ("--programme", "pvd"), "ligne 2 : « acv » n’est pas"),
        (("insee_com", "id_acv"), [(VERN, "acv-1")], ("--programme", "pvd"), "cette liste est celle de « Action cœur"),
        (("insee_com",), [], ("--programme", "pvd"), "aucune commune n’y est nommée"),
        (("insee_com",), [("99999",)], ("--programme", "pvd"), "le référentiel ne connaît aucune commune"),
    ],
)
def test_a_file_that_would_mislead_is_refused_whole(
    app: Flask,
    tmp_path: Path,
    session: Session,
    header: Sequence[str],
    rows: list[Sequence[str]],
    options: tuple[str, ...],
    told: str,
) -> None:
    loaded(app, pvd(tmp_path / "a.csv", VERN), "--programme", "pvd")
    before = head(app)
    result = load(app, table(tmp_path / "x.csv", header, rows, ","), *options)
    assert result.exit_code == 1
    assert told in result.stderr
    assert "rien n’a été chargé" in result.stderr
    assert (listed(session), head(app)) == ([("pvd", VERN)], before)


def test_an_intercommunal_body_never_belongs_by_its_communes(app: Flask, tmp_path: Path, session: Session) -> None:
    loaded(app, pvd(tmp_path / "a.csv", VERN, ACIGNE, REDON), "--programme", "pvd")
    bodies = [cast.organisation(session, each) for each in (cast.RENNES_METROPOLE, cast.VERN, cast.ILLE_ET_VILAINE)]
    (found,) = belongings(session, [each.id for each in bodies])
    assert [each.name for each in found.own] == ["Vern-sur-Seiche"]
    within = [(body.kind, [each.name for each in communes]) for body, communes in found.within]
    assert within == [("metropole", ["Vern-sur-Seiche", "Acigné"])], "a département is not made of its communes"


def test_organisations_and_evaluations_show_what_is_on_the_lists(
    app: Flask, client: PageClient, tmp_path: Path
) -> None:
    loaded(app, pvd(tmp_path / "a.csv", VERN, ACIGNE), "--programme", "pvd")
    assert "Programme : Petites villes de demain." in client.page("/organisations/213503527").text
    metropole = client.page("/organisations/243500139").text
    assert "Petites villes de demain : 2 de ses communes (Vern-sur-Seiche, Acigné)." in metropole
    assert "Petites villes" not in client.page("/organisations/213500051").text
    with app.app_context(), transaction() as writing:
        cast.agent(writing, CHLOE, curator=True)
        need_id = cast.posted_need(writing, cast.affiliation(writing, "maire@vern.example", cast.VERN))
        metro = cast.affiliation(writing, "metro@demo.example", cast.RENNES_METROPOLE)
        join(writing, metro, need_id, "pilote", [])
        writing.get_one(Need, need_id).state = State.QUALIFIED
    cast.sign_in(client, CHLOE)
    told = client.page(f"/curation/besoins/{need_id}/evaluation").text
    assert "Petites villes de demain Communes de Rennes Métropole : Vern-sur-Seiche, Acigné" in told
