"""Official addresses come from the State's public directory, and tell which domains are an organisation's own."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.models import OrganisationDomain
from coconstruction.database import transaction
from coconstruction.journal import last_line
from coconstruction.territories.models import OfficialContact
from tests import cast

VERN_SIREN = "213503527"


def service(kind: str, insee: str, email: str, siren: str = "") -> dict[str, str]:
    pivot = json.dumps([{"type_service_local": kind, "code_insee_commune": [insee]}])
    return {"nom": "Mairie", "pivot": pivot, "siren": siren, "siret": "", "adresse_courriel": email}


def load(app: Flask, folder: Path, services: list[dict[str, str]], *options: str) -> Result:
    path = folder / "annuaire.json"
    path.write_text(json.dumps(services), encoding="utf-8")
    return app.test_cli_runner().invoke(args=["accounts", "contacts", str(path), *options])


def contacts(session: Session) -> dict[str, str]:
    names = {cast.organisation(session, each).id: each for each in (cast.VERN, cast.ARBRISSEL, cast.RENNES_METROPOLE)}
    rows = session.execute(select(OfficialContact.organisation_id, OfficialContact.email))
    return {email: names[key] for key, email in rows}


def domains(session: Session) -> dict[str, str]:
    rows = session.execute(select(OrganisationDomain.domain, OrganisationDomain.state))
    return {row.domain: row.state for row in rows}


def test_addresses_are_found_by_siren_then_by_insee_code(app: Flask, session: Session, tmp_path: Path) -> None:
    services = [
        service("mairie", "35352", "Mairie@Ville-Vern.example", VERN_SIREN),
        service("mairie", "35005", "mairie.arbrissel@orange.fr"),
        service("epci", "35238", "contact@metropole.example; accueil@metropole.example", "243500139"),
        service("mairie_com", "35352", "annexe@ville-vern.example", VERN_SIREN),
        service("mairie", "35001", ""),
        service("mairie", "99999", "nulle@part.example"),
    ]
    said = load(app, tmp_path, services).output
    assert contacts(session) == {
        "mairie@ville-vern.example": cast.VERN,
        "mairie.arbrissel@orange.fr": cast.ARBRISSEL,
        "contact@metropole.example": cast.RENNES_METROPOLE,
        "accueil@metropole.example": cast.RENNES_METROPOLE,
    }
    assert "4 adresses officielles" in said
    assert "4 sont ajoutées, 0 sont retirées" in said
    assert "organisation inconnue" in said
    assert "sans adresse" in said


def test_a_domain_is_official_when_open_to_few_and_shared_by_none(app: Flask, session: Session, tmp_path: Path) -> None:
    services = [
        service("mairie", "35352", "mairie@ville-vern.example"),
        service("mairie", "35005", "arbrissel@commune-hebergee.example"),
        service("mairie", "35001", "acigne@commune-hebergee.example"),
        service("mairie", "35238", "rennes@gmail.com"),
        service("mairie", "35207", "mairie-noyal@fournisseur.example"),  # a provider that no list knows
    ]
    load(app, tmp_path, services)
    assert domains(session) == {"ville-vern.example": "official"}


def test_loading_again_writes_nothing_and_what_left_the_directory_leaves(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    both = [service("mairie", "35352", "mairie@ville-vern.example"), service("mairie", "35005", "a@orange.fr")]
    load(app, tmp_path, both)
    before = last_line(session)
    load(app, tmp_path, both)
    assert last_line(session) == before
    load(app, tmp_path, both[1:])
    assert contacts(session) == {"a@orange.fr": cast.ARBRISSEL}
    assert domains(session) == {"ville-vern.example": "pending"}


def test_a_dry_run_tells_and_writes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    before = last_line(session)
    said = load(app, tmp_path, [service("mairie", "35352", "mairie@ville-vern.example")], "--dry-run").output
    assert "1 seraient ajoutées" in said
    assert contacts(session) == {}
    assert last_line(session) == before


def test_what_the_team_decided_of_a_domain_stays(app: Flask, session: Session, tmp_path: Path) -> None:
    with app.app_context(), transaction() as writing:
        about = {"organisation_id": cast.organisation(writing, cast.VERN).id, "motive": "", "state_at": clock.now()}
        writing.add(OrganisationDomain(domain="ville-vern.example", state="refused", **about))
    load(app, tmp_path, [service("mairie", "35352", "mairie@ville-vern.example")])
    assert domains(session) == {"ville-vern.example": "refused"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[", "ne peut pas être lu"),
        ("[]", "une liste de services est attendue"),
        ("[1]", "une liste de services est attendue"),
        ('[{"pivot": "mairie"}]', "il y manque adresse_courriel"),
        ("nom;pivot\nx;y\n", "il y manque adresse_courriel"),
    ],
)
def test_a_wrong_file_is_refused_whole(app: Flask, tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "annuaire"
    path.write_text(content, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["accounts", "contacts", str(path)])
    assert (result.exit_code, sentence in result.output) == (1, True)


def test_the_export_is_read_as_csv_too(app: Flask, session: Session, tmp_path: Path) -> None:
    path, row = tmp_path / "annuaire.csv", service("mairie", "35352", "mairie@ville-vern.example")
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, list(row), delimiter=";")
        table.writeheader()
        table.writerow(row)
    app.test_cli_runner().invoke(args=["accounts", "contacts", str(path)])
    assert contacts(session) == {"mairie@ville-vern.example": cast.VERN}
