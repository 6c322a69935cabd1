"""The papers made on demand: what they say, that a machine can read them aloud, and who may have them."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from odfdo import Document
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import Agent
from coconstruction.coalitions.actions import Offer, join
from coconstruction.coalitions.models import Membership
from coconstruction.database import transaction
from coconstruction.needs.actions import save_draft
from coconstruction.needs.models import Need
from coconstruction.papers import odt, pdf
from coconstruction.papers.paper import Paper, Paragraph, Table, Terms
from coconstruction.territories.models import Organisation
from tests import cast
from tests.reading import PageClient

ANNE, PAUL = "anne@arbrissel.example", "paul@vern.example"
# Of every language a file may be made of, and of every writing.
WRITTEN = "#panic() *gras* _x_ $x^2$ `a` @ref <b>&amp;</b> \"q\" 'q' \\u{41} // /* -- ~ {{ x }} ]]> %PDF \\end"
AFAR = "Ça coûte 3 €, œuvre ; שלום עולם"
FILES = (".pdf", ".odt", ".csv")
EMOJI = "👩‍🌾🇫🇷"


@pytest.fixture
def need_id(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, PAUL, cast.VERN)
        return cast.posted_need(session, author)


def enter(app: Flask, need_id: int, *offers: Offer, role: str = "pilote") -> None:
    with app.app_context(), transaction() as session:
        join(session, cast.affiliation(session, ANNE, cast.ARBRISSEL), need_id, role, offers)


def pages(content: bytes) -> str:
    """The text of a PDF, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def signs(content: bytes) -> set[str]:
    """Those that the file gives to who copies or listens, even where no font of the machine draws them."""
    found = set()
    for page in PdfReader(BytesIO(content)).pages:
        drawn = page.get_contents()
        assert drawn is not None
        fonts = [each.get_object()["/ToUnicode"].get_object() for each in page["/Resources"]["/Font"].values()]
        written = b"".join(each.get_data() for each in (drawn, *fonts))
        for said in re.findall(rb"/ActualText<FEFF(\w+)>|<\w{4}> <(\w+)>", written):
            found |= set(bytes.fromhex(b"".join(said).decode()).decode("utf-16-be"))
    return found


