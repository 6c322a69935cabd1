"""People type names their own way, and mean one organisation among its homonyms."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from coconstruction.territories.queries import bodies_around, organisation_by_code, suggest

pytestmark = pytest.mark.referential


def labels(session: Session, text: str, limit: int = 10) -> list[str]:
    return [found.label for found in suggest(session, text, limit)]


def test_homonyms_are_told_apart_by_their_departement(session: Session) -> None:
    named = [found for found in suggest(session, "sainte-colombe", 12) if found.organisation.name == "Sainte-Colombe"]
    assert len(named) == 12
    assert len({found.label for found in named}) == 12
    assert "Sainte-Colombe — Gironde (33)" in {found.label for found in named}
    people = [found.organisation.population for found in named]
    assert people == sorted(people, reverse=True)


def test_a_departement_narrows_the_homonyms(session: Session) -> None:
    assert labels(session, "ste colombe gironde") == ["Sainte-Colombe — Gironde (33)"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Vern-sur-Seiche", "Vern-sur-Seiche — Ille-et-Vilaine (35)"),
        ("vern sur sei", "Vern-sur-Seiche — Ille-et-Vilaine (35)"),
        ("VITRE", "Vitré — Ille-et-Vilaine (35)"),
        ("st denis", "Saint-Denis — La Réunion (974)"),
        ("sulpice la pointe", "Saint-Sulpice-la-Pointe — Tarn (81)"),
        ("stras", "Strasbourg — Bas-Rhin (67)"),
        ("paris", "Paris"),
        ("gironde", "Département de la Gironde"),
        ("département de la gironde", "Département de la Gironde"),
        ("bretagne", "Région Bretagne"),
        ("alsace", "Collectivité européenne d’Alsace"),
        ("metropole de lyon", "Métropole de Lyon"),
        ("oeuilly", "Œuilly — Marne (51)"),
        ("35360", "Vitré — Ille-et-Vilaine (35)"),
        ("2a004", "Ajaccio — Corse-du-Sud (2A)"),
        ("243500139", "Rennes Métropole — Ille-et-Vilaine (35)"),
        ("243 500 139", "Rennes Métropole — Ille-et-Vilaine (35)"),
        ("35770", "Vern-sur-Seiche — Ille-et-Vilaine (35)"),
        ("l'hay les roses", "L'Haÿ-les-Roses — Val-de-Marne (94)"),
    ],
)
def test_the_organisation_meant_comes_first(session: Session, text: str, first: str) -> None:
    assert labels(session, text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("lomme", "Lomme, commune associée de Lille — Nord (59)"),
        ("arbignieu", "Arbignieu, commune déléguée d’Arboys en Bugey — Ain (01)"),
        ("paris 15", "Paris 15e Arrondissement, arrondissement de Paris"),
        ("marseille 1er", "Marseille 1er Arrondissement, arrondissement de Marseille — Bouches-du-Rhône (13)"),
    ],
)
def test_the_name_of_a_former_commune_leads_to_its_commune(session: Session, text: str, first: str) -> None:
    assert labels(session, text)[0] == first


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "_", "' OR 1=1 --", "zzzzzz", "99999", "\x00", "é" * 5_000, "a " * 500]
)
def test_what_names_nothing_suggests_nothing_or_little(session: Session, text: str) -> None:
    assert len(suggest(session, text)) <= 10


def test_nothing_is_suggested_for_signs_alone(session: Session) -> None:
    assert labels(session, "%%%") == labels(session, "___") == labels(session, "zzzzzz") == []


@pytest.mark.parametrize("text", ["st", "saint", "la", "paris 15", "35", "sainte colombe gironde"])
def test_a_suggestion_costs_two_statements_at_most(session: Session, text: str) -> None:
    statements: list[str] = []
    session.rollback()
    with session.get_bind().connect():  # the connection's own settings are not the suggestion's
        pass

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        suggest(session, text)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert 1 <= len(statements) <= 2


def test_an_organisation_is_found_by_its_public_code_or_another_reference(session: Session) -> None:
    names = {
        "213503600": "Vitré",
        "departement-35": "Département d’Ille-et-Vilaine",
        "departement-67": "Collectivité européenne d’Alsace",
        "commune-75115": "Paris",
        "collectivite-6AE": "Collectivité européenne d’Alsace",
    }
    for code, name in names.items():
        found = organisation_by_code(session, code)
        assert found is not None
        assert found.name == name
    assert organisation_by_code(session, "nowhere") is None


def test_the_bodies_around_a_commune_go_from_the_nearest_to_the_widest(session: Session) -> None:
    vern = organisation_by_code(session, "213503527")
    assert vern is not None
    assert vern.name == "Vern-sur-Seiche"
    assert [body.name for body in bodies_around(session, vern)] == [
        "Rennes Métropole",
        "Département d’Ille-et-Vilaine",
        "Région Bretagne",
    ]
