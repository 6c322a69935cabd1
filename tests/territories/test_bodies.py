"""The bodies made from the real files, edge cases of docs/decisions/0012."""

import json
from collections import Counter

import pytest

from coconstruction.territories.bodies import Body
from coconstruction.territories.referential import FOLDER, Referential

pytestmark = pytest.mark.referential
Bodies = dict[str, Body]


def test_every_current_commune_epci_and_ept_is_there(referential: Referential) -> None:
    counts = referential.counts()
    assert counts["communes"] == 34_969
    assert sum(counts[kind] for kind in ("cc", "ca", "cu", "metropole")) == 1_254
    assert sum(body.reference == "collectivite:69M" for body in referential.bodies) == 1
    assert counts["ept"] == 11
    assert counts["departement"] == 93
    assert counts["region"] == 14
    assert counts["statut_particulier"] == 13
    assert referential.vintage == "population municipale 2023"


def test_codes_and_references_are_unique_and_fit_a_web_address(referential: Referential) -> None:
    for codes in ([body.code for body in referential.bodies], [body.reference for body in referential.bodies]):
        assert Counter(codes).most_common(1)[0][1] == 1
    assert all(body.code.replace("-", "").isalnum() for body in referential.bodies)
    assert not {body.reference for body in referential.bodies} & referential.aliases.keys()


def test_paris_is_one_body_commune_and_departement(bodies: Bodies) -> None:
    paris = bodies["collectivite:75C"]
    assert (paris.kind, paris.code, paris.insee_code) == ("statut_particulier", "217500016", "75056")
    assert (paris.population, paris.communes_count, paris.departement_level) == (2_103_778, 1, True)
    assert "commune:75056" not in bodies
    assert "departement:75" not in bodies


def test_the_metropole_de_lyon_left_the_rhone(bodies: Bodies) -> None:
    lyon, rhone = bodies["collectivite:69M"], bodies["departement:69"]
    assert (lyon.kind, lyon.siren, lyon.communes_count) == ("statut_particulier", "200046977", 58)
    assert lyon.population == 1_436_354
    assert lyon.departement_level
    assert rhone.population == 478_313
    assert not set(lyon.communes) & set(rhone.communes)


@pytest.mark.parametrize(
    ("reference", "population", "aliases"),
    [
        ("collectivite:6AE", 1_934_548, {"departement:67", "departement:68"}),
        ("collectivite:20R", 355_486, {"departement:2A", "departement:2B", "region:94"}),
        ("collectivite:972R", 360_630, {"departement:972", "region:02"}),
        ("collectivite:973R", 293_996, {"departement:973", "region:03"}),
        ("collectivite:976D", 256_518, {"departement:976", "region:06"}),
    ],
)
def test_a_single_body_answers_for_its_departements_and_region(
    bodies: Bodies, referential: Referential, reference: str, population: int, aliases: set[str]
) -> None:
    body = bodies[reference]
    assert (body.kind, body.departement_level, body.population) == ("statut_particulier", True, population)
    assert {alias for alias, leads_to in referential.aliases.items() if leads_to == reference} == aliases


@pytest.mark.parametrize("code", ["975", "977", "978", "986", "987", "988"])
def test_overseas_collectivites_are_bodies(bodies: Bodies, code: str) -> None:
    body = bodies[f"collectivite:{code}"]
    assert body.departement_level
    assert body.communes_count == sum(
        body.departement_code == code and body.kind == "commune" for body in bodies.values()
    )


def test_taaf_and_clipperton_have_communes_but_no_body(bodies: Bodies) -> None:
    assert {body.kind for body in bodies.values() if body.departement_code in ("984", "989")} == {"commune"}
    assert bodies["commune:98901"].code == "commune-98901"
    assert bodies["commune:98901"].population == 0


def test_guadeloupe_and_la_reunion_keep_a_departement_and_a_region(bodies: Bodies) -> None:
    for departement, region in (("971", "01"), ("974", "04")):
        assert bodies[f"departement:{departement}"].communes == bodies[f"region:{region}"].communes
        assert not bodies[f"region:{region}"].departement_level


def test_the_grand_paris_is_a_metropole_over_eleven_ept(bodies: Bodies) -> None:
    grand_paris = set(bodies["epci:200054781"].communes)
    in_ept = {commune for body in bodies.values() if body.kind == "ept" for commune in body.communes}
    assert bodies["epci:200054781"].kind == "metropole"
    assert grand_paris - in_ept == {"collectivite:75C"}
    # The file gives Saint-Denis no SIREN among the members of its EPT.
    assert "commune:93066" in bodies["ept:200057867"].communes


def test_populations_are_those_of_the_communes_file_alone(bodies: Bodies) -> None:
    entries = json.loads((FOLDER / "communes.json").read_bytes())
    people = {entry["code"]: entry.get("population", 0) for entry in entries if entry["type"] == "commune-actuelle"}
    assert {body.insee_code: body.population for body in bodies.values() if body.insee_code} == people
    # epci.json says 1,433,613 for another year.
    assert bodies["collectivite:69M"].population == sum(
        people[reference.removeprefix("commune:")] for reference in bodies["collectivite:69M"].communes
    )
    assert sum(people.values()) == 68_952_941


def test_an_epci_over_several_departements_lies_where_most_people_live(bodies: Bodies) -> None:
    redon = bodies["epci:243500741"]
    assert {bodies[commune].departement_code for commune in redon.communes} == {"35", "44", "56"}
    assert (redon.departement_name, redon.region_name) == ("Ille-et-Vilaine", "Bretagne")


def test_only_departements_and_bodies_of_their_rank_count_as_a_whole_departement(bodies: Bodies) -> None:
    ranked = Counter(body.kind for body in bodies.values() if body.departement_level)
    assert ranked == {"departement": 93, "statut_particulier": 13}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("departement:35", "Département d’Ille-et-Vilaine"),
        ("departement:33", "Département de la Gironde"),
        ("departement:01", "Département de l’Ain"),
        ("departement:08", "Département des Ardennes"),
        ("departement:69", "Département du Rhône"),
        ("departement:974", "Département de La Réunion"),
        ("region:53", "Région Bretagne"),
        ("collectivite:6AE", "Collectivité européenne d’Alsace"),
        ("commune:35360", "Vitré"),
    ],
)
def test_names_are_written_as_one_says_them(bodies: Bodies, reference: str, name: str) -> None:
    assert bodies[reference].name == name


@pytest.mark.parametrize(
    ("alias", "reference"),
    [
        ("commune:75056", "collectivite:75C"),
        ("departement:75", "collectivite:75C"),
        ("commune:75115", "collectivite:75C"),
        ("commune:13201", "commune:13055"),
        ("commune:69381", "commune:69123"),
        ("commune:59355", "commune:59350"),
        ("commune:01120", "commune:01262"),
        ("commune:93059", "commune:93066"),
        ("epci:200046977", "collectivite:69M"),
    ],
)
def test_old_codes_lead_to_who_answers_today(referential: Referential, alias: str, reference: str) -> None:
    assert referential.aliases[alias] == reference