def roles(content: bytes) -> set[str]:
    """What the parts of a tagged PDF are."""
    found: set[str] = set()
    waiting: list[Any] = [PdfReader(BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            found.add(str(node.get("/S")))
            waiting.extend([node["/K"]] if "/K" in node else [])
    return found


def odt_of(content: bytes) -> Document:
    return Document(BytesIO(content))


def text_of(document: Document) -> str:
    written = document.body.get_elements("descendant::text:p|descendant::text:h")
    return " ".join(" ".join(str(each) for each in written).split())


def fetched(client: PageClient, path: str) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return answer.get_data()


def paper(*blocks: Any) -> Paper:
    return Paper("essai", "Un titre", "Essai", "Un sujet", "Bas de page", blocks)


def test_the_summary_says_the_need_the_threshold_the_pledges_and_the_population(
    app: Flask, client: PageClient, need_id: int
) -> None:
    enter(app, need_id, Offer("euros", 150050, "sur deux ans"), Offer("person_days", 12))
    content = fetched(client, f"/besoins/{need_id}/coalition.pdf")
    text = "".join(pages(content).split())  # lines break where they may
    for said in (
        cast.CONTENT.title,
        "Vern-sur-Seiche (Ille-et-Vilaine)",
        "300 000 habitants ou 1 département entier",
        "Arbrissel Commune, 35 Ille-et-Vilaine",
        "Territoire pilote",
        "1 500,50 € (sur deux ans)",
        "12 jours de travail d’agents",
        "population municipale",
        f"http://localhost/besoins/{need_id}",
    ):
        assert "".join(said.split()) in text, said
    assert clock.now().astimezone(clock.PARIS).strftime("%Y") in text


@pytest.mark.parametrize("path", ["coalition.pdf", "lettre-d-engagement.pdf"])
def test_a_pdf_can_be_read_aloud(app: Flask, client: PageClient, need_id: int, path: str) -> None:
    enter(app, need_id, Offer("euros", 100000))
    cast.sign_in(client, ANNE)
    client.set_cookie("langue", "en")
    content = fetched(client, f"/besoins/{need_id}/{path}")
    reader = PdfReader(BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata
    assert cast.CONTENT.title in str(reader.metadata.title)
    assert {"/Document", "/Title", "/H1", "/P", "/L"} <= roles(content)
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    if path.startswith("coalition"):
        assert {"/Table", "/TR", "/TH", "/TD", "/THead", "/Caption"} <= roles(content)


def test_an_odt_has_true_headings_header_rows_a_title_and_a_language(
    app: Flask, client: PageClient, need_id: int
) -> None:
    enter(app, need_id, Offer("euros", 100000, "sur deux ans"))
    content = fetched(client, f"/besoins/{need_id}/coalition.odt")
    document = odt_of(content)
    levels = [each.get_attribute_integer("text:outline-level") for each in document.body.get_headers()]
    assert levels == [1, 2, 2, 2, 2]
    assert document.meta.title == f"Synthèse de la coalition : {cast.CONTENT.title}"
    assert document.language == "fr-FR"
    tables = document.body.get_tables()
    assert len(tables) == 3
    assert all(table.get_elements("table:table-header-rows/table:table-row/table:table-cell") for table in tables)
    assert "1 000 € (sur deux ans)" in " ".join(text_of(document).split())
    with ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None


def test_the_letter_is_that_of_the_organisation_acted_for(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id, Offer("expertise", 1, "Une juriste"))
    cast.sign_in(client, ANNE)
    for text in (
        pages(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.pdf")),
        text_of(odt_of(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.odt"))),
    ):
        assert "De Arbrissel (Ille-et-Vilaine)" in text
        assert "Territoire pilote" in text
        assert "Expertise : Une juriste" in text
        assert re.search(r"Délibération n° …+ du …+\.", text), text
        assert "Engagement enregistré sur la plateforme par anne." in text
        assert "Signature et cachet" in text


def test_a_deliberation_known_to_the_site_is_in_the_letter(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id)
    with app.app_context(), transaction() as session:
        member = session.scalars(select(Membership)).one()
        member.firm_at, member.deliberation_number, member.deliberation_on = clock.now(), "2026-#42", date(2026, 11, 5)
    cast.sign_in(client, ANNE)
    text = pages(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.pdf"))
    assert "Délibération n° 2026-#42 du 5 novembre 2026." in text
    assert "intention" not in text


def test_a_colleague_prepares_the_letter_and_nobody_else_is_named(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id)
    with app.app_context(), transaction() as session:
        cast.agent(session, "colleague@arbrissel.example", cast.ARBRISSEL)
        session.execute(update(Agent).where(Agent.email == ANNE).values(name="Anne Quatrefages"))
    cast.sign_in(client, "colleague@arbrissel.example")
    assert "Quatrefages" not in pages(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.pdf"))
    assert "Quatrefages" not in text_of(odt_of(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.odt")))
    assert "Quatrefages" not in pages(fetched(client, f"/besoins/{need_id}/coalition.pdf"))


@pytest.mark.parametrize("form", ["pdf", "odt"])
def test_the_letter_of_another_organisation_is_refused(app: Flask, client: PageClient, need_id: int, form: str) -> None:
    enter(app, need_id)
    path = f"/besoins/{need_id}/lettre-d-engagement.{form}"
    assert client.get(path).headers["Location"].startswith("/connexion?next=")
    cast.sign_in(client, PAUL)
    page = client.page(path)
    assert page.status == 409
    assert "ne fait pas partie de cette coalition" in page.text


def test_whoever_left_has_no_letter_any_more(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id)
    cast.sign_in(client, ANNE)
    client.send(f"/besoins/{need_id}/quitter")
    assert client.page(f"/besoins/{need_id}/lettre-d-engagement.pdf").status == 409


@pytest.mark.parametrize("file", ["coalition.pdf", "coalition.odt", "coalition.csv", "coalition-departements.csv"])
def test_a_draft_has_no_paper_even_for_who_writes_it(app: Flask, client: PageClient, file: str) -> None:
    with app.app_context(), transaction() as session:
        draft = save_draft(session, cast.affiliation(session, PAUL, cast.VERN), None, cast.CONTENT).id
    assert client.get(f"/besoins/{draft}/{file}").status_code == 404
    cast.sign_in(client, PAUL)
    assert client.get(f"/besoins/{draft}/{file}").status_code == 404


def test_what_people_wrote_is_there_sign_for_sign(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id, Offer("expertise", 1, WRITTEN))
    with app.app_context(), transaction() as session:
        need = session.get_one(Need, need_id)
        need.title, need.problem, need.audience = WRITTEN, f"{AFAR}\n{EMOJI}", "x" * 5000
    content = fetched(client, f"/besoins/{need_id}/coalition.pdf")
    joined = "".join(pages(content).split())
    assert "".join(WRITTEN.split()) in joined
    assert "Çacoûte3€,œuvre;" in joined
    assert "x" * 5000 in joined
    assert set(AFAR + EMOJI) <= signs(content)
    cast.sign_in(client, ANNE)
    letter = "".join(pages(fetched(client, f"/besoins/{need_id}/lettre-d-engagement.pdf")).split())
    assert letter.count("".join(WRITTEN.split())) == 3  # the title twice, and the pledge
    document = odt_of(fetched(client, f"/besoins/{need_id}/coalition.odt"))
    text = text_of(document)
    for each in (WRITTEN, AFAR, EMOJI, "x" * 5000):
        assert " ".join(each.split()) in text
    assert document.meta.title == f"Synthèse de la coalition : {WRITTEN}"


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "a\x0bb\x1f", "é" * 5000, "א" * 300, "= titre\n- puce\n+ un\n/ t : d"]
)
def test_any_text_makes_a_file(app: Flask, text: str) -> None:
    table = Table(text, ("A", text), [(text, "b"), ("c", text)], numeric=(1,), shares=(1, 2))
    made = paper(Paragraph(text), Terms([(text, text)]), table)
    assert pdf.write(made).startswith(b"%PDF")
    assert odt_of(odt.write(made)).body.get_headers()


def rows_of(answer: bytes) -> list[dict[str, str]]:
    text = answer.decode("utf-8")
    assert text.startswith("\ufeff")
    assert "\r\n" in text
    return list(csv.DictReader(StringIO(text[1:], newline=""), delimiter=";"))


def test_the_members_are_a_table_for_a_spreadsheet(app: Flask, client: PageClient, need_id: int) -> None:
    enter(app, need_id, Offer("euros", 150000), Offer("expertise", 1, "Une juriste ; un géomaticien"))
    client.set_cookie("langue", "en")
    (row,) = rows_of(fetched(client, f"/besoins/{need_id}/coalition.csv"))
    today = clock.now().astimezone(clock.PARIS).date().isoformat()
    assert {name: " ".join(value.split()) for name, value in row.items()} == {
        "Code": "213500051",
        "SIREN": "213500051",
        "Nom": "Arbrissel",
        "Nature": "Commune",
        "Département": "35 Ille-et-Vilaine",
        "Place": "Territoire pilote",
        "Habitants": "266",
        "Engagements": "1 500 €, annoncé ; Expertise : Une juriste ; un géomaticien, annoncé",
        "Membre depuis le": today,
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝"])
def test_no_cell_is_computed_by_a_spreadsheet(app: Flask, client: PageClient, need_id: int, start: str) -> None:
    enter(app, need_id)
    with app.app_context(), transaction() as session:
        cast.organisation(session, cast.ARBRISSEL).name = f"{start}HYPERLINK(1)"
    (row,) = rows_of(fetched(client, f"/besoins/{need_id}/coalition.csv"))
    assert row["Nom"] == f"'{start}HYPERLINK(1)"


def test_the_departements_covered_are_a_table_too(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        join(session, cast.affiliation(session, ANNE, cast.ILLE_ET_VILAINE), need_id, "pilote", [])
        covered = session.get_one(Need, need_id).covered_population
    (row,) = rows_of(fetched(client, f"/besoins/{need_id}/coalition-departements.csv"))
    assert (row["Code"], row["Région"], row["Part (%)"]) == ("35", "Bretagne", "100,0")
    assert int(row["Habitants couverts"]) == covered == int(row["Habitants"])
    assert "municipale" in row["Populations"]


def test_papers_are_made_so_many_times_a_minute(client: PageClient, need_id: int) -> None:
    path = f"/besoins/{need_id}/coalition.csv"
    statuses = [client.get(path).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_a_paper_lists_the_three_hundred_largest_of_a_crowd(app: Flask, client: PageClient, need_id: int) -> None:
    with app.app_context(), transaction() as session:
        hat = cast.affiliation(session, PAUL, cast.VERN)
        communes = select(Organisation.id).where(Organisation.kind == "commune", Organisation.active).limit(310)
        common = {"need_id": need_id, "affiliation_id": hat.id, "role": "contributeur", "joined_at": clock.now()}
        session.add_all(Membership(organisation_id=key, **common) for key in session.scalars(communes))
    document = odt_of(fetched(client, f"/besoins/{need_id}/coalition.odt"))
    assert document.body.get_tables()[-1].height == 1 + 300
    assert "Ce sont les 300 plus peuplées sur 310." in text_of(document)
    assert len(rows_of(fetched(client, f"/besoins/{need_id}/coalition.csv"))) == 310


def test_making_a_paper_writes_nothing_and_asks_as_much_for_many_members(
    app: Flask, client: PageClient, need_id: int, session: Session, statements: list[str]
) -> None:
    path = f"/besoins/{need_id}/coalition.odt"
    asked = []
    for number, reference in enumerate((cast.ARBRISSEL, cast.VERN, "commune:35077", "commune:35001")):
        with app.app_context(), transaction() as writing:
            join(writing, cast.affiliation(writing, f"agent{number}@demo.example", reference), need_id, "pilote", [])
        fetched(client, path)
        statements.clear()
        fetched(client, path)
        asked.append(len(statements))
    assert len(set(asked)) == 1
    assert not [each for each in statements if not each.lstrip().upper().startswith("SELECT")]


def test_the_page_of_a_need_leads_to_its_papers_and_a_member_to_its_letter(
    app: Flask, client: PageClient, need_id: int
) -> None:
    assert not [path for path in client.page(f"/besoins/{need_id}").links().values() if path.endswith(FILES)]
    enter(app, need_id)
    public = {path for path in client.page(f"/besoins/{need_id}").links().values() if path.endswith(FILES)}
    start = f"/besoins/{need_id}/"
    assert public == {f"{start}coalition.{kind}" for kind in ("pdf", "odt", "csv")} | {
        f"{start}coalition-departements.csv"
    }
    cast.sign_in(client, ANNE)
    mine = {path for path in client.page(f"/besoins/{need_id}").links().values() if path.endswith(FILES)}
    assert mine - public == {f"{start}lettre-d-engagement.{kind}" for kind in ("pdf", "odt")}
