"""Syndicats, CCAS and SDIS come from the exports of Banatic and Sirene, on the communes of their members."""

import csv
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import journal
from coconstruction.coalitions.actions import join
from coconstruction.coalitions.models import Membership
from coconstruction.database import db, transaction
from coconstruction.territories.coverage import Coverage
from coconstruction.territories.models import GroupingMember, Organisation, Territory
from coconstruction.territories.queries import atlas, resolve, suggest
from tests import cast
from tests.territories.registers import (
    ACIGNE,
    BANATIC,
    BASSIN,
    EAU,
    PAYS,
    RENNES_METROPOLE,
    SIRENE,
    VERN,
    VITRE_COMMUNAUTE,
    banatic,
    sirene,
    table,
)

pytestmark = pytest.mark.referential

WATER = [
    (EAU, "SIVU des eaux de Vern et d'Acigné", "SIVU", VERN, "Vern-sur-Seiche"),
    (EAU, "SIVU des eaux de Vern et d'Acigné", "SIVU", ACIGNE, "Acigné"),
    (BASSIN, "Syndicat  mixte du bassin", "SMF", EAU, "SIVU des eaux"),
    (BASSIN, "Syndicat mixte du bassin", "SMF", VITRE_COMMUNAUTE, "CA Vitré Communauté"),
]


def load(app: Flask, command: str, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["territories", command, *map(str, words)])


def loaded(app: Flask, command: str, *words: object) -> str:
    result = load(app, command, *words)
    assert result.exit_code == 0, result.output
    return result.output


def body(session: Session, code: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.code == code)).one()


def covered(session: Session, *codes: str) -> Coverage:
    return atlas(session).coverage(resolve(session, codes).values())


def contents(app: Flask) -> tuple[object, ...]:
    with app.app_context():
        session = db.session()
        tables = [
            sorted(tuple(row) for row in session.execute(select(*model.__table__.c)))
            for model in (GroupingMember, Territory)
        ]
        return journal.last_line(session), *tables


def test_a_syndicat_covers_its_members_and_those_of_its_syndicats(app: Flask, tmp_path: Path, session: Session) -> None:
    output = loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    assert "2 ajoutées, 0 mises à jour, 0 désactivées" in output
    water = body(session, EAU)
    assert (water.kind, water.nature) == ("syndicat_mixte", "Syndicat intercommunal à vocation unique (SIVU)")
    assert (water.departement_code, water.region_name, water.communes_count) == ("35", "Bretagne", 2)
    assert water.population == body(session, VERN).population + body(session, ACIGNE).population
    assert body(session, BASSIN).name == "Syndicat mixte du bassin"
    assert covered(session, BASSIN) == covered(session, VERN, ACIGNE, VITRE_COMMUNAUTE)
    assert covered(session, BASSIN).population == body(session, BASSIN).population


def test_a_syndicat_adds_to_a_coalition_only_what_is_not_covered_yet(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    together = covered(session, RENNES_METROPOLE, BASSIN)
    assert together == covered(session, RENNES_METROPOLE, VITRE_COMMUNAUTE)  # Vern and Acigné are in the métropole


def test_the_same_file_again_writes_nothing(app: Flask, tmp_path: Path) -> None:
    file = banatic(tmp_path / "b.csv", WATER)
    loaded(app, "import-banatic", file)
    before = contents(app)
    assert "0 ajoutées, 0 mises à jour, 0 désactivées" in loaded(app, "import-banatic", file)
    assert contents(app) == before


def test_a_dry_run_tells_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    before = contents(app)
    output = loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER), "--dry-run")
    assert "2 ajoutées" in output
    assert "rien n’a été écrit" in output
    assert contents(app) == before


def test_a_syndicat_is_found_by_its_name_its_nature_and_its_siren(app: Flask, tmp_path: Path) -> None:
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    with app.app_context():
        for typed in ("eaux vern", "sivu acigne", EAU):
            assert [found.organisation.code for found in suggest(db.session(), typed)] == [EAU]


