"""What goes with every answer: headers, cookies, languages, health."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine

from coconstruction import database
from coconstruction.app import create_app
from coconstruction.database import transaction
from coconstruction.settings import Settings
from tests import cast
from tests.conftest import hang_up
from tests.reading import PageClient

PATHS = ("/", "/besoins", "/recherche?q=salle", "/connexion", "/nulle-part", "/healthz", "/static/css/site.css")


@pytest.mark.parametrize("path", PATHS)
def test_no_page_runs_or_frames_anything_of_others(client: PageClient, path: str) -> None:
    headers = client.get(path).headers
    if path.startswith("/static"):
        assert headers["X-Content-Type-Options"] == "nosniff"
        return
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_kept_from_scripts_and_from_other_sites(worker_settings: Settings) -> None:
    secured = create_app(replace(worker_settings, base_url="https://site.example"))
    response = PageClient(secured).get("/connexion", base_url="https://site.example")
    cookie = response.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax"))
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    hang_up(secured)


def test_what_a_person_sees_signed_in_is_kept_nowhere(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, "anne@demo.example", cast.VERN)
    cast.sign_in(client, "anne@demo.example")
    for path in ("/", "/besoins", "/compte", "/organisations/213503527"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_visitor_s_page_is_never_another_s(app: Flask, client: PageClient) -> None:
    """The same address in turn by a visitor, an agent, and an English reader."""
    with app.app_context(), transaction() as session:
        cast.agent(session, "anne@demo.example", cast.VERN)
    cast.sign_in(client, "anne@demo.example")
    english = PageClient(app)
    english.get("/langue/en")
    for _ in range(2):
        assert "Se connecter" in PageClient(app).get("/besoins").get_data(as_text=True)
        assert "Se connecter" not in client.get("/besoins").get_data(as_text=True)
        assert '<html lang="en"' in english.get("/besoins").get_data(as_text=True)
        assert "csrf_token" not in PageClient(app).get("/besoins").get_data(as_text=True)


def test_the_language_chosen_stays_and_leads_back(client: PageClient) -> None:
    response = client.get("/langue/en?next=/besoins%3Ftheme%3Dmobility")
    assert response.headers["Location"] == "/besoins?theme=mobility"
    assert client.page("/besoins").title == "The needs of local authorities"
    assert client.get("/langue/de").status_code == 404
    assert client.get("/langue/fr?next=//elsewhere.example").headers["Location"] == "/"


def test_health_tells_how_far_the_search_follows(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))
    found = client.get("/healthz").get_json()
    assert found["status"] == "ok"
    assert found["search_behind"] > 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_no_page_knows_is_refused_with_a_sentence(client: PageClient, method: str) -> None:
    response = client.open("/besoins", method=method)
    assert response.status_code == 405
    assert "ne répond pas à ce type de demande" in response.get_data(as_text=True)


def test_what_is_kept_for_all_carries_each_readers_own_token_and_voice(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        need_id = cast.posted_need(session, cast.affiliation(session, "maire@vern.example", cast.VERN))
        cast.agent(session, "anne@demo.example", cast.ARBRISSEL)
        cast.agent(session, "yves@demo.example", cast.RENNES_METROPOLE)
    anne, yves = PageClient(app), PageClient(app)
    cast.sign_in(anne, "anne@demo.example")
    cast.sign_in(yves, "yves@demo.example")
    lists = [each.page("/besoins").soup for each in (anne, yves, anne, yves)]
    tokens = [str(each.select_one("#liste input[name=csrf_token]")["value"]) for each in lists]  # type: ignore[index]
    kept = [token.split(".")[0] for token in tokens]  # what follows is the time it was signed
    assert kept[:2] == kept[2:]
    assert kept[0] != kept[1]
    assert anne.post(f"/besoins/{need_id}/soutien", data={"csrf_token": tokens[0]}).status_code == 303
    for client, voice, said in ((anne, "soutient ce besoin", True), (yves, "Nous aussi", True), (yves, "Dont", False)):
        cards = client.page("/besoins").soup.select_one("#liste")
        assert (voice in cards.get_text()) is said  # type: ignore[union-attr]
        assert "2 collectivités soutiennent" in " ".join(cards.get_text().split())  # type: ignore[union-attr]


def test_a_browser_that_has_the_page_is_told_when_another_version_of_the_site_serves_it(
    app: Flask, client: PageClient, worker_settings: Settings
) -> None:
    etag = client.get("/besoins").headers["ETag"]
    assert client.get("/besoins", headers={"If-None-Match": etag}).status_code == 304
    other = create_app(replace(worker_settings, brand="etat"))
    assert PageClient(other).get("/besoins", headers={"If-None-Match": etag}).status_code == 200
    hang_up(other)


@pytest.mark.parametrize("path", ["/organisations/%00", "/tours/%00", "/tours/a%00/resultats.json", "/connexion/%00"])
def test_a_null_sign_in_an_address_is_no_page(client: PageClient, path: str) -> None:
    assert client.get(path).status_code in (404, 410)


@pytest.mark.parametrize(
    "path", ["/besoins/proches?title=cantine&sauf=" + "9" * 5000, "/besoins?page=" + "9" * 5000, "/recherche?q=%00"]
)
def test_an_absurd_value_counts_as_none(client: PageClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_when_the_database_is_held_the_page_says_so_and_gives_the_text_back(
    app: Flask, client: PageClient, worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes for longer than anyone waits."""
    with app.app_context(), transaction() as session:
        cast.agent(session, "anne@demo.example", cast.VERN)
    cast.sign_in(client, "anne@demo.example")
    token = client.token()
    hang_up(app)
    monkeypatch.setattr(database, "LOCK_WAIT_MS", 50)
    hurried = create_app(worker_settings)
    impatient = PageClient(hurried)
    impatient.set_cookie("session", client.get_cookie("session").value)  # type: ignore[union-attr]
    engine = create_engine(worker_settings.database_url)
    with engine.connect() as holding:
        if engine.dialect.name == "sqlite":
            holding.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
        holding.exec_driver_sql("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "LOCK TABLE agent_session")
        form = {"title": "Une salle des fêtes", "csrf_token": token}
        page = impatient.post("/besoins/nouveau", data=form, headers={"Referer": "http://localhost/besoins/nouveau"})
        if engine.dialect.name == "sqlite":
            holding.exec_driver_sql("ROLLBACK")
    engine.dispose()
    hang_up(hurried)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Le service est très demandé" in page.get_data(as_text=True)
    assert "Une salle des fêtes" in page.get_data(as_text=True)
