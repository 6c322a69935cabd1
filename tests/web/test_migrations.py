"""A database in use goes from the version before belonging was proven rung by rung to this one, and back."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, create_engine, text

from coconstruction.app import create_app
from coconstruction.settings import Settings
from tests import postgres_server
from tests.conftest import hang_up

BEFORE = (
    "INSERT INTO agent (id, email, name, is_curator, created_at) VALUES (1, 'a@b.example', 'Anne', false, :at),"
    " (2, 'c@b.example', 'Chloé', true, :at)",
    "INSERT INTO organisation (id, reference, code, kind, name, name_key, postal_codes, population, communes_count,"
    " departement_level, active) VALUES (1, 'commune:1', '1', 'commune', 'Ici', 'ici', '', 10, 1, false, true)",
    "INSERT INTO affiliation (id, agent_id, organisation_id, role, function, motive, asked_at, proof, evidence,"
    " proven_at, proven_by_id, mandate_at, mandate_by_id) VALUES"
    " (1, 1, 1, 'elu', 'Maire', '', :at, 'curator', 'Appel', :at, 2, :at, 2)",
    "INSERT INTO affiliation (id, agent_id, organisation_id, role, function, motive, asked_at, evidence,"
    " mandate_asked_at, proof, proven_at) VALUES"
    " (2, 2, 1, 'agent', '', '', :at, 'b.example', :at, 'email_domain', :at)",
    "INSERT INTO verified_domain (domain, organisation_id, verified_at) VALUES ('b.example', 1, :at)",
    "INSERT INTO agent_session (key_hash, agent_id, created_at, expires_at) VALUES ('k', 1, :at, :at)",
    "INSERT INTO need (id, state, origin, title, problem, audience, frequency, workaround, expected_effect, theme,"
    " service_url, organisation_id, author_id, created_at, state_at, version, supports_count, members_count,"
    " covered_population) VALUES (1, 'open', 'need', 'T', '', '', '', '', '', '', '', 1, 1, :at, :at, 1, 0, 0, 0)",
)
AT = "2026-11-20 10:00:00+00:00"


@pytest.fixture
def used(engine_name: str, tmp_path: Path, template_url: str) -> tuple[Flask, Engine]:
    """At version 0005, with people, a need and a session."""
    url = f"sqlite:///{tmp_path / 'used.sqlite3'}"
    if engine_name == "postgresql":
        url = postgres_server.create_database("used_" + tmp_path.name.replace("-", "_")[-20:])
    app = create_app(Settings(database_url=url, search_index_dir=tmp_path / "index", secret_key="a key for tests"))
    with app.app_context():
        upgrade(revision="0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement), {"at": AT})
    yield app, engine
    engine.dispose()
    hang_up(app)
    shutil.rmtree(tmp_path, ignore_errors=True)


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_what_was_proven_stays_proven_and_mandates_stay_given(used: tuple[Flask, Engine]) -> None:
    app, engine = used
    with app.app_context():
        upgrade()
    proofs = rows(engine, "SELECT affiliation_id, kind, evidence, proven_by_id FROM affiliation_proof ORDER BY 1")
    assert proofs == [(1, "curator", "Appel", 2), (2, "email_domain", "b.example", None)]
    mandates = rows(engine, "SELECT affiliation_id, role, scope, granted_by_id FROM mandate")
    assert mandates == [(1, "elu", "everything", 2)]
    assert rows(engine, "SELECT affiliation_id, role FROM mandate_request") == [(2, "agent")]
    assert rows(engine, "SELECT domain, state FROM organisation_domain") == [("b.example", "verified")]
    assert rows(engine, "SELECT author_id FROM need") == [(1,)]
    assert rows(engine, "SELECT count(*) FROM agent WHERE seen_at = created_at") == [(2,)]


def test_going_back_keeps_people_mandates_and_domains(used: tuple[Flask, Engine]) -> None:
    app, engine = used
    with app.app_context():
        upgrade()
        downgrade(revision="0005")
    assert rows(engine, "SELECT id, mandate_at IS NULL, mandate_asked_at IS NULL FROM affiliation ORDER BY 1") == [
        (1, False, True),
        (2, True, False),
    ]
    assert rows(engine, "SELECT domain FROM verified_domain") == [("b.example",)]
    with app.app_context():
        upgrade()
    assert rows(engine, "SELECT count(*) FROM mandate") == [(1,)]
