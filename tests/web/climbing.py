"""Those who climb the ladder of proofs, over HTTP: what they ask, the letters they read, what they are answered."""

from io import BytesIO

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coconstruction.accounts.models import Affiliation, Agent
from coconstruction.database import transaction
from coconstruction.journal import JournalEntry
from coconstruction.notifications.models import Letter
from coconstruction.territories.models import OfficialContact, Organisation
from tests import cast
from tests.reading import Page, PageClient

TOWN_HALL = "mairie.arbrissel@orange.fr"
ANNE, YANN = "anne.arbrissel@gmail.com", "yann@ville-vern.example"
CHLOE = "chloe@incubateur.example"
PDF = b"%PDF-1.7\n% arrete"
ASKED = {"role": "agent", "function": "Secrétaire de mairie", "motive": "Appelez la mairie."}


def settle(app: Flask, *people: str) -> None:
    """A curator, the official address of a village, and people tied to nothing yet."""
    with app.app_context(), transaction() as session:
        cast.agent(session, CHLOE, curator=True)
        for email in people:
            cast.agent(session, email)
        write_in_directory(session, cast.ARBRISSEL, TOWN_HALL)


def write_in_directory(session: Session, reference: str, email: str) -> None:
    session.add(OfficialContact(organisation_id=cast.organisation(session, reference).id, email=email))


def ask(client: PageClient, email: str, reference: str) -> Page:
    cast.sign_in(client, email)
    with client.application.app_context(), transaction() as session:
        code = cast.organisation(session, reference).code
    return client.send("/compte/organisations/nouvelle", {"organisation": code, **ASKED})


def tie(session: Session, email: str, reference: str) -> Affiliation:
    wanted = select(Affiliation).join(Affiliation.organisation).join(Affiliation.agent)
    return session.scalars(wanted.where(Agent.email == email, Organisation.reference == reference)).one()


def rungs(session: Session, email: str, reference: str) -> set[str]:
    return {each.kind for each in tie(session, email, reference).proofs if each.ended_at is None}


def proof_page(session: Session, email: str, reference: str) -> str:
    return f"/compte/organisations/{tie(session, email, reference).id}/preuve"


def code_in_last_letter(session: Session) -> str:
    letters = select(Letter).where(Letter.template == "official_code").order_by(Letter.id.desc())
    return str(session.scalars(letters.limit(1)).one().context["code"])


def wrong(code: str) -> str:
    """Another one."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"


def letters(session: Session, recipient: str) -> list[str]:
    return list(session.scalars(select(Letter.template).where(Letter.recipient == recipient).order_by(Letter.id)))


def lines(session: Session, action: str) -> int:
    return len(session.scalars(select(JournalEntry).where(JournalEntry.action == action)).all())


def refusal_on(page: Page) -> tuple[int, str]:
    """The status, and the reason other programs read."""
    found = page.soup.select_one("main [data-refusal]")
    return page.status, str(found["data-refusal"]) if found else ""


def acting_for(page: Page) -> str:
    """What the header says."""
    found = page.soup.select_one("header .co-hat__name")
    return found.get_text().strip() if found else ""


def act(client: PageClient, need_id: int) -> Page:
    """A write that needs belonging, and nothing more."""
    return client.send(f"/besoins/{need_id}/soutien")


def decide(
    client: PageClient,
    path: str,
    decision: str,
    *,
    by: str = CHLOE,
    piece: bytes | None = None,
    name: str = "arrete.pdf",
    **more: str,
) -> Page:
    """As a curator, or as a référent."""
    cast.sign_in(client, by)
    told: dict[str, object] = {"motive": "Mairie appelée.", "decision": decision, **more}
    return client.send(path, told) if piece is None else _send_file(client, path, told, BytesIO(piece), name)


def _send_file(client: PageClient, path: str, told: dict[str, object], piece: BytesIO, name: str) -> Page:
    data = {"csrf_token": client.token(), **told, "document": (piece, name)}
    response = client.post(path, data=data, headers={"Referer": f"http://localhost{path}"}, follow_redirects=True)
    for each in (response, *response.history):
        each.request.environ["wsgi.input"].close()  # a large one is a file
    return Page(response)
