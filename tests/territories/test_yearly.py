"""Next year's referential: communes merge, change codes and perimeters; open coalitions follow, decisions stay."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock, journal
from coconstruction.coalitions.actions import join
from coconstruction.coalitions.models import Crossing, ThresholdRule
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.needs.models import Need, State
from coconstruction.notifications.models import Letter
from coconstruction.territories.actions import import_referential, load_referential
from coconstruction.territories.changes import Change
from coconstruction.territories.coverage import Coverage
from coconstruction.territories.models import Descent, Lineage, LoadedReferential, Organisation
from coconstruction.territories.queries import (
    answering,
    atlas,
    organisation_by_code,
    predecessors,
    resolve,
    successors,
)
from coconstruction.territories.referential import Referential, read_referential
from tests import cast
from tests.reading import PageClient
from tests.territories.registers import EAU, RENNES_METROPOLE, VERN, VITRE_COMMUNAUTE, banatic
from tests.territories.vintages import NextYear

pytestmark = pytest.mark.referential

NEW_SIREN = "200099990"
VERN_INSEE, ACIGNE_INSEE, AMANLIS_INSEE = "35352", "35001", "35002"


def by_reference(session: Session, reference: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.reference == reference)).one()


def covered(session: Session, *keys: int) -> Coverage:
    return atlas(session).coverage(keys)


def command(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["territories", "import", *map(str, words)])


def loaded(app: Flask, *words: object) -> str:
    result = command(app, *words)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acigné joins Vern: one commune nouvelle, with Vern's code and a new SIREN. Amanlis gains 500,000 inhabitants."""
    year = NextYear()
    year.merge(VERN_INSEE, ACIGNE_INSEE, "Vern-Acigné", NEW_SIREN)
    year.commune(AMANLIS_INSEE)["population"] += 500_000
    return year.write(tmp_path_factory.mktemp("merged"))


@pytest.fixture(scope="module")
def merger(merged: Path) -> Referential:
    return read_referential(merged)


@pytest.fixture
def renumbered(tmp_path: Path) -> Referential:
    year = NextYear()
    year.renumber(ACIGNE_INSEE, "35999")
    return read_referential(year.write(tmp_path))


def test_a_commune_that_merged_sleeps_and_its_descent_is_known(undone: Session, merger: Referential) -> None:
    acigne, vern = by_reference(undone, "commune:35001"), by_reference(undone, "commune:35352")
    people = acigne.population + vern.population

    changes = load_referential(undone, merger)

    undone.expire_all()
    assert not acigne.active
    assert (vern.name, vern.code, vern.population) == ("Vern-Acigné", NEW_SIREN, people)
    assert (
        [each.successor for each in successors(undone, acigne.id)] == list(answering(undone, [acigne, vern])) == [vern]
    )
    assert [each.predecessor for each in predecessors(undone, vern.id)] == [acigne]
    assert covered(undone, acigne.id) == covered(undone, acigne.id, vern.id) == Coverage(people, 1)
    assert resolve(undone, ["commune:35001", VERN]) == {"commune:35001": vern.id, VERN: vern.id}
    assert organisation_by_code(undone, "213500010") is acigne
    told = {(line.change, line.code) for line in changes.lines}
    assert {(Change.MERGED, acigne.code), (Change.ASLEEP, acigne.code), (Change.CODE, NEW_SIREN)} <= told
    assert {(Change.NAME, NEW_SIREN), (Change.POPULATION, NEW_SIREN), (Change.PERIMETER, RENNES_METROPOLE)} <= told


def test_a_commune_that_exists_again_wakes_and_covers_itself_alone(
    undone: Session, merger: Referential, referential: Referential
) -> None:
    acigne, vern = by_reference(undone, "commune:35001"), by_reference(undone, "commune:35352")
    before = covered(undone, acigne.id), covered(undone, vern.id)
    load_referential(undone, merger)

    changes = load_referential(undone, referential)

    undone.expire_all()
    assert acigne.active
    assert (covered(undone, acigne.id), covered(undone, vern.id)) == before
    assert resolve(undone, ["commune:35001", NEW_SIREN]) == {"commune:35001": acigne.id, NEW_SIREN: vern.id}
    assert undone.get_one(Lineage, (vern.id, acigne.id)).kind == Descent.SPLIT
    assert Change.SPLIT in changes.by_change()


