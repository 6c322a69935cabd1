"""One belongs to an organisation by proof, and commits it by mandate."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction.accounts import actions
from coconstruction.accounts.documents import Upload
from coconstruction.accounts.domains import verify_domain
from coconstruction.accounts.mandating import Terms, grant_mandate
from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.accounts.queries import pending_affiliations, pending_mandates
from coconstruction.database import transaction
from coconstruction.errors import Refused
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from tests import cast
from tests.reading import Page, PageClient

ANNE, CHLOE, YANN = "anne@mairie-vern.example", "chloe@incubateur.example", "yann@gmail.example"
PIECE = Upload("arrete.pdf", b"%PDF-1.7 arrete")
REQUEST = {"role": "agent", "function": "Secrétaire de mairie", "motive": "Appelez la mairie."}


@pytest.fixture
def writing(app: Flask) -> Iterator[Session]:
    with app.app_context(), transaction() as session:
        cast.agent(session, CHLOE, curator=True)
        yield session


@pytest.fixture
def anne(app: Flask, client: PageClient) -> PageClient:
    """Signed in, tied to nothing."""
    with app.app_context(), transaction() as session:
        cast.agent(session, ANNE)
        cast.agent(session, CHLOE, curator=True)
    cast.sign_in(client, ANNE)
    return client


def ask(client: PageClient, code: str, **more: str) -> Page:
    return client.send("/compte/organisations/nouvelle", {"organisation": code, **REQUEST, **more})


def code_of(session: Session, reference: str) -> str:
    return cast.organisation(session, reference).code


def agent(session: Session, email: str) -> Agent:
    return session.scalars(select(Agent).where(Agent.email == email)).one()


def request_of(session: Session, email: str, reference: str) -> int:
    body = cast.organisation(session, reference)
    person = cast.agent(session, email)
    actions.ask_affiliation(session, person, body, actions.Role.AGENT, function="Maire", motive="")
    key = Affiliation.agent_id == person.id, Affiliation.organisation_id == body.id
    return session.scalars(select(Affiliation.id).where(*key)).one()


def actions_told(session: Session) -> list[str]:
    lines = select(JournalEntry.action).where(JournalEntry.subject_kind == "affiliation")
    return list(session.scalars(lines.order_by(JournalEntry.seq)))


def test_homonyms_are_shown_with_their_departement(anne: PageClient) -> None:
    page = anne.page("/compte/organisations/nouvelle?q=sainte-colombe")
    assert "Sainte-Colombe — Gironde (33)" in page.text
    assert "Sainte-Colombe — Ille-et-Vilaine (35)" in page.text


def test_a_place_inside_a_commune_leads_to_its_commune(anne: PageClient, session: Session) -> None:
    page = anne.page("/compte/organisations/nouvelle?q=pire-sur-seiche")
    (name,) = [name for name in page.links() if name.startswith("Piré-sur-Seiche, commune déléguée de Piré-Chancé")]
    assert code_of(session, "commune:35220") in page.links()[name]
    assert "Piré-Chancé" in anne.page(page.links()[name]).text


def test_nothing_found_says_what_to_do(anne: PageClient) -> None:
    assert "Aucune organisation" in anne.page("/compte/organisations/nouvelle?q=zzzzqq").text


def test_what_was_typed_comes_back_escaped(anne: PageClient) -> None:
    typed = '"><script>alert(1)</script>'
    page = anne.page("/compte/organisations/nouvelle", query_string={"q": typed})
    assert [each["value"] for each in page.soup.select("main input[name=q]")] == [typed]


def test_a_verified_domain_grants_the_affiliation_at_once(app: Flask, anne: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        verify_domain(writing, "mairie-vern.example", cast.organisation(writing, cast.VERN).id, None, "")
    page = ask(anne, code_of(session, cast.VERN))
    assert "vous pouvez dès maintenant agir pour Vern-sur-Seiche" in page.text
    tie = session.scalars(select(Affiliation)).one()
    assert (tie.live, tie.proof, tie.evidence, tie.mandate) == (True, "email_domain", "mairie-vern.example", False)
    assert actions_told(session) == ["affiliation.proven"]


def test_the_domain_of_one_commune_proves_nothing_of_another(app: Flask, anne: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        verify_domain(writing, "mairie-vern.example", cast.organisation(writing, cast.VERN).id, None, "")
    page = ask(anne, code_of(session, cast.ARBRISSEL))
    assert page.title == "Prouver que vous en faites partie"
    assert not session.scalars(select(Affiliation)).one().live


def test_asking_twice_changes_nothing_and_says_so(anne: PageClient, session: Session) -> None:
    code = code_of(session, cast.VERN)
    ask(anne, code)
    page = ask(anne, code, function="Maire")
    assert "attend déjà une réponse" in page.text
    assert session.scalars(select(Affiliation.function)).all() == ["Secrétaire de mairie"]
    assert actions_told(session) == ["affiliation.asked"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "roi"), ("role", ""), ("function", ""), ("function", "x" * 121), ("motive", "x" * 1001)],
)
def test_a_wrong_answer_is_kept_and_explained(anne: PageClient, session: Session, field: str, value: str) -> None:
    page = ask(anne, code_of(session, cast.VERN), **{field: value})
    assert page.status == 422
    assert page.field("motive").strip() == (value if field == "motive" else REQUEST["motive"])
    assert session.scalar(select(func.count(Affiliation.id))) == 0


@pytest.mark.parametrize("code", ["000000000", "commune-99999", "../..", "é", "%00", "x" * 400])
def test_an_unknown_organisation_is_not_found(anne: PageClient, session: Session, code: str) -> None:
    assert ask(anne, code).status == 404
    assert session.scalar(select(func.count(Affiliation.id))) == 0


def test_nobody_acts_before_the_proof(anne: PageClient, session: Session) -> None:
    ask(anne, code_of(session, cast.VERN))
    tie = session.scalars(select(Affiliation)).one()
    page = anne.send("/compte/agir", {"affiliation": tie.id})
    assert page.status == 403
    assert "n’est pas vérifié" in page.text


def test_a_curator_approves_with_a_motive_and_the_agent_is_told(writing: Session) -> None:
    asked = request_of(writing, YANN, cast.VERN)
    assert [each.id for each in pending_affiliations(writing)] == [asked]
    chloe = agent(writing, CHLOE)
    tie = actions.approve_affiliation(writing, asked, chloe, "Mairie appelée.", terms=Terms(), upload=PIECE)
    assert (tie.live, tie.mandate, tie.evidence) == (True, True, "Mairie appelée.")
    assert pending_affiliations(writing) == []
    assert actions_told(writing) == ["affiliation.asked", "affiliation.approved"]
    assert writing.scalars(select(Letter.template).where(Letter.recipient == YANN)).all() == ["affiliation_approved"]


def test_a_refusal_is_told_and_one_may_ask_again(writing: Session) -> None:
    asked = request_of(writing, YANN, cast.VERN)
    actions.refuse_affiliation(writing, asked, agent(writing, CHLOE), "La mairie ne vous connaît pas.")
    assert pending_affiliations(writing) == []
    assert request_of(writing, YANN, cast.VERN) == asked
    assert [each.id for each in pending_affiliations(writing)] == [asked]
    actions.refuse_affiliation(writing, asked, agent(writing, CHLOE), "Toujours pas.")
    assert writing.scalars(select(Letter.context["motive"].as_string()).order_by(Letter.id)).all() == [
        "La mairie ne vous connaît pas.",
        "Toujours pas.",
    ]


def test_a_decision_is_taken_once(writing: Session) -> None:
    asked = request_of(writing, YANN, cast.VERN)
    actions.approve_affiliation(writing, asked, agent(writing, CHLOE), "Oui.", upload=PIECE)
    with pytest.raises(Refused, match="already_decided"):
        actions.refuse_affiliation(writing, asked, agent(writing, CHLOE), "Non.")


@pytest.mark.parametrize(
    ("who", "motive", "code"),
    [(YANN, "Moi.", "not_in_charge"), (CHLOE, "  ", "motive_missing")],
)
def test_only_a_curator_decides_and_never_without_a_motive(writing: Session, who: str, motive: str, code: str) -> None:
    asked = request_of(writing, YANN, cast.VERN)
    with pytest.raises(Refused, match=code):
        actions.approve_affiliation(writing, asked, agent(writing, who), motive, terms=Terms(), upload=PIECE)


def test_a_curator_does_not_decide_for_oneself(writing: Session) -> None:
    asked = request_of(writing, CHLOE, cast.VERN)
    with pytest.raises(Refused, match="own_affiliation"):
        actions.approve_affiliation(writing, asked, agent(writing, CHLOE), "C’est moi.", upload=PIECE)


def test_a_mandate_is_asked_then_granted(app: Flask, client: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        cast.agent(writing, CHLOE, curator=True)
        tie = cast.affiliation(writing, YANN, cast.VERN, mandate=False).id
    cast.sign_in(client, YANN)
    assert "Votre demande de mandat est transmise" in client.send(f"/compte/organisations/{tie}/mandat").text
    assert client.send(f"/compte/organisations/{tie}/mandat").status == 409
    with app.app_context(), transaction() as writing:
        assert [each.id for each in pending_mandates(writing)] == [tie]
        grant_mandate(writing, tie, agent(writing, CHLOE), Terms(), "Délibération reçue.")
        assert pending_mandates(writing) == []
    assert "vous pouvez engager cette organisation" in client.page("/compte").text
    assert actions_told(session) == ["mandate.asked", "mandate.granted"]


def test_one_wears_one_of_ones_own_hats(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, YANN, cast.VERN)
        second = cast.affiliation(session, YANN, cast.ARBRISSEL).id
    cast.sign_in(client, YANN)
    page = client.send("/compte/agir", {"affiliation": second})
    assert "Vous agissez maintenant pour Arbrissel" in page.text


def test_the_header_leads_to_ones_hats_and_back_to_the_page(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, YANN, cast.VERN)
        cast.affiliation(session, YANN, cast.ARBRISSEL)
    cast.sign_in(client, YANN)
    page = client.page("/besoins?tri=soutiens")
    (hats,) = {each["href"] for each in page.soup.select("header .co-hat")}
    choice = client.page(str(hats))
    assert "Vern-sur-Seiche (Ille-et-Vilaine) Vous agissez pour elle" in choice.text
    form = {each["name"]: each["value"] for each in choice.soup.select("main form input")}
    page = client.send("/compte/agir", form)
    assert "Vous agissez maintenant pour Arbrissel" in page.text
    assert page.title == "Les besoins des collectivités"
    assert "Arbrissel" in page.soup.header.get_text()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/compte/agir", {"affiliation": "{other}"}),
        ("/compte/organisations/{other}/mandat", {}),
        ("/compte/organisations/{other}/fin", {"motive": ""}),
        ("/compte/agir", {"affiliation": "99999999999999999999"}),
        ("/compte/agir", {"affiliation": "x"}),
        ("/compte/agir", {}),
    ],
)
def test_another_agents_affiliation_does_not_exist(
    app: Flask, client: PageClient, path: str, form: dict[str, str]
) -> None:
    with app.app_context(), transaction() as session:
        cast.agent(session, YANN, cast.VERN)
        other = cast.affiliation(session, ANNE, cast.VERN).id
    cast.sign_in(client, YANN)
    before = client.page("/compte").text
    sent = {name: value.format(other=other) for name, value in form.items()}
    assert client.send(path.format(other=other), sent).status == 404
    assert client.page("/compte").text == before


def test_whoever_acted_for_a_merged_commune_is_led_to_the_new_one(app: Flask, client: PageClient) -> None:
    with app.app_context(), transaction() as session:
        cast.affiliation(session, YANN, cast.ARBRISSEL)
        cast.vanish(session, cast.ARBRISSEL, cast.VERN)
    cast.sign_in(client, YANN)
    page = client.page("/compte")
    asked = client.page(page.links()["Demander à agir pour Vern-sur-Seiche (Ille-et-Vilaine)"])
    assert asked.title == "Demander votre rattachement"
    assert "Vern-sur-Seiche" in asked.text
    assert client.send("/besoins/brouillons", {"title": "Une salle"}).status == 403


def test_one_leaves_an_organisation(app: Flask, client: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        tie = cast.affiliation(writing, YANN, cast.VERN).id
    cast.sign_in(client, YANN)
    assert client.page(f"/compte/organisations/{tie}/fin").status == 200
    client.send(f"/compte/organisations/{tie}/fin", {"motive": "Je change de poste."})
    assert not session.get_one(Affiliation, tie).live
    assert client.send("/compte/agir", {"affiliation": tie}).status == 403


def test_commands_make_curators_and_verify_domains(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["accounts", "curator", "New@Incubateur.example"]).exit_code == 0
    assert runner.invoke(args=["accounts", "domain", "Vern.example", cast.VERN]).exit_code == 0
    assert runner.invoke(args=["accounts", "domain", "vern.example", cast.VERN]).exit_code == 0
    for wrong in (["curator", "nobody"], ["domain", "no domain", cast.VERN], ["domain", "a.example", "commune:00000"]):
        assert runner.invoke(args=["accounts", *wrong]).exit_code == 2
    with app.app_context(), transaction() as session:
        assert agent(session, "new@incubateur.example").is_curator
        ours = JournalEntry.action.in_(("agent.registered", "agent.made_curator", "domain.verified"))
        told = session.scalars(select(JournalEntry.action).where(ours).order_by(JournalEntry.seq)).all()
        assert told == ["agent.registered", "agent.made_curator", "domain.verified"]