def test_lines_that_cannot_be_loaded_are_told_with_their_number_and_the_rest_is_loaded(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    lines = [
        *WATER,
        (EAU, "SIVU des eaux", "SIVU", "999999999", "Chambre d’agriculture"),
        (RENNES_METROPOLE, "Rennes Métropole", "METRO", VERN, "Vern-sur-Seiche"),
        ("12", "Syndicat sans numéro", "SMO", VERN, "Vern-sur-Seiche"),
        (VITRE_COMMUNAUTE, "CA Vitré Communauté", "SMO", VERN, "Vern-sur-Seiche"),
    ]
    output = loaded(app, "import-banatic", banatic(tmp_path / "b.csv", lines), "--report", tmp_path / "r.csv")
    assert "ignorée, membre inconnu : 1" in output
    told = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    ignored = {line["ligne"]: line["détail"] for line in told if line["changement"] == "ignorée"}
    assert ignored == {
        "6": "membre inconnu",
        "7": "nature juridique « METRO » non chargée d’ici",
        "8": "SIREN illisible",
        "9": "ce SIREN est celui de CA Vitré Communauté",
    }
    assert body(session, EAU).communes_count == 2


def test_whoever_the_next_file_no_longer_describes_sleeps_and_covers_nobody(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    elsewhere = [(PAYS, "PETR du pays", "PETR", VERN, "Vern-sur-Seiche")]
    assert "0 désactivées" in loaded(app, "import-banatic", banatic(tmp_path / "p.csv", elsewhere))
    output = loaded(app, "import-banatic", banatic(tmp_path / "c.csv", [WATER[0], *WATER[3:]]))
    assert "1 mises à jour" not in output
    assert body(session, EAU).communes_count == 1
    output = loaded(app, "import-banatic", banatic(tmp_path / "d.csv", [(PAYS, "Autre", "SIVU", VERN, ""), WATER[3]]))
    assert "1 désactivées" in output
    assert not body(session, EAU).active
    assert covered(session, EAU).communes == 0
    loaded(app, "import-banatic", banatic(tmp_path / "e.csv", WATER))
    assert body(session, EAU).active


@pytest.mark.parametrize(
    "missing", ["N° SIREN", "Nom du groupement", "Nature juridique", "Siren membre", "Département"]
)
def test_a_file_without_a_needed_column_is_refused_by_its_name(app: Flask, tmp_path: Path, missing: str) -> None:
    header = [f"x{name}" if name == missing else name for name in BANATIC]
    before = contents(app)
    result = load(app, "import-banatic", banatic(tmp_path / "b.csv", WATER, header))
    assert result.exit_code == 1
    assert f"il y manque la colonne « {missing} »" in result.stderr
    assert contents(app) == before


def test_headers_may_change_case_accents_order_and_separator(app: Flask, tmp_path: Path, session: Session) -> None:
    path = banatic(tmp_path / "b.csv", WATER, [name.upper().replace("É", "E") for name in BANATIC], sep="\t")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    loaded(app, "import-banatic", path)
    assert body(session, EAU).communes_count == 2


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        ("Département;N° SIREN\n".encode("latin-1"), "n’est pas en UTF-8"),
        (b"PK\x03\x04rest of a workbook", "est un classeur de tableur"),
        (b"", "il y manque la colonne"),
        (";".join(BANATIC).encode() + b"\n", "aucun syndicat"),
        (";".join(BANATIC).encode() + b"\n35;353\n", "ligne 2 : 10 colonnes sont attendues, pas 2"),
        (";".join([*BANATIC, "Siren membre"]).encode() + b"\n", "« Siren membre » y est 2 fois"),
    ],
)
def test_a_file_that_is_not_the_export_is_refused_whole(app: Flask, tmp_path: Path, octets: bytes, told: str) -> None:
    (tmp_path / "b.csv").write_bytes(octets)
    result = load(app, "import-banatic", tmp_path / "b.csv")
    assert result.exit_code == 1
    assert told in result.stderr
    assert "rien n’a été chargé" in result.stderr


SOCIAL = [
    ("263500308", "A", "7361", "CENTRE COMMUNAL D'ACTION SOCIALE", "35352"),
    ("200012345", "A", "7367", "CIAS", "35360"),
    ("283500019", "A", "7372", "SDIS 35", "35238"),
    ("286700011", "A", "7372", "SIS 67", "67482"),
    ("286900010", "A", "7372", "SDMIS", "69383"),
    ("253500100", "A", "7355", "SYNDICAT MIXTE OUVERT", "35238"),
    ("263500316", "C", "7361", "CCAS FERME", "35001"),
    ("552081317", "A", "5599", "UNE SOCIETE", "75108"),
    ("263500324", "A", "7361", "CCAS D'AILLEURS", "99999"),
]