def test_a_new_insee_code_for_the_same_siren_is_the_same_organisation(undone: Session, renumbered: Referential) -> None:
    acigne = by_reference(undone, "commune:35001")

    changes = import_referential(undone, renumbered)

    undone.expire_all()
    assert (acigne.reference, acigne.insee_code, acigne.code) == ("commune:35999", "35999", "213500010")
    assert changes.counts == {"added": 0, "updated": 1, "deactivated": 0}
    assert resolve(undone, ["commune:35001", "35999"]) == {"commune:35001": acigne.id, "35999": acigne.id}
    assert covered(undone, acigne.id).communes == 1
    seq, _ = journal.last_line(undone)
    assert undone.get_one(JournalEntry, seq).payload["changes"]["code"] == 1

    head = journal.last_line(undone)
    assert not import_referential(undone, renumbered).wrote
    assert journal.last_line(undone) == head


def test_a_siren_that_passes_to_another_commune_moves_its_holder_aside(undone: Session, tmp_path: Path) -> None:
    year = NextYear()
    year.merge(VERN_INSEE, ACIGNE_INSEE, "Vern-Acigné", "213500010")  # the commune nouvelle takes Acigné's SIREN
    acigne, vern = by_reference(undone, "commune:35001"), by_reference(undone, "commune:35352")

    load_referential(undone, read_referential(year.write(tmp_path)))

    undone.expire_all()
    assert (vern.code, acigne.code) == ("213500010", "commune-35001")
    assert organisation_by_code(undone, VERN) is vern


def test_an_epci_made_anew_on_the_same_communes_takes_the_place_of_the_former(undone: Session, tmp_path: Path) -> None:
    year = NextYear()
    year.group(VITRE_COMMUNAUTE)["code"] = NEW_SIREN
    former = by_reference(undone, f"epci:{VITRE_COMMUNAUTE}")
    before = covered(undone, former.id)

    load_referential(undone, read_referential(year.write(tmp_path)))

    undone.expire_all()
    [heir] = [each.successor for each in successors(undone, former.id)]
    assert (heir.code, former.active) == (NEW_SIREN, False)
    assert undone.get_one(Lineage, (former.id, heir.id)).kind == Descent.RENAMED
    assert covered(undone, former.id) == covered(undone, heir.id) == before


def test_a_dissolved_epci_whose_communes_went_elsewhere_has_no_heir(undone: Session, tmp_path: Path) -> None:
    year = NextYear()
    gone = year.group(VITRE_COMMUNAUTE)
    year.group(RENNES_METROPOLE)["membres"] += gone["membres"]
    year.files["epci.json"].remove(gone)
    former = by_reference(undone, f"epci:{VITRE_COMMUNAUTE}")

    load_referential(undone, read_referential(year.write(tmp_path)))

    assert [each.successor.code for each in successors(undone, former.id)] == [RENNES_METROPOLE]
    assert covered(undone, former.id).communes == 0


def test_a_syndicat_follows_the_perimeter_of_its_members(app: Flask, tmp_path: Path, session: Session) -> None:
    lines = [(EAU, "SIVU", "SIVU", RENNES_METROPOLE, ""), (EAU, "SIVU", "SIVU", "213500010", "Acigné")]
    path = banatic(tmp_path / "b.csv", lines)
    app.test_cli_runner().invoke(args=["territories", "import-banatic", str(path)], catch_exceptions=False)
    year = NextYear()
    year.move(ACIGNE_INSEE, RENNES_METROPOLE, VITRE_COMMUNAUTE)
    year.move(VERN_INSEE, RENNES_METROPOLE, VITRE_COMMUNAUTE)
    before = by_reference(session, f"syndicat:{EAU}").communes_count

    output = loaded(app, "--from", year.write(tmp_path / "next"))

    after = by_reference(session, f"syndicat:{EAU}")
    assert after.active
    assert after.communes_count == before - 1  # Acigné is a member itself
    assert covered(session, after.id) == Coverage(after.population, after.communes_count)
    assert "périmètre : 3" in output


