"""In by ProConnect, and out of it, in a real browser before the provider that ProConnect itself runs. The console is
heard: the policy of the site must let the browser go there and come back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor
from tests.conftest import REFERENTIAL
from tests.oidc.journey import CLIENT, PERSON
from tests.oidc.provider import NODE, Provider, free_port
from tests.served import Site

TOWN, CODE = "Rochefort-en-Terre", "56196"  # nobody of the demonstration works there
NEED = "/besoins/29"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is missing: the OpenID provider cannot be started")


@dataclass(frozen=True)
class Linked:
    site: Site
    provider: Provider


@pytest.fixture
def linked(stage: Stage, tmp_path: Path) -> Iterator[Linked]:
    port = free_port()
    issuer = f"http://127.0.0.1:{port}/api/v2"
    told = {name.upper(): value for name, value in CLIENT.items()}
    site = stage.site(tmp_path, PROCONNECT_ISSUER=issuer, **told)
    site.start()
    provider = Provider(site.url, port)
    yield Linked(site, provider)
    provider.stop()
    site.stop()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def secretary(linked: Linked, arrive: Arrive, request: pytest.FixtureRequest) -> Visitor:
    communes = json.loads((REFERENTIAL / "communes.json").read_text())
    siren = next(each["siren"] for each in communes if each["code"] == CODE and each["type"] == "commune-actuelle")
    told = {"email": "mairie@rochefort.example", "siret": f"{siren}00013", "organization_label": f"Commune de {TOWN}"}
    linked.provider.be_itself({**PERSON, **told})
    visitor = arrive(linked.site, scripts=request.param)
    visitor.watch.elsewhere = f"http://127.0.0.1:{linked.provider.port}/"
    return visitor


def test_a_secretary_enters_by_proconnect_acts_for_her_commune_and_leaves(secretary: Visitor) -> None:
    banner = secretary.page.get_by_role("banner")
    secretary.go(NEED)
    secretary.follow("Nous avons aussi ce besoin")
    secretary.sees("S’identifier avec", "outre-mer")
    secretary.follow("S’identifier avec ProConnect")

    secretary.sees("ProConnect vous reconnaît : Mireille Le Goff", f"Commune de {TOWN}")
    secretary.press("Continuer")
    secretary.sees(f"vous agissez pour {TOWN}")
    expect(banner).to_contain_text(TOWN)
    assert secretary.page.url.endswith(NEED) or NEED in secretary.page.url

    secretary.press("Nous avons aussi ce besoin")
    secretary.sees("C’est noté : votre collectivité soutient ce besoin.")
    secretary.go(f"{NEED}/soutiens")
    secretary.sees(TOWN)

    secretary.go("/compte")
    secretary.sees("ProConnect", "mairie@rochefort.example")
    secretary.go("/compte/second-facteur")
    secretary.follow("Me connecter par ProConnect avec deux facteurs")
    secretary.sees("ProConnect vous reconnaît")
    secretary.press("Continuer")
    secretary.go("/compte/second-facteur")
    expect(secretary.main.get_by_role("link", name="deux facteurs")).to_have_count(0)

    secretary.go("/deconnexion")
    secretary.press("Me déconnecter")
    secretary.page.get_by_role("button", name="out").click()  # the provider's own question
    secretary.sees("Vous êtes déconnecté, de ProConnect aussi.")
    expect(banner).not_to_contain_text(TOWN)


def test_an_organisation_that_is_not_known_is_told_with_ways_out(linked: Linked, secretary: Visitor) -> None:
    told = {"siret": "99999999900011", "organization_label": "Agence inconnue"}
    linked.provider.behave(person={**PERSON, **told})
    secretary.go("/connexion")
    secretary.follow("S’identifier avec ProConnect")
    secretary.press("Continuer")
    secretary.sees("Agence inconnue", "n’est pas dans notre annuaire", "Choisir votre organisation")


def test_a_provider_that_is_down_is_told_with_the_letter_as_way_in(linked: Linked, secretary: Visitor) -> None:
    linked.provider.stop()
    secretary.watch.refusals = {503}
    secretary.go("/connexion")
    secretary.follow("S’identifier avec ProConnect")
    secretary.sees("ProConnect ne répond pas")
    secretary.follow("Me connecter autrement")
    secretary.sees("Recevoir mon lien de connexion")
