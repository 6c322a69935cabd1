"""Loading again writes only what changed; what vanished from the files stays readable, asleep."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.journal import JournalEntry, last_line
from coconstruction.territories.actions import add_organisation, import_referential, rows_to_load
from coconstruction.territories.models import LoadedReferential, NameWord, Organisation, PlaceName, Territory
from coconstruction.territories.queries import atlas, organisation_by_code, resolve, suggest
from coconstruction.territories.referential import Referential

pytestmark = pytest.mark.referential
UNCHANGED = {"added": 0, "updated": 0, "deactivated": 0}


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def by_reference(session: Session, reference: str) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.reference == reference)).one()


def test_everything_of_the_files_is_in_the_database(session: Session, referential: Referential) -> None:
    assert count(session, Organisation) == len(referential.bodies)
    assert count(session, Territory) == sum(len(body.communes) for body in referential.bodies)
    assert count(session, PlaceName) == 2_105 + 471 + 45
    loaded = session.scalars(select(LoadedReferential)).one()
    assert (loaded.vintage, loaded.version) == ("population municipale 2023", "6.0.0")


def test_loading_the_same_files_again_changes_nothing(undone: Session, referential: Referential) -> None:
    before = (last_line(undone), undone.scalar(select(LoadedReferential.stamp)))
    told: list[int] = []

    assert import_referential(undone, referential, told.append).counts == UNCHANGED

    assert (last_line(undone), undone.scalar(select(LoadedReferential.stamp))) == before
    assert sum(told) == rows_to_load(referential)


def test_a_commune_that_vanished_sleeps_and_covers_nobody(undone: Session, referential: Referential) -> None:
    vitre = by_reference(undone, "commune:35360")
    before = atlas(undone).coverage(resolve(undone, ["departement:35"]).values())

    changes = import_referential(undone, without(referential, "commune:35360"))

    undone.expire_all()
    assert changes.counts == {"added": 0, "updated": 3, "deactivated": 1}  # and its EPCI, département and région
    assert not vitre.active
    assert organisation_by_code(undone, vitre.code) is vitre
    assert resolve(undone, ["commune:35360"]) == {}
    assert [found.organisation for found in suggest(undone, "vitré") if found.organisation is vitre] == []
    after = atlas(undone).coverage(resolve(undone, ["departement:35"]).values())
    assert after.communes == before.communes - 1
    assert after.population == before.population - vitre.population

    assert import_referential(undone, referential).counts == {"added": 0, "updated": 4, "deactivated": 0}
    undone.expire_all()
    assert vitre.active
    assert atlas(undone).coverage(resolve(undone, ["departement:35"]).values()) == before


def test_each_import_that_changes_something_writes_one_line(undone: Session, referential: Referential) -> None:
    seq, _ = last_line(undone)
    import_referential(undone, without(referential, "commune:35360"))

    [line] = undone.scalars(select(JournalEntry).where(JournalEntry.seq > seq))
    assert (line.action, line.subject_kind, line.subject_id) == ("territories.imported", "referential", 1)
    assert line.payload["vintage"] == "population municipale 2023"
    assert line.payload["deactivated"] == 1
    assert line.payload["counts"]["communes"] == 34_968


def test_an_import_heals_what_was_altered_by_hand(undone: Session, referential: Referential) -> None:
    by_reference(undone, "commune:35360").population = 1
    undone.flush()

    assert import_referential(undone, referential).counts == {"added": 0, "updated": 1, "deactivated": 0}
    undone.expire_all()
    assert by_reference(undone, "commune:35360").population > 18_000


def test_organisations_beside_the_referential_are_left_alone(undone: Session, referential: Referential) -> None:
    syndicat = add_organisation(
        undone,
        reference="syndicat:253500001",
        code="253500001",
        kind="syndicat_mixte",
        name="Mégalis Bretagne",
        siren="253500001",
    )
    assert import_referential(undone, referential).counts == UNCHANGED
    assert syndicat.active
    assert [found.organisation for found in suggest(undone, "megalis")] == [syndicat]
    assert undone.scalar(select(NameWord.word).where(NameWord.word == "253500001")) is not None
    assert atlas(undone).coverage([syndicat.id]).communes == 0


def test_the_command_tells_what_it_loaded(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["territories", "import"])
    assert result.exit_code == 0, result.output
    assert "36\u202f353 organisations (population municipale 2023)" in result.stdout
    assert "0 ajoutées, 0 mises à jour, 0 désactivées" in result.stdout


def without(referential: Referential, reference: str) -> Referential:
    """The same France, one commune fewer."""
    code = reference.removeprefix("commune:")
    gone = next(body for body in referential.bodies if body.reference == reference)
    bodies = [
        replace(
            body,
            communes=tuple(commune for commune in body.communes if commune != reference),
            communes_count=body.communes_count - 1,
            population=body.population - gone.population,
        )
        if reference in body.communes
        else body
        for body in referential.bodies
        if body.reference != reference
    ]
    return replace(
        referential,
        bodies=tuple(bodies),
        places=tuple(place for place in referential.places if place.commune != code),
        aliases={alias: leads_to for alias, leads_to in referential.aliases.items() if leads_to != reference},
    )
