"""The public board of the campaign, and what a spreadsheet makes of its exports."""

import csv
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from shutil import which
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coconstruction.database import transaction
from coconstruction.grouping.actions import group_anew
from coconstruction.needs.actions import save_draft, withdraw
from coconstruction.needs.models import Need
from coconstruction.triage.actions import Answer, draft, publish
from tests import cast
from tests.reading import PageClient

FORMULAS = ("=1+1", "+33 2 99", "-12", "@SUM(A1)", "＝1+1", "  =1+1")
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
CELL = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-cell"
KIND = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"


@pytest.fixture
def campaign(app: Flask) -> None:
    """Nine contributions: two grouped, one redirected, two declined, one withdrawn, three that stand; one draft."""
    with app.app_context(), transaction() as session:
        curator = cast.agent(session, "curatrice@etat.example", curator=True)
        vern = cast.affiliation(session, "maire@vern.example", cast.VERN)
        needs = [
            cast.posted_need(session, vern, replace(cast.CONTENT, title=f"{start} besoin {number}"))
            for number, start in enumerate((*FORMULAS, "Une", "Deux", "Trois"))
        ]
        save_draft(session, vern, None, replace(cast.CONTENT, title="Brouillon secret"))
        common = replace(cast.CONTENT, title="Le besoin commun")
        group_anew(session, curator, needs[:2], needs[0], common, "Semblables.")
        draft(session, curator, needs[2:3], Answer("redirect", "Axe trois.", "axis_three"))
        draft(session, curator, needs[3:5], Answer("decline", "Matériel."))
        publish(session, curator, needs[2:5])
        draft(session, curator, needs[6:7], Answer("decline", "Un brouillon de décision."))
        withdraw(session, vern, needs[5], "Double.")


def figures(client: PageClient) -> Mapping[str, int]:
    rows = client.page("/campagne").soup.select("#entonnoir-tableau tbody tr")
    return {row.select("th")[0].get_text(strip=True): int(row.select("td")[0].get_text(strip=True)) for row in rows}


def as_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(body.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.usefixtures("campaign")
def test_the_funnel_counts_what_was_posted_and_where_it_is(client: PageClient) -> None:
    found = figures(client)
    assert list(found.values())[:6] == [9, 2, 1, 2, 1, 4]  # the last: three that stand, and the common need
    assert found["Financés"] == 0


@pytest.mark.usefixtures("campaign")
def test_every_table_adds_up_to_the_funnel(client: PageClient) -> None:
    rows = as_csv(client.get("/campagne/tableaux.csv").get_data())
    whole = rows[1][2:]
    for table in ("Par thème", "Par département", "Par nature du porteur", "Par taille du porteur"):
        columns = zip(*(row[2:] for row in rows if row[0] == table), strict=True)
        assert [str(sum(map(int, column))) for column in columns] == whole


def test_a_campaign_without_needs_says_so(client: PageClient) -> None:
    assert set(figures(client).values()) == {0}
    assert "Aucun besoin n’est encore publié." in client.page("/campagne").text
    assert len(as_csv(client.get("/campagne/besoins.csv").get_data())) == 1


@pytest.mark.usefixtures("campaign")
def test_the_csv_opens_as_it_is_and_runs_nothing(client: PageClient, session: Session) -> None:
    answer = client.get("/campagne/besoins.csv")
    body = answer.get_data()
    assert body.startswith("\ufeffNuméro;Besoin;".encode())
    assert b"\r\n" in body
    assert answer.headers["Content-Disposition"] == "attachment; filename=besoins.csv"
    rows = as_csv(body)[1:]
    assert len(rows) == session.query(Need).where(Need.posted_at.is_not(None)).count() == 10
    assert all(row[1].startswith("'") for row in rows[: len(FORMULAS)])
    assert {row[2] for row in rows} == {"Regroupé", "Réorienté", "Écarté", "Retiré", "Ouvert"}
    assert "Brouillon secret" not in body.decode()
    assert "Un brouillon de décision." not in body.decode()


@pytest.mark.usefixtures("campaign")
def test_the_ods_holds_numbers_dates_and_text_that_runs_nothing(client: PageClient) -> None:
    first, second = (client.get("/campagne/besoins.ods").get_data() for _ in range(2))
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == ZIP_STORED
        content = archive.read("content.xml")
    assert b"table:formula" not in content
    kinds = [cell.get(KIND) for cell in ElementTree.fromstring(content).iter(CELL)][16:32]  # noqa: S314 - our own file
    assert kinds[:5] == ["float", "string", "string", "date", "date"]
    shown = [cell.findtext(TEXT) for cell in ElementTree.fromstring(content).iter(CELL)]  # noqa: S314
    assert "=1+1 besoin 0" in shown


@pytest.mark.usefixtures("campaign")
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_reads_in_the_ods_what_the_csv_says(client: PageClient, tmp_path: Path) -> None:
    (tmp_path / "besoins.ods").write_bytes(client.get("/campagne/tableaux.ods").get_data())
    convert = ["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76", "besoins.ods"]
    subprocess.run(convert, cwd=tmp_path, check=True, timeout=120, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})  # noqa: S603
    ours = as_csv(client.get("/campagne/tableaux.csv").get_data())
    assert as_csv((tmp_path / "besoins.csv").read_bytes()) == ours


@pytest.mark.usefixtures("campaign")
def test_the_list_of_needs_is_one_click_away(client: PageClient) -> None:
    links = client.page("/campagne").links()
    declined = client.page("/besoins?etat=declined").text
    assert links["Écartés"] == "/besoins?etat=declined"
    assert "2 besoins" in declined