def test_a_ccas_covers_its_commune_a_cias_its_epci_a_sdis_its_departement(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    output = loaded(app, "import-sirene", sirene(tmp_path / "s.csv", SOCIAL))
    assert "6 ajoutées" in output
    assert "commune du siège inconnue « 99999 » : 1" in output
    assert body(session, "263500308").name == "Centre communal d’action sociale de Vern-sur-Seiche"
    assert covered(session, "263500308") == covered(session, "commune:35352")
    assert covered(session, "200012345") == covered(session, VITRE_COMMUNAUTE)
    assert covered(session, "283500019") == covered(session, "departement:35")
    assert covered(session, "286700011").population < covered(session, "departement:67").population  # half of Alsace
    assert covered(session, "286900010") == covered(session, "departement:69", "collectivite:69M")
    assert covered(session, "253500100").communes == 0  # Sirene knows no members
    with app.app_context():
        found = suggest(db.session(), "ccas vern sur seiche")
        assert [each.organisation.code for each in found] == ["263500308"]


def test_sirene_again_writes_nothing_and_puts_to_sleep_what_it_says_is_closed(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    loaded(app, "import-sirene", sirene(tmp_path / "s.csv", SOCIAL))
    before = contents(app)
    loaded(app, "import-sirene", tmp_path / "s.csv")
    loaded(app, "import-sirene", sirene(tmp_path / "t.csv", SOCIAL[1:]))  # absence says nothing there
    assert contents(app) == before
    closed = [(siren, "C", *rest) for siren, _, *rest in SOCIAL[:1]]
    assert "1 désactivées" in loaded(app, "import-sirene", sirene(tmp_path / "u.csv", closed))
    assert not body(session, "263500308").active


def test_the_stock_of_units_says_no_commune_and_that_of_establishments_does(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    places = [SIRENE.index(name) for name in SIRENE if name.endswith("UniteLegale") or name == "siren"]
    units = [[siren, state, form, name] for siren, state, form, name, _ in SOCIAL]
    stock = table(tmp_path / "units.csv", [SIRENE[place] for place in places], units, ",")
    assert "commune du siège absente du fichier : 6" in loaded(app, "import-sirene", stock, "--dry-run")
    seats = sirene(tmp_path / "seats.csv", SOCIAL)
    loaded(app, "import-sirene", stock, "--seats", seats)
    assert covered(session, "263500308") == covered(session, "commune:35352")


def test_what_banatic_describes_sirene_leaves_alone_and_banatic_takes_over(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    unit = sirene(tmp_path / "s.csv", [(EAU, "A", "7353", "SIVU DES EAUX", "35352")])
    loaded(app, "import-sirene", unit)
    assert body(session, EAU).name == "SIVU DES EAUX"
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    before = contents(app)
    assert "décrite par Banatic : 1" in loaded(app, "import-sirene", unit)
    closed = sirene(tmp_path / "c.csv", [(EAU, "C", "7353", "SIVU DES EAUX", "35352")])
    assert "fermée selon ce fichier, décrite par Banatic : 1" in loaded(app, "import-sirene", closed)
    assert contents(app) == before


def test_the_siren_of_a_departement_is_learnt_and_kept_and_syndicats_find_it_among_their_members(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    councils = [
        ("223500018", "A", "7220", "DEPARTEMENT D ILLE ET VILAINE", "35238"),
        ("233500016", "A", "7230", "REGION BRETAGNE", "35238"),
        ("200076958", "A", "7229", "COLLECTIVITE DE CORSE", "2A004"),
        ("224400028", "A", "7220", "UN", "44109"),
        ("224400036", "A", "7220", "DEUX", "44109"),
        ("213503527", "A", "7220", "LE SIREN DE VERN", "35238"),
    ]
    output = loaded(app, "import-sirene", sirene(tmp_path / "s.csv", councils))
    assert "3 mises à jour" in output
    assert "à départager : 2" in output
    departement = body(session, "departement-35")
    assert (departement.siren, body(session, "departement-44").siren) == ("223500018", None)
    with app.app_context():
        assert [each.organisation.id for each in suggest(db.session(), "223500018")] == [departement.id]

    before = contents(app)
    loaded(app, "import")
    loaded(app, "import-sirene", tmp_path / "s.csv")
    assert contents(app) == before

    lines = [(EAU, "Mégalis", "SMO", siren, "") for siren in ("223500018", "233500016")]
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", lines))
    assert covered(session, EAU) == covered(session, "region:53")


def test_a_file_without_a_needed_column_of_sirene_is_refused(app: Flask, tmp_path: Path) -> None:
    header = [name.replace("categorieJuridiqueUniteLegale", "autre") for name in SIRENE]
    result = load(app, "import-sirene", sirene(tmp_path / "s.csv", SOCIAL, header))
    assert result.exit_code == 1
    assert "« categorieJuridiqueUniteLegale »" in result.stderr


def test_a_syndicat_that_gains_members_carries_its_open_coalitions_along(
    app: Flask, tmp_path: Path, session: Session
) -> None:
    loaded(app, "import-banatic", banatic(tmp_path / "b.csv", WATER[:1]))
    with app.app_context(), transaction() as writing:
        author = cast.affiliation(writing, "a@demo.example", cast.ARBRISSEL)
        need_id = cast.posted_need(writing, author)
        member = cast.affiliation(writing, "s@demo.example", f"syndicat:{EAU}")
        join(writing, member, need_id, "contributeur", [])
    loaded(app, "import-banatic", banatic(tmp_path / "c.csv", WATER))
    member = session.scalars(select(Membership)).one()
    assert member.need.covered_population == body(session, EAU).population > body(session, VERN).population


def test_the_referential_must_be_there_first(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), transaction() as writing:
        writing.execute(db.text("UPDATE loaded_referential SET vintage = ''"))
    result = load(app, "import-banatic", banatic(tmp_path / "b.csv", WATER))
    assert result.exit_code == 1
    assert "flask territories import" in result.stderr
