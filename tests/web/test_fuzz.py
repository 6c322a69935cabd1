"""Forms filled with whatever a hostile program, or a cat on a keyboard, may send: a page answers, never a breakdown."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.accounts.actions import ask_affiliation
from coconstruction.accounts.models import Role
from coconstruction.database import transaction
from coconstruction.needs.models import Need
from tests import cast, selection
from tests.reading import PageClient

TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "\ud800",
            "NaN",
            "-1",
            "1e9",
            "9" * 40,
            "2" * 5000,
            "é\u0301" * 50,
            "‮",
            "'; DROP TABLE need --",
        ]
    ),
    st.sampled_from(["<script>", "{{ 7*7 }}", "%s%n", "../../etc/passwd", "javascript:alert(1)", "0001-01-01T00:00"]),
)
TOLD = {"function": "Secrétaire", "motive": "Je travaille à la mairie."}
NUMBERS = st.sampled_from(["0", "1", "2", "5"])
LIKELY = {
    **dict.fromkeys(
        ["title", "problem", "motive", "name", "summary", "seed", "function"], st.just("Une phrase écrite")
    ),
    **dict.fromkeys(["draft", "version", "affiliation", "need", "numero", "page"], NUMBERS),
    **dict.fromkeys(["price", "envelope", "euros", "estimated_cost", "person_days"], st.sampled_from(["12", "1 500"])),
    **dict.fromkeys(["url", "repository", "service_url"], st.just("https://service.example")),
    **{phase.value: st.just(start.strftime("%Y-%m-%dT%H:%M")) for phase, start in selection.STARTS.items()},
    "choices": st.lists(NUMBERS, max_size=3),
    "decision": st.sampled_from(["refuser", "accorder"]),
    "email": st.just("someone@demo.example"),
    "lifecycle": st.just("perenne"),
    "organisation": st.sampled_from(["213500051", "243500139"]),
    "origin": st.just("need"),
    "role": st.sampled_from(["pilote", "agent", "contributeur"]),
    "step": st.sampled_from(["review", "deposit"]),
    "theme": st.just("procedures"),
    "themes": st.just(["procedures", "mobility"]),
}
VERN_FORMS = {
    "/besoins/nouveau": "draft title problem origin service_url audience frequency estimated_cost theme",
    "/besoins/brouillons": "draft title problem origin theme estimated_cost",
    "/besoins/4/modification": "title problem origin theme version estimated_cost",
    "/besoins/4/rejoindre": "role pilot_site pilot_note person_days euros expertise code_or_data",
    "/besoins/4/soutien": "next",
    "/tours/tour-2027/bulletin": "choices version step",
    "/compte/agir": "affiliation next",
    "/compte/profil": "name next",
    "/compte/organisations/nouvelle": "organisation role function motive next",
    "/connexion": "email next",
}
DATES = " ".join(selection.STARTS)
CURATOR_FORMS = {
    "/solutions/nouvelle": "name summary themes lifecycle licence url repository",
    "/curation/tours/nouveau": f"title envelope seed {DATES}",
    "/curation/tours/1/calendrier": DATES,
    "/curation/tours/1": "need price",
    "/curation/tours/1/candidats/1/prix": "price",
    "/curation/besoins/1/preselection": "motive",
    "/curation/rattachements/4": "motive decision with_mandate",
    "/curation/mandats/1": "motive decision",
}
ASKED = {
    "/besoins": "theme etat departement tri page",
    "/solutions": "theme etape page",
    "/recherche": "q type theme etat departement taille etape page",
    "/besoins/proches": "title",
    "/connexion": "next",
    "/compte/organisations/nouvelle": "q organisation next",
    "/curation/journal": "sujet numero page",
    "/besoins/4/soutiens": "page",
    "/langue/en": "next",
}


@pytest.fixture
def site(app: Flask) -> Iterator[Flask]:
    """While a vote is open, with a need to join and people waiting for an answer."""
    selection.prepare(app)
    with time_machine.travel(selection.VOTING, tick=False):
        with app.app_context(), transaction() as session:
            cast.posted_need(session, cast.affiliation(session, "vern@demo.example", cast.VERN))
            asking = cast.agent(session, "vern@demo.example")
            for reference in (cast.BRETAGNE, cast.ARBRISSEL):
                ask_affiliation(session, asking, cast.organisation(session, reference), Role.AGENT, **TOLD)
        yield app


@pytest.mark.parametrize(
    ("email", "path", "names"),
    [
        *(("vern@demo.example", path, names) for path, names in VERN_FORMS.items()),
        *((selection.CURATOR, path, names) for path, names in CURATOR_FORMS.items()),
    ],
)
def test_a_form_is_answered_whatever_it_holds(
    site: Flask, client: PageClient, session: Session, email: str, path: str, names: str
) -> None:
    if path != "/connexion":
        cast.sign_in(client, email)
    token = client.token()

    @given(st.data())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def answered(data: st.DataObject) -> None:
        form = data.draw(_filled(names.split()))
        body = _encoded({"csrf_token": token, **form})
        response = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert response.status_code < 500, form

    answered()
    assert "intact" in site.test_cli_runner().invoke(args=["journal", "verify"]).output
    assert session.scalar(select(func.count()).select_from(Need).where(Need.supports_count < 0)) == 0


@pytest.mark.parametrize(("path", "names"), ASKED.items())
def test_an_address_is_answered_whatever_it_asks(site: Flask, client: PageClient, path: str, names: str) -> None:
    cast.sign_in(client, selection.CURATOR)

    @given(st.data())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def answered(data: st.DataObject) -> None:
        response = client.get(path, query_string=_encoded(data.draw(_filled(names.split()))))
        assert response.status_code < 500

    answered()


def _filled(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly what a person would send, so that what is odd gets past the first check."""
    odd = st.dictionaries(st.sampled_from(names), st.one_of(TEXT, st.lists(TEXT, max_size=3)), max_size=2)
    usual = st.fixed_dictionaries({name: LIKELY.get(name, TEXT) for name in names})
    return st.builds(lambda fair, other: {**fair, **other}, usual, st.one_of(st.just({}), odd))


def _encoded(form: dict[str, Any]) -> str:
    """As on the wire: a lone surrogate is sent as the invalid UTF-8 it stands for."""
    return urlencode(form, doseq=True, errors="surrogatepass")
