"""Organisations talk about a need, in the open and under their own name; the team answers, and looks after it."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coconstruction import clock
from coconstruction.accounts.documents import Upload
from coconstruction.database import transaction
from coconstruction.discussions.attachments import ODT, refusal_of
from coconstruction.discussions.models import Attachment, Message, MessageReport
from coconstruction.journal import JournalEntry
from coconstruction.needs.actions import save_draft, withdraw
from coconstruction.notifications.models import Letter
from coconstruction.territories.models import Organisation
from coconstruction.web.uploads import LARGEST_DOCUMENT
from tests import cast
from tests.reading import Page, PageClient

MAYOR, SECRETARY, COLLEAGUE = "maire@vern.example", "secretaire@arbrissel.example", "adjointe@arbrissel.example"
METRO, NEWCOMER, CURATOR = "metro@demo.example", "nouvelle@demo.example", "chloe@incubateur.example"
ASSOCIATION = "association@demo.example"
TALK = "/besoins/1/discussion"
QUESTION = "Comment faites-vous **aujourd’hui** pour la cantine ?"
PDF, PNG, JPEG = b"%PDF-1.7 une page", b"\x89PNG\r\n\x1a\nimage", b"\xff\xd8\xffimage"


@pytest.fixture
def talk(app: Flask, client: PageClient) -> PageClient:
    """A need of Vern-sur-Seiche, and the secretary of Arbrissel before it."""
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, MAYOR, cast.VERN)
        tie = cast.affiliation(session, SECRETARY, cast.ARBRISSEL, mandate=False)
        tie.agent.name, tie.function = "Mireille Introuvable", "Secrétaire de mairie"
        cast.affiliation(session, COLLEAGUE, cast.ARBRISSEL)
        cast.affiliation(session, METRO, cast.RENNES_METROPOLE)
        cast.agent(session, NEWCOMER)
        cast.agent(session, CURATOR, curator=True)
        cast.posted_need(session, author)
    cast.sign_in(client, SECRETARY)
    return client


@pytest.fixture
def other(app: Flask, talk: PageClient) -> Callable[[str], PageClient]:
    """Somebody else, in another browser."""

    def arrived(email: str) -> PageClient:
        client = PageClient(app, use_cookies=True)
        cast.sign_in(client, email)
        return client

    return arrived


def say(client: PageClient, text: str = QUESTION, **more: object) -> Page:
    return client.send(TALK, {"text": text, **more})


def join(client: PageClient, *pieces: tuple[bytes, str], text: str = QUESTION) -> Page:
    files = [(io.BytesIO(content), name) for content, name in pieces]
    return client.send(TALK, {"text": text, "pieces": files}, content_type="multipart/form-data")


def message(page: Page, number: int) -> str:
    """What the page shows of a message."""
    found = page.soup.find(id=f"message-{number}")
    assert found, f"no message {number}"
    return re.sub(r"\s+", " ", found.get_text(" "))


def refusal(page: Page) -> tuple[int, str]:
    found = page.soup.select_one("[data-refusal]")
    assert found, page.text
    return page.status, str(found["data-refusal"])


def acts(session: Session) -> list[str]:
    said = JournalEntry.action.startswith("discussion.")
    return list(session.scalars(select(JournalEntry.action).where(said).order_by(JournalEntry.seq)))


def letters(session: Session, template: str) -> list[str]:
    wanted = select(Letter.recipient).where(Letter.template == template).order_by(Letter.id)
    return list(session.scalars(wanted))


def odt(*names: str, mimetype: str = ODT) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "<x/>")
    return body.getvalue()


def test_a_message_is_public_under_the_organisation_never_under_a_name(
    app: Flask, talk: PageClient, session: Session
) -> None:
    assert "Votre message est publié." in say(talk).text
    page = PageClient(app).page(TALK)
    shown = message(page, 1)
    assert "Arbrissel (Ille-et-Vilaine)" in shown
    assert "Agent, Secrétaire de mairie" in shown
    assert page.soup.select_one("#message-1 strong").text == "aujourd’hui"  # type: ignore[union-attr]
    assert "Introuvable" not in page.soup.text
    assert SECRETARY not in page.soup.text
    assert acts(session) == ["discussion.posted"]
    line = session.scalars(select(JournalEntry).where(JournalEntry.action == "discussion.posted")).one()
    assert (line.subject_kind, line.subject_id, line.payload["message"]) == ("need", 1, 1)
    assert line.organisation_id == cast.organisation(session, cast.ARBRISSEL).id


def test_the_page_of_the_need_shows_the_latest_in_a_few_words(app: Flask, talk: PageClient) -> None:
    assert "Personne n’a encore écrit." in talk.page("/besoins/1").text
    for number in range(1, 5):
        say(talk, f"Message *numéro {number}* : <b>{'mot ' * 100}</b>")
    talk.send(f"{TALK}/4/reponse", {"text": "Réponse"})
    for reader in (talk, PageClient(app)):
        section = reader.page("/besoins/1").soup.find(id="discussion")
        shown = re.sub(r"\s+", " ", section.get_text(" "))  # type: ignore[union-attr]
        assert "Message numéro 4 : <b>mot" in shown
        assert "Lire, et 1 réponse" in shown
        assert "numéro 1" not in shown
        assert "Toute la discussion : 4 sujets" in shown


def test_answers_stand_under_the_message_one_level_deep(talk: PageClient, other: Callable[[str], PageClient]) -> None:
    say(talk)
    assert "Votre réponse est publiée." in other(MAYOR).send(f"{TALK}/1/reponse", {"text": "Sur papier."}).text
    page = talk.page(TALK)
    answer = page.soup.select_one(".co-answers #message-2")
    assert answer
    assert "Porte le besoin" in answer.text
    assert other(METRO).page(f"{TALK}/2/reponse").status == 404
    assert other(METRO).send(f"{TALK}/2/reponse", {"text": "Trop profond"}).status == 404


def test_the_team_speaks_as_itself_and_is_marked(
    talk: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    say(talk)
    page = other(CURATOR).send(f"{TALK}/1/reponse", {"text": "Une solution existe."})
    assert "Équipe de l’Incubateur" in message(page, 2)
    assert "Réponse de l’équipe" in message(page, 2)
    assert "chloe" not in message(page, 2)
    line = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert line
    assert (line.action, line.organisation_id) == ("discussion.posted", None)


def test_the_team_writes_only_with_its_second_factor(app: Flask, talk: PageClient, session: Session) -> None:
    client = PageClient(app, use_cookies=True)
    cast.sign_in(client, CURATOR, second_factor=False)
    page = say(client, "Bonjour")
    assert refusal(page) == (403, "second_factor_required")
    assert (
        "Bonjour" in [field.get("value") for field in page.soup.select("input[type=hidden]")] or "Bonjour" in page.text
    )
    assert session.scalar(select(func.count(Message.id))) == 0


def test_whoever_acts_for_nobody_is_told_what_to_do(talk: PageClient, other: Callable[[str], PageClient]) -> None:
    client = other(NEWCOMER)
    assert refusal(client.page(TALK))[1] == "no_affiliation"
    assert refusal(say(client)) == (403, "no_affiliation")
    visitor = PageClient(talk.application)
    assert "Me connecter pour écrire" in visitor.page(TALK).links()
    assert visitor.page(f"{TALK}?message=1").status == 404


def test_a_message_that_cannot_be_taken_is_given_back(talk: PageClient, session: Session) -> None:
    long = "Un texte très long. " * 300
    page = say(talk, long)
    assert page.status == 422
    assert "Ce texte est trop long" in page.text
    assert page.field("text").strip() == long.strip()
    assert say(talk, " \n ").status == 422
    many = " ".join(f"@code{number}" for number in range(11))
    page = say(talk, many)
    assert (page.status, page.field("text").strip()) == (422, many)
    assert session.scalar(select(func.count(Message.id))) == 0


def test_a_form_sent_twice_gives_one_message(talk: PageClient, session: Session) -> None:
    say(talk)
    say(talk)
    say(talk, "Autre chose")
    assert session.scalar(select(func.count(Message.id))) == 2
    assert acts(session) == ["discussion.posted"] * 2


def test_a_draft_has_no_discussion_and_a_withdrawn_need_keeps_its_own(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient]
) -> None:
    say(talk)
    with app.app_context(), transaction() as session:
        author = cast.affiliation(session, MAYOR, cast.VERN)
        draft = save_draft(session, author, None, cast.CONTENT).id
        withdraw(session, author, 1, "Plus besoin.")
    mayor = other(MAYOR)
    assert mayor.page(f"/besoins/{draft}/discussion").status == 404
    assert mayor.send(f"/besoins/{draft}/discussion", {"text": "Bonjour"}).status == 404
    assert "aujourd’hui" in PageClient(app).page(TALK).text
    assert refusal(say(mayor)) == (409, "discussion_closed")
    assert refusal(mayor.send(f"{TALK}/1/reponse", {"text": "Oui"})) == (409, "discussion_closed")


def test_one_corrects_oneself_for_fifteen_minutes(talk: PageClient, session: Session) -> None:
    now = clock.now()
    with time_machine.travel(now, tick=False):
        say(talk)
        assert talk.page(f"{TALK}/1/modification").field("text").strip() == QUESTION
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        page = talk.send(f"{TALK}/1/modification", {"text": "Et **maintenant** ?"})
        assert "modifié à" in message(page, 1)
        assert "Et maintenant ?" in message(page, 1)
        assert "Modifier" in message(page, 1)
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert "Modifier" not in message(talk.page(TALK), 1)
        assert refusal(talk.send(f"{TALK}/1/modification", {"text": "Trop tard"})) == (409, "message_too_old")
    assert acts(session) == ["discussion.posted", "discussion.edited"]


def test_removed_a_message_leaves_its_place_and_nothing_else(talk: PageClient, session: Session) -> None:
    join(talk, (PDF, "devis.pdf"))
    talk.send(f"{TALK}/1/reponse", {"text": "Une réponse"})
    page = talk.send(f"{TALK}/1/retrait")
    assert "Message retiré par son auteur." in message(page, 1)
    assert "Une réponse" in message(page, 2)
    assert talk.get(f"{TALK}/pieces/1").status_code == 404
    assert session.scalars(select(Message.text).where(Message.id == 1)).one() == ""
    assert session.scalar(select(func.count(Attachment.id))) == 0
    assert refusal(talk.send(f"{TALK}/1/retrait")) == (409, "message_gone")
    assert refusal(talk.send(f"{TALK}/1/reponse", {"text": "Encore"})) == (409, "message_gone")
    assert acts(session)[-1] == "discussion.removed"


@pytest.mark.parametrize("who", [METRO, MAYOR, COLLEAGUE, CURATOR])
def test_nobody_else_puts_words_in_ones_mouth(
    talk: PageClient, other: Callable[[str], PageClient], session: Session, who: str
) -> None:
    say(talk)
    client = other(who)
    assert refusal(client.send(f"{TALK}/1/modification", {"text": "Faux"})) == (403, "not_your_message")
    assert refusal(client.send(f"{TALK}/1/retrait")) == (403, "not_your_message")
    assert session.scalars(select(Message.text)).one() == QUESTION


def test_under_another_hat_ones_message_is_anothers(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient]
) -> None:
    say(talk)
    with app.app_context(), transaction() as session:
        second = cast.affiliation(session, SECRETARY, "commune:35077").id
    client = other(SECRETARY)
    client.send("/compte/agir", {"affiliation": second})
    assert refusal(client.send(f"{TALK}/1/modification", {"text": "Faux"})) == (403, "not_your_message")


def test_the_referent_may_remove_what_was_said_for_the_organisation(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient]
) -> None:
    say(talk)
    with app.app_context(), transaction() as session:
        cast.referent(session, COLLEAGUE, cast.ARBRISSEL)
    client = other(COLLEAGUE)
    assert refusal(client.send(f"{TALK}/1/modification", {"text": "Faux"})) == (403, "not_your_message")
    assert "Message retiré" in message(client.send(f"{TALK}/1/retrait"), 1)


def test_a_message_of_another_need_is_not_reached_through_this_one(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient]
) -> None:
    join(talk, (PDF, "devis.pdf"))
    with app.app_context(), transaction() as session:
        second = cast.posted_need(session, cast.affiliation(session, METRO, cast.RENNES_METROPOLE))
    for path in ("1/reponse", "1/modification", "1/retrait", "1/signalement", "pieces/1"):
        assert talk.get(f"/besoins/{second}/discussion/{path}").status_code == 404, path


def test_organisations_mentioned_are_linked_and_told_once(
    talk: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    codes = {name: cast.organisation(session, reference).code for name, reference in
             {"rennes": cast.RENNES_METROPOLE, "vern": cast.VERN, "own": cast.ARBRISSEL}.items()}  # fmt: skip
    page = say(talk, f"@{codes['rennes']}, @[N’importe quoi]({codes['vern']}), @{codes['own']} et @personne ?")
    assert page.links()["@Rennes Métropole"] == f"/organisations/{codes['rennes']}"
    assert page.links()["@Vern-sur-Seiche"] == f"/organisations/{codes['vern']}"
    assert "@personne" in message(page, 1)
    assert sorted(letters(session, "mentioned")) == sorted([METRO, MAYOR, COLLEAGUE]), "and none to oneself"
    talk.send(f"{TALK}/1/modification", {"text": f"@{codes['rennes']}, de nouveau"})
    say(talk, f"Encore @{codes['rennes']}")
    assert letters(session, "mentioned").count(METRO) == 1, "an organisation hears once a day of a discussion"
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        say(other(SECRETARY), f"Toujours @{codes['rennes']}")
    assert letters(session, "mentioned").count(METRO) == 2


def test_one_person_does_not_write_to_the_whole_country(app: Flask, talk: PageClient, session: Session) -> None:
    with app.app_context(), transaction() as writing:
        bodies = [f"commune:350{number:02}" for number in range(6, 40)]
        known = [each for each in bodies if _exists(writing, each)][:24]
        for number, reference in enumerate(known):
            cast.agent(writing, f"agent{number}@loin.example", reference)
        codes = [cast.organisation(writing, each).code for each in known]
    for start in range(0, 24, 8):
        say(talk, " ".join(f"@{code}" for code in codes[start : start + 8]))
    assert len(letters(session, "mentioned")) == 20


def _exists(session: Session, reference: str) -> bool:
    wanted = select(func.count(Organisation.id)).where(Organisation.reference == reference, Organisation.active)
    return bool(session.scalar(wanted))


def test_an_organisation_is_picked_by_its_name_and_nothing_typed_is_lost(talk: PageClient, session: Session) -> None:
    page = say(talk, "Qu’en pensez-vous ?", search="rennes métropole", chercher="oui")
    assert page.status == 200
    assert page.field("text").strip() == "Qu’en pensez-vous ?"
    assert session.scalar(select(func.count(Message.id))) == 0
    code = cast.organisation(session, cast.RENNES_METROPOLE).code
    assert page.soup.select_one(f"input[name=picked][value='{code}']")
    page = say(talk, "Qu’en pensez-vous ?", picked=code)
    assert page.links()["@Rennes Métropole"] == f"/organisations/{code}"
    assert letters(session, "mentioned") == [METRO]
    assert "Aucune organisation ne porte ce nom." in say(talk, "Et ?", search="zzzz", chercher="oui").text


@pytest.mark.parametrize(
    ("content", "typed", "name", "kind"),
    [
        (PDF, "devis.pdf", "devis.pdf", "application/pdf"),
        (PDF, "devis.exe", "devis.pdf", "application/pdf"),
        (PNG, "../../etc/photo.html", "photo.png", "image/png"),
        (JPEG, "photos/mairie.JPEG", "mairie.jpg", "image/jpeg"),
        (odt("content.xml"), "cahier.odt", "cahier.odt", ODT),
        (PDF, "facture\u202efdp.exe", "facturefdp.pdf", "application/pdf"),
        (PDF, ".pdf", "pdf.pdf", "application/pdf"),
    ],
)
def test_a_piece_is_known_by_what_it_holds_and_only_saved(
    app: Flask, talk: PageClient, content: bytes, typed: str, name: str, kind: str
) -> None:
    join(talk, (content, typed))
    answer = PageClient(app).get(f"{TALK}/pieces/1")
    assert answer.data == content
    assert answer.mimetype == kind
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b"GIF89a",
        b"PK\x03\x04 not an archive",
        odt("word/document.xml", mimetype="application/vnd.openxmlformats"),
        odt("content.xml", "Basic/Standard/Module1.xml"),
        odt("styles.xml"),
        odt("content.xml")[:60],
        b"",
    ],
    ids=["script", "svg", "program", "gif", "no archive", "docx", "macro", "no text", "cut", "empty"],
)
def test_anything_else_is_refused_whatever_its_name(talk: PageClient, session: Session, content: bytes) -> None:
    page = join(talk, (content, "devis.pdf"))
    assert page.status == 422
    assert "Seuls un PDF" in page.text
    assert page.field("text").strip() == QUESTION
    assert session.scalar(select(func.count(Message.id))) == 0


def test_pieces_are_few_and_light(talk: PageClient) -> None:
    assert "Trois pièces au plus" in join(talk, *[(PDF, "a.pdf")] * 4).text
    heavy = Upload("a.pdf", PDF + b"x" * (LARGEST_DOCUMENT // 2))
    refused = refusal_of([heavy, heavy])
    assert refused
    assert (refused.code, refused.status) == ("document_too_large", 422)
    assert refusal_of([heavy]) is None
    page = join(talk, *[(PDF, "a.pdf")] * 3)
    assert len(page.soup.select(".co-message__pieces li")) == 3


def test_a_message_is_reported_once_by_each_and_the_team_sees_it(
    talk: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    say(talk)
    newcomer = other(NEWCOMER)
    assert newcomer.send(f"{TALK}/1/signalement", {"reason": ""}).status == 422
    assert "va examiner" in newcomer.send(f"{TALK}/1/signalement", {"reason": "De la publicité"}).text
    assert refusal(newcomer.send(f"{TALK}/1/signalement", {"reason": "Encore"})) == (409, "already_reported")
    other(METRO).send(f"{TALK}/1/signalement", {"reason": "Un nom y est écrit"})
    assert session.scalar(select(func.count()).select_from(MessageReport)) == 2
    curator = other(CURATOR)
    assert "2 signalements" in curator.page("/curation").text
    page = curator.page("/curation/messages/1")
    assert "De la publicité" in page.text
    assert NEWCOMER not in page.text
    assert "De la publicité" not in talk.page(TALK).text
    curator.send("/curation/messages/1", {"motive": "Rien à redire.", "decision": "classer"})
    assert "Messages signalés" not in curator.page("/curation").text
    assert "aujourd’hui" in message(talk.page(TALK), 1)
    assert acts(session)[1:] == ["discussion.reported", "discussion.reported", "discussion.reports_dismissed"]
    again = {"motive": "Encore.", "decision": "classer"}
    assert refusal(curator.send("/curation/messages/1", again)) == (409, "no_report")


def test_hidden_with_a_reason_then_restored_the_author_is_told(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    join(talk, (PDF, "devis.pdf"))
    other(METRO).send(f"{TALK}/1/signalement", {"reason": "Publicité"})
    curator, visitor = other(CURATOR), PageClient(app)
    assert curator.send("/curation/messages/1", {"motive": "", "decision": "masquer"}).status == 422
    curator.send("/curation/messages/1", {"motive": "Une publicité.", "decision": "masquer"})
    shown = message(visitor.page(TALK), 1)
    assert "masqué par l’équipe de l’Incubateur" in shown
    assert "Une publicité." in shown
    assert "cantine" not in shown
    assert visitor.get(f"{TALK}/pieces/1").status_code == 404
    assert curator.get(f"{TALK}/pieces/1").status_code == 200
    assert "cantine ?" not in visitor.page("/besoins/1").soup.find(id="discussion").text  # type: ignore[union-attr]
    assert "cantine" in curator.page("/curation/messages/1").text
    assert "Messages signalés" not in curator.page("/curation").text
    assert letters(session, "message_hidden") == [SECRETARY]
    for path in ("modification", "reponse", "signalement"):
        assert refusal(talk.send(f"{TALK}/1/{path}", {"text": "Oui", "reason": "Oui"})) == (409, "message_gone")
    restored = {"motive": "Ce n’en était pas une.", "decision": "retablir"}
    curator.send("/curation/messages/1", restored)
    assert "cantine" in message(visitor.page(TALK), 1)
    assert letters(session, "message_restored") == [SECRETARY]
    assert refusal(curator.send("/curation/messages/1", restored)) == (409, "message_not_hidden")
    assert acts(session)[-2:] == ["discussion.hidden", "discussion.restored"]


def test_only_the_team_hides(talk: PageClient, other: Callable[[str], PageClient], session: Session) -> None:
    say(talk)
    decision = {"motive": "Pour voir.", "decision": "masquer"}
    assert other(MAYOR).send("/curation/messages/1", decision).status == 403
    assert session.scalars(select(Message.hidden_at)).one() is None


def test_what_attacks_is_only_words(app: Flask, talk: PageClient) -> None:
    say(talk, "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n# Titre")
    page = PageClient(app).page(TALK)
    said = page.soup.select_one("#message-1 .co-said")
    assert said
    assert not said.select("script, img, a")
    assert "<script>alert(1)</script>" in said.text
    assert [each.name for each in said.select("h1, h2, h3")] == ["h3"], "under the message's own heading"


def test_a_discussion_is_read_page_by_page_and_each_message_found_again(
    talk: PageClient, other: Callable[[str], PageClient], count: Callable[[PageClient, str], int]
) -> None:
    for number in range(1, 4):
        say(talk, f"Sujet {number}")
    few = count(talk, TALK)
    few_on_need = count(talk, "/besoins/1")
    for number in range(4, 13):
        say(talk, f"Sujet {number} pour @{number}")
    for number in range(1, 11):
        other(METRO).send(f"{TALK}/{number}/reponse", {"text": f"Réponse {number}"})
    assert count(talk, TALK) == few
    assert count(talk, "/besoins/1") == few_on_need
    first, second = talk.page(TALK), talk.page(f"{TALK}?page=2")
    assert "Sujet 10 pour" in first.text
    assert "Sujet 11" not in first.text
    assert "Sujet 11" in second.text
    assert "Sujet 12" in message(talk.page(f"{TALK}?message=12"), 12)
    assert "Réponse 3" in message(talk.page(f"{TALK}?message=15"), 15)
    assert "n’existe pas" in talk.page(f"{TALK}?page=9").text
    assert talk.page(f"{TALK}?message=99").status == 404


def test_once_its_author_is_forgotten_the_words_stay_the_organisations(
    app: Flask, talk: PageClient, other: Callable[[str], PageClient], session: Session
) -> None:
    say(talk)
    say(other(MAYOR), "Autre sujet")
    talk.send(f"{TALK}/2/signalement", {"reason": "Mireille Introuvable le pense"})
    data = talk.get("/compte/donnees.json").get_json()["data"]
    assert [row["text"] for row in data["message"]] == [QUESTION]
    assert [row["reason"] for row in data["message_report"]] == ["Mireille Introuvable le pense"]
    talk.send("/compte/suppression", {"sure": "y"})
    shown = message(PageClient(app).page(TALK), 1)
    assert "Arbrissel" in shown
    assert "Secrétaire" not in shown
    assert session.scalars(select(MessageReport.reason)).all() == [""]
    assert "raison effacée" in other(CURATOR).page("/curation/messages/2").text
    other(CURATOR).send("/curation/messages/1", {"motive": "Hors sujet.", "decision": "masquer"})
    assert letters(session, "message_hidden") == [], "nobody reads that address any more"