@pytest.fixture
def needs(app: Flask) -> list[int]:
    """Two needs that Vern, Acigné and Amanlis joined; the second is in a round."""
    with app.app_context(), transaction() as writing:
        writing.add(ThresholdRule(version=99, tree={"inhabitants": 300_000}, in_force_at=clock.now()))
        author = cast.affiliation(writing, "vern@demo.example", "commune:35352")
        ids = [
            cast.posted_need(writing, author, replace(cast.CONTENT, title=title))
            for title in ("La cantine", "Le cimetière")
        ]
        for reference in ("commune:35352", "commune:35001", "commune:35002"):
            member = cast.affiliation(writing, f"{reference[-5:]}@demo.example", reference)
            for need_id in ids:
                join(writing, member, need_id, "contributeur", [])
        writing.get_one(Need, ids[1]).state = State.IN_ROUND
    return ids


def test_open_coalitions_are_counted_again_and_cross_once_while_decisions_keep_their_year(
    app: Flask, needs: list[int], merged: Path, session: Session, tmp_path: Path, client: PageClient
) -> None:
    opened, in_round = (session.get_one(Need, key) for key in needs)
    before = opened.covered_population
    assert in_round.covered_population == before
    head = journal.last_line(session)

    tried = loaded(app, "--from", merged, "--dry-run")
    assert "Essai à blanc" in tried
    assert journal.last_line(session) == head
    assert session.get_one(Need, needs[0]).covered_population == before

    output = loaded(app, "--from", merged, "--report", tmp_path / "report.csv")

    session.expire_all()
    assert opened.covered_population == before + 500_000
    assert (in_round.covered_population, in_round.state) == (before, State.IN_ROUND)
    assert opened.state == State.QUALIFIED
    [crossing] = session.scalars(select(Crossing))
    assert (crossing.need_id, crossing.membership_id) == (needs[0], None)
    assert crossing.figures["organisations"] == 2  # Vern and Acigné are one since
    assert session.scalar(select(func.count()).select_from(Letter).where(Letter.template == "threshold_crossed")) == 4
    assert opened.members_count == 3
    assert "seuil franchi : 1" in output
    report = list(csv.DictReader((tmp_path / "report.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert {"fusionnée", "nom", "population", "périmètre", "code", "besoin recompté", "seuil franchi"} <= {
        line["changement"] for line in report
    }
    [merged_into] = [line for line in report if line["changement"] == "fusionnée"]
    assert (merged_into["nom"], merged_into["détail"]) == ("Acigné", "→ commune:35352")
    text = client.page(f"/besoins/{needs[0]}").text
    assert "par la mise à jour des populations et des périmètres" in text
    assert "population municipale 2023 (Insee)" in text

    head = journal.last_line(session)
    assert "0 ajoutées, 0 mises à jour, 0 désactivées" in loaded(app, "--from", merged)
    assert journal.last_line(session) == head

    assert client.get(f"/organisations/{VERN}", follow_redirects=True).status_code == 200
    assert client.get("/organisations/213500010", follow_redirects=True).status_code == 200


def test_the_year_of_an_unknown_package_is_asked_of_the_operator(app: Flask, tmp_path: Path, session: Session) -> None:
    folder = NextYear().write(tmp_path, version="7.0.0")
    refused = command(app, "--from", folder)
    assert refused.exit_code == 1
    assert "--vintage" in refused.stderr
    loaded(app, "--from", folder, "--vintage", "population municipale 2024")
    state = session.scalars(select(LoadedReferential)).one()
    assert (state.version, state.vintage) == ("7.0.0", "population municipale 2024")


def test_a_known_package_is_not_mislabelled(app: Flask) -> None:
    refused = command(app, "--vintage", "population municipale 2024")
    assert refused.exit_code == 1
    assert "« population municipale 2023 »" in refused.stderr
